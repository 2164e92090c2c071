"""The record as JSON with the terms of Popolo (Person, Organization, Membership, Post, Motion, VoteEvent, Event).

Popolo's specifications are at https://www.popoloproject.com/specs/. What they have no term for stands under `record`,
with the names that this program uses.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import date, datetime, time
from enum import Enum
from typing import TYPE_CHECKING, Any

from config.calendars import PLACES
from engine.record.matrix import Standpoint
from engine.record.popolo_context import CONTEXT
from engine.record.times import on_the_day
from models.files import Attachment
from models.meeting import MeetingStatus

if TYPE_CHECKING:
    from engine.record.matrix import Matrix, PrincipalRecord, TextVersion
    from engine.record.meetings import ItemRecord, MeetingRecord
    from engine.record.parts import DecisionRecord, Record, SeatRecord

PASS, FAIL = "pass", "fail"
RESULTS = {
    "adopts": PASS, "adopts_with_addition": PASS, "adopted": PASS, "approved": PASS, "approves": PASS,
    "declines": FAIL, "rejected": FAIL, "rejects": FAIL, "not_adopted": FAIL,
}  # fmt: skip
"""Popolo knows that something passed or failed; whatever else it came to keeps its own term."""
OPTIONS = {"approve": "yes", "reject": "no", "abstain": "abstain"}
"""How votes are counted, in Popolo's terms."""
STATUSES = {
    MeetingStatus.PLANNED: "tentative", MeetingStatus.SUMMONED: "confirmed", MeetingStatus.HELD: "confirmed",
    MeetingStatus.NOT_QUORATE: "confirmed", MeetingStatus.CALLED_OFF: "cancelled",
}  # fmt: skip
INTERNAL = frozenset({"answer"})
"""What is of no use outside of the register."""
ID = 16
"""Hexadecimal digits of an identifier that is made from a name which says more than the record may."""


def record_json(record: Record, base_url: str) -> str:
    """The record as JSON-LD, the same for the same state of the register."""
    return json.dumps(popolo(record, base_url), ensure_ascii=False, indent=2, default=_plain) + "\n"


def popolo(record: Record, base_url: str) -> dict[str, Any]:
    """The record as a mapping."""
    return {
        "@context": CONTEXT,
        "id": f"{base_url}/record/{record.slug}",
        "persons": _persons(record),
        "organizations": [_organization(body.key, body.name, body.ruleset) for body in record.bodies],
        "posts": [_post(seat) for seat in record.seats],
        "memberships": [_membership(seat) for seat in record.seats if seat.person],
        "motions": [
            *(_motion(record, one) for one in record.decisions),
            *(_question(record, matrix) for matrix in record.adoptions),
        ],
        "vote_events": [
            *(_vote(record, one) for one in record.decisions),
            *(_answers(record, one) for one in record.adoptions),
            *(_ballot(record, meeting, item) for meeting in record.meetings for item in meeting.items if item.votes),
        ],
        "events": [_event(record, meeting) for meeting in record.meetings],
        "record": _facts(record),
    }


def public_id(internal: str) -> str:
    """An identifier that stays the same and says nothing."""
    return hashlib.sha256(internal.encode()).hexdigest()[:ID]


def _persons(record: Record) -> list[dict[str, Any]]:
    held = {seat.person: seat.holder for seat in record.seats if seat.person}
    return [{"id": person, "name": name} if name else {"id": person} for person, name in held.items()]


def _organization(key: str, name: str, ruleset: str) -> dict[str, Any]:
    return {"id": key, "name": name, "identifiers": [{"identifier": ruleset, "scheme": "ruleset"}] if ruleset else []}


def _post(seat: SeatRecord) -> dict[str, Any]:
    return {"id": _post_id(seat), "label": seat.seat, "role": seat.seat, "organization_id": seat.body}


def _post_id(seat: SeatRecord) -> str:
    return f"{seat.body}/{seat.seat}-{seat.number}"


def _membership(seat: SeatRecord) -> dict[str, Any]:
    return {
        "id": f"{_post_id(seat)}/{seat.person}", "role": seat.seat, "person_id": seat.person,
        "organization_id": seat.body, "post_id": _post_id(seat),
    }  # fmt: skip


def _motion(record: Record, decision: DecisionRecord) -> dict[str, Any]:
    """What one body resolved. The day is the one it decided on: the record does not know when it was proposed."""
    return {
        "id": f"decision-{public_id(decision.id)}",
        "organization_id": decision.body_key,
        "classification": decision.force,
        "text": _about(decision.text, decision.phase),
        "identifier": decision.paragraph or None,
        "date": _begins(record, decision.decided_on),
        "result": RESULTS.get(decision.outcome, decision.outcome),
    }


