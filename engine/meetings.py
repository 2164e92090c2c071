"""The meetings of a cycle, as data for reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from models.assignment import Document
from models.meeting import Meeting, as_json
from tasks.meeting.rows import attestations_of, items_of

if TYPE_CHECKING:
    from sqlmodel import Session


def meetings_of(session: Session, cycle_id: str) -> list[dict[str, Any]]:
    """Every meeting in the order of their days; of the minutes only what has been attested."""
    query = select(Meeting).where(col(Meeting.cycle_id) == cycle_id)
    found = sorted(session.exec(query), key=lambda row: (row.day is None, str(row.day), row.id))
    return [_meeting(session, row) for row in found]


def _meeting(session: Session, row: Meeting) -> dict[str, Any]:
    if not row.formal:
        return as_json(row, [], [])
    shown = as_json(row, items_of(session, row.id), attestations_of(session, row.id))
    return {**shown, "text": public_minutes(session, row)}


def public_minutes(session: Session, meeting: Meeting) -> str | None:
    """The minutes in words, once every paragraph is attested; until then they are a draft and nobody's business."""
    attested = all(row.attested_on for row in attestations_of(session, meeting.id))
    if meeting.minutes is None or meeting.public_from is None or not attested:
        return None
    document = session.get(Document, meeting.minutes)
    return document.content if document else None
