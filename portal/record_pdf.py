"""The public record as a document for print and for keeping: the same facts, in the same words as on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from config.calendars import PLACES
from notifications.i18n import N_
from portal.record_appendix import documents, people, withheld
from portal.record_blocks import facts, heading, lines, table
from portal.record_page import RecordWords
from portal.record_parts import Parts
from portal.record_sections import consultation, meetings
from portal.typeset import typeset
from portal.words import words

if TYPE_CHECKING:
    from engine.record.parts import Record
    from portal.record_blocks import Block

TEMPLATE = "record.typ"


def record_pdf(record: Record, language: str, base_url: str = "") -> bytes:
    """The document in a language. With the portal's address it says where the record is kept up to date."""
    return typeset(TEMPLATE, record_document(record, language, base_url), at=record.changed_at)


def record_document(record: Record, language: str, base_url: str = "") -> dict[str, Any]:
    """What the template reads."""
    say = words(language)
    day = PLACES[record.place].today(record.changed_at)
    called, as_of = say(N_("Record")), say(N_("as of %(day)s"), day=say.plain_day(day))
    eyebrow = [say(N_("Public record")), record.registry_no or ""]
    return {
        "title": f"{called}: {record.title}",
        "author": record.coordinator,
        "keywords": [record.registry_no] if record.registry_no else [],
        "changed": [day.year, day.month, day.day],
        "lang": say.language,
        "own": record.language,
        "eyebrow": " · ".join(filter(None, eyebrow)),
        "footer": f"{record.title} · {as_of}",
        "blocks": _blocks(Parts(record, say, RecordWords(say, record.language)), base_url),
    }


def _blocks(parts: Parts, base_url: str) -> list[Block]:
    record = parts.record
    address = f"{base_url}/record/{record.slug}" if base_url else ""
    found: list[Block] = [facts(parts.head(address))]
    found += [heading(parts.say(N_("Phases"))), table(*parts.phases())]
    found += [heading(parts.say(N_("Milestones")))]
    nothing = parts.say(N_("No dates have been promised."))
    found += [table(*parts.milestones())] if record.milestones else [lines(nothing)]
    for matrix in record.adoptions:
        found += parts.adoption(matrix)
    found += meetings(parts)
    found += [heading(parts.say(N_("Decisions")))]
    nothing = parts.say(N_("No decision has been made yet."))
    found += [table(*parts.decisions())] if record.decisions else [lines(nothing)]
    for compilation in record.consultations:
        found += consultation(parts, compilation)
    return [*found, *documents(parts), *people(parts), *withheld(parts), *parts.journal()]