def _vote(record: Record, decision: DecisionRecord) -> dict[str, Any]:
    return {
        "id": f"vote-{public_id(decision.id)}",
        "motion_id": f"decision-{public_id(decision.id)}",
        "organization_id": decision.body_key,
        "start_date": _begins(record, decision.decided_on),
        "result": RESULTS.get(decision.outcome, decision.outcome),
        "counts": _counts(decision.tally),
    }


def _question(record: Record, matrix: Matrix) -> dict[str, Any]:
    """What all principals of an adoption are asked."""
    return {
        "id": f"adoption-{matrix.phase}",
        "organization_id": record.coordinator_key,
        "classification": "adopts",
        "text": _about(matrix.text, matrix.title),
        "result": RESULTS.get(matrix.result, matrix.result) if matrix.result else None,
    }


def _answers(record: Record, matrix: Matrix) -> dict[str, Any]:
    """Each principal is a group, and decides for itself; who was silent is counted as silent."""
    said = [_standpoint(principal) for principal in matrix.principals]
    return {
        "id": f"adoption-{matrix.phase}-principals",
        "motion_id": f"adoption-{matrix.phase}",
        "organization_id": record.coordinator_key,
        "classification": "each-principal-decides-for-itself",
        "result": RESULTS.get(matrix.result, matrix.result) if matrix.result else None,
        "group_results": [
            {"group_id": principal.key, "group": {"name": principal.name}, "result": result}
            for principal, result in zip(matrix.principals, said, strict=True)
        ],
        "counts": [{"option": option, "value": said.count(option)} for option in dict.fromkeys(said)],
    }


def _standpoint(principal: PrincipalRecord) -> str:
    """The position, or why there is none. Before the question has closed a position is not final."""
    latest = principal.latest
    return latest.position if latest.standpoint is Standpoint.DECIDED and latest.position else str(latest.standpoint)


def _ballot(record: Record, meeting: MeetingRecord, item: ItemRecord) -> dict[str, Any]:
    return {
        "id": f"item-{public_id(f'{meeting.id}/{item.number}')}",
        "organization_id": meeting.body_key,
        "legislative_session_id": f"meeting-{public_id(meeting.id)}",
        "identifier": PLACES[record.place].in_minutes(item.paragraph) if item.paragraph else None,
        "start_date": _begins(record, meeting.day),
        "result": str(item.outcome) if item.outcome else None,
        "counts": _counts(item.votes),
    }


def _event(record: Record, meeting: MeetingRecord) -> dict[str, Any]:
    place = PLACES[record.place]
    begins = on_the_day(meeting.day, meeting.begins, place)
    ends = on_the_day(meeting.day, meeting.ends, place)
    return {
        "id": f"meeting-{public_id(meeting.id)}",
        "name": f"{meeting.body}: {meeting.phase}",
        "classification": "meeting",
        "start_date": _when(begins or meeting.day),
        "end_date": _when(ends or meeting.day),
        "location": meeting.place or None,
        "status": STATUSES[MeetingStatus(meeting.status)],
        "organization_id": meeting.body_key,
    }


def _begins(record: Record, day: date | None) -> str | None:
    """A day where Popolo wants an instant: when it begins by the clock on the wall, with that clock's offset."""
    place = PLACES[record.place]
    return _when(place.at(day, time()).astimezone(place.zone)) if day else None


def _when(moment: date | datetime | None) -> str | None:
    if isinstance(moment, datetime):
        return moment.isoformat(timespec="seconds")
    return moment.isoformat() if moment else None


def _counts(votes: dict[str, int]) -> list[dict[str, Any]]:
    return [{"option": OPTIONS.get(name, name), "value": count} for name, count in votes.items()]


def _about(text: TextVersion | None, phase: str) -> str:
    return f"{text.title}, {text.version}" if text else phase


def _facts(record: Record) -> dict[str, Any]:
    """Everything, without what is of no use outside; a decision is called as its motion is."""
    found: dict[str, Any] = _without_internal(asdict(record))
    for one in found["decisions"]:
        one["id"] = f"decision-{public_id(one['id'])}"
    return found


def _without_internal(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_internal(one) for key, one in value.items() if key not in INTERNAL}
    if isinstance(value, (list, tuple)):
        return [_without_internal(one) for one in value]
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, Attachment):
        return {"name": value.name, "media_type": value.media_type, "size": value.size, "sha256": value.sha256}
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Enum):
        return str(value.value)
    raise TypeError(f"no JSON for {type(value).__name__}")
