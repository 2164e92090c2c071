"""A phase's meeting and its items, as the register has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from config.terms import RETURNING, Seat
from models.meeting import Attestation, Meeting, MinutesItem, seat_of
from notifications.i18n import tongue
from notifications.terms import seat_words
from tasks.calling_again import another

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel import Session

    from models.cycle import Body
    from tasks.phase import AnyPhase, Participant


def meeting_id(phase: AnyPhase, number: int = 1) -> str:
    """The register's name for the meeting of a phase, or for a later one to which the body was called again."""
    return another(f"{phase.id}!meeting", number)


def meeting_of(phase: AnyPhase, number: int = 1) -> Meeting:
    """A meeting of a phase, once it is planned.

    Raises:
        LookupError: it is not.
    """
    with phase.register.read() as session:
        found = session.get(Meeting, meeting_id(phase, number))
    if found is None:
        raise LookupError(f"no meeting in {phase.id}")
    return found


def meetings_so_far(phase: AnyPhase, session: Session, number: int) -> list[Meeting]:
    """The phase's meetings up to this one, first to last."""
    found = (session.get(Meeting, meeting_id(phase, earlier)) for earlier in range(1, number + 1))
    return [meeting for meeting in found if meeting is not None]


def items_of(session: Session, meeting: str) -> list[MinutesItem]:
    """The items of a meeting, in order."""
    query = select(MinutesItem).where(col(MinutesItem.meeting_id) == meeting).order_by(col(MinutesItem.ordinal))
    return list(session.exec(query).all())


def attestations_of(session: Session, meeting: str) -> list[Attestation]:
    """The attestations of a meeting's minutes, by their first paragraph."""
    found = session.exec(select(Attestation).where(col(Attestation.meeting_id) == meeting)).all()
    return sorted(found, key=lambda row: row.paragraphs)


def returning(session: Session, body_id: str) -> list[MinutesItem]:
    """What earlier meetings of a body left to later ones, and no later one has taken up; in their order."""
    query = (
        select(MinutesItem)
        .join(Meeting, col(Meeting.id) == col(MinutesItem.meeting_id))
        .where(col(MinutesItem.body_id) == body_id, col(MinutesItem.continued_in).is_(None))
        .where(col(MinutesItem.outcome).in_(RETURNING))
        .order_by(col(Meeting.day), col(MinutesItem.ordinal))
    )
    return list(session.exec(query).all())


def used_paragraphs(session: Session, body_id: str) -> list[int]:
    """The paragraphs that a body has used in this cycle."""
    query = select(MinutesItem.paragraph).where(
        col(MinutesItem.body_id) == body_id, col(MinutesItem.paragraph).is_not(None)
    )
    return [number for number in session.exec(query) if number is not None]


def secretaries(phase: AnyPhase, body: Body) -> list[Participant]:
    """Who writes the minutes: the body's secretary, or whoever answers for it."""
    return phase.answering([body], first=Seat.SECRETARY)


def in_seats(phase: AnyPhase, body: Body, seats: Sequence[str]) -> list[Participant]:
    """Who holds these seats of a body."""
    held = {participant.membership.id: participant for participant in phase.seats(body)}
    return [held[f"{body.id}.{seat}"] for seat in seats if f"{body.id}.{seat}" in held]


def seated_attestors(phase: AnyPhase, meeting: Meeting) -> list[str]:
    """The attestors' seats of the body, without any that the secretary holds: nobody attests her own minutes."""
    body = phase.body_of(meeting.body_id)
    writers = {held.person.id for held in secretaries(phase, body)}
    seated = (held for held in phase.seats(body) if held.membership.seat is Seat.ATTESTOR)
    return [seat_of(held.membership.id) for held in seated if held.person.id not in writers]


def seat_label(phase: AnyPhase, held: Participant) -> dict[str, str]:
    """What a seat is called, by language: `ledamot 3`. People's names stay out of the journal."""
    alike = [other for other in phase.seats(held.body) if other.membership.seat is held.membership.seat]
    number = f" {held.membership.ordinal}" if len(alike) > 1 else ""
    languages = dict.fromkeys(("sv", "da", "en", str(phase.definition.language)))
    return {code: f"{seat_words(held.membership.seat, tongue(code))}{number}".capitalize() for code in languages}
