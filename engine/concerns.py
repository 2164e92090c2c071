"""What a coordinator has to look at, as data for people and programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.assignment import Assignment
from models.concern import Concern, ConcernKind, open_concerns, raise_concern, settle_about, settle_concern
from models.cycle import Body, Person

if TYPE_CHECKING:
    from sqlmodel import Session

    from config.calendars import Place

__all__ = [
    "Concern", "ConcernKind", "concerns_of", "open_concerns", "raise_concern", "settle_about", "settle_concern",
]  # fmt: skip


def concerns_of(session: Session, cycle_id: str, place: Place) -> list[dict[str, Any]]:
    """The open concerns of a cycle, as `samsyn status --json` prints them."""
    return [_one(session, concern, place) for concern in open_concerns(session, cycle_id)]


def _one(session: Session, concern: Concern, place: Place) -> dict[str, Any]:
    assignment = session.get(Assignment, concern.assignment_id) if concern.assignment_id else None
    body = session.get(Body, assignment.body_id) if assignment else None
    person = session.get(Person, concern.person_id) if concern.person_id else None
    return {
        "number": concern.number,
        "kind": str(concern.kind),
        "question": assignment.step_id.partition("/")[2] if assignment else None,
        "body": body.key if body else None,
        "address": person.address if person else None,
        "words": concern.words,
        "data": concern.data,
        "opened": concern.opened_at.astimezone(place.zone).isoformat(),
    }
