"""The JSON-LD context of the record: which public vocabularies its terms come from (JSON-LD 1.1, 3.1)."""

from __future__ import annotations

from typing import Any

DCTERMS = "http://purl.org/dc/terms/"
OPENGOV = "http://www.w3.org/ns/opengov#"
ORG = "http://www.w3.org/ns/org#"
SCHEMA = "http://schema.org/"
W3CDTF = f"{DCTERMS}W3CDTF"
NCAL = "http://www.semanticdesktop.org/ontologies/2007/04/02/ncal#"

CONTEXT: dict[str, Any] = {
    "id": "@id",
    "persons": {"@id": f"{SCHEMA}mentions", "@type": "@id"},
    "organizations": {"@id": f"{SCHEMA}contributor", "@type": "@id"},
    "posts": {"@id": f"{ORG}hasPost", "@type": "@id"},
    "memberships": {"@id": f"{ORG}hasMembership", "@type": "@id"},
    "motions": {"@id": f"{OPENGOV}motion", "@type": "@id"},
    "vote_events": {"@id": f"{OPENGOV}voteEvent", "@type": "@id"},
    "events": {"@id": f"{SCHEMA}event", "@type": "@id"},
    "name": f"{SCHEMA}name",
    "label": "http://www.w3.org/2004/02/skos/core#prefLabel",
    "role": f"{ORG}role",
    "text": f"{SCHEMA}text",
    "identifier": f"{DCTERMS}identifier",
    "identifiers": f"{ORG}identifier",
    "classification": f"{NCAL}categories",
    "person_id": {"@id": f"{ORG}member", "@type": "@id"},
    "organization_id": {"@id": f"{ORG}organization", "@type": "@id"},
    "post_id": {"@id": f"{ORG}post", "@type": "@id"},
    "motion_id": {"@id": f"{OPENGOV}motion", "@type": "@id"},
    "legislative_session_id": {"@id": f"{SCHEMA}superEvent", "@type": "@id"},
    "group_id": {"@id": f"{OPENGOV}group", "@type": "@id"},
    "group": f"{OPENGOV}group",
    "date": {"@id": f"{DCTERMS}dateSubmitted", "@type": W3CDTF},
    "start_date": {"@id": f"{SCHEMA}startDate", "@type": W3CDTF},
    "end_date": {"@id": f"{SCHEMA}endDate", "@type": W3CDTF},
    "location": f"{SCHEMA}location",
    "status": f"{SCHEMA}eventStatus",
    "result": f"{OPENGOV}result",
    "group_results": f"{OPENGOV}groupResult",
    "counts": f"{OPENGOV}count",
    "option": f"{OPENGOV}option",
    "value": "http://www.w3.org/1999/02/22-rdf-syntax-ns#value",
    "record": {"@id": f"{SCHEMA}about", "@type": "@json"},
}
