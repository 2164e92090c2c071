"""Meetings of bodies: the call, the agenda, the minutes item by item, and their attestation."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from config.terms import Force, ItemOutcome
from models.base import Instant, Row, Term


class MeetingStatus(StrEnum):
    """Where a meeting is in its life."""

    PLANNED = "planned"  # nobody has been called yet
    SUMMONED = "summoned"
    HELD = "held"
    NOT_QUORATE = "not_quorate"  # too few came to decide anything
    CALLED_OFF = "called_off"


class Meeting(Row, table=True):
    """One meeting of a body. A formal one has an agenda and minutes; a plain one only its day.

    `sequence` is the revision that calendars are told (RFC 5545, 3.8.7.4): one more for every change.
    """

    id: str = Field(primary_key=True)
    cycle_id: str = Field(foreign_key="cycle.id", index=True)
    phase_id: str = Field(foreign_key="phase.id", index=True)
    step_id: str = Field(foreign_key="step.id", index=True)  # the step that calls the body
    body_id: str = Field(foreign_key="body.id", index=True)
    formal: bool = False
    milestone: str | None = None  # the key of the milestone that fixes the day
    day: date | None = None
    begins: str | None = None  # the clock on the wall, 13:00; without it the meeting fills its day
    ends: str | None = None  # as planned
    place: str | None = None
    lead_days: int = 0  # how long before its day the body is called
    sequence: int = 0
    status: MeetingStatus = Field(sa_type=Term(MeetingStatus), default=MeetingStatus.PLANNED)
    summoned_at: datetime | None = Field(default=None, sa_type=Instant)
    needed: int | None = None  # how many must take part
    present: list[str] = Field(default_factory=list, sa_type=JSON)  # seats: member-3, substitute-1
    instead: dict[str, str] = Field(default_factory=dict, sa_type=JSON)  # of whom a substitute took the place
    closed: str | None = None  # when the chair closed the meeting, by the clock on the wall
    attestors: list[str] = Field(default_factory=list, sa_type=JSON)  # seats
    election: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)  # of the attestors: votes, lot, closed
    agenda: list[dict[str, Any]] | None = Field(default=None, sa_type=JSON)  # in place of the definition's, if changed
    follows: str | None = None  # the meeting that could not decide, where the body was called again
    minutes: str | None = None  # the document's id
    public_from: datetime | None = Field(default=None, sa_type=Instant)  # minutes are public when attested


class MinutesItem(Row, table=True):
    """An item: on the agenda when the body is called, in the minutes when the meeting has been held."""

    __tablename__ = "minutes_item"
    __table_args__ = (UniqueConstraint("body_id", "paragraph"), UniqueConstraint("meeting_id", "key"))

    id: str = Field(primary_key=True)
    cycle_id: str = Field(foreign_key="cycle.id", index=True)
    meeting_id: str = Field(foreign_key="meeting.id")
    body_id: str = Field(foreign_key="body.id")
    key: str
    ordinal: int
    title: dict[str, str] = Field(sa_type=JSON)  # by language
    attached: list[str] = Field(default_factory=list, sa_type=JSON)  # what is sent separately, by name
    about: list[str] = Field(default_factory=list, sa_type=JSON)  # document ids
    force: Force | None = Field(default=None, sa_type=Term(Force))  # when there is something to decide
    expects: ItemOutcome = Field(sa_type=Term(ItemOutcome), default=ItemOutcome.NOTED)
    carried_from: str | None = None  # the item of an earlier meeting
    continued_in: str | None = None  # the item of a later one
    paragraph: int | None = None  # runs on across the body's meetings
    outcome: ItemOutcome | None = Field(default=None, sa_type=Term(ItemOutcome))
    text: str = ""
    votes: dict[str, int] = Field(default_factory=dict, sa_type=JSON)  # approve, reject, abstain; empty without a vote
    conflict: list[str] = Field(default_factory=list, sa_type=JSON)  # seats that left because of a conflict of interest
    stepped_in: dict[str, str] = Field(default_factory=dict, sa_type=JSON)  # the substitutes, and in whose place
    taking_part: int | None = None  # how many there were to decide
    presided: str | None = None  # the seat of whoever presided instead of the chair, and had the casting vote
    reserved: list[str] = Field(default_factory=list, sa_type=JSON)  # seats with a reservation, or a different opinion
    reservation: str = ""
    sent_along: bool = False  # they demand that it goes along with the case (KSL 13 (2))
    stating: list[str] = Field(default_factory=list, sa_type=JSON)  # seats with a separate statement
    statement: str = ""
    elected: list[str] = Field(default_factory=list, sa_type=JSON)  # seats
    election: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)  # votes by seat, lot, closed
    elects: int = 0  # how many are to be elected


class Attestation(Row, table=True):
    """The attestation of a meeting's minutes, or of one paragraph, and the public notice that follows it."""

    id: str = Field(primary_key=True)
    cycle_id: str = Field(foreign_key="cycle.id", index=True)
    meeting_id: str = Field(foreign_key="meeting.id", index=True)
    paragraphs: list[int] = Field(sa_type=JSON)
    due_on: date
    attested_on: date | None = None
    late: bool = False
    refusals: list[str] = Field(default_factory=list, sa_type=JSON)  # the reasons given, oldest first
    announce_by: date | None = None  # only where a notice is given
    announced_on: date | None = None
    final_on: date | None = None  # the last day of the appeal period


def seat_of(membership_id: str) -> str:
    """The seat in a membership's id: `member-3`."""
    return membership_id.rpartition("@")[2].partition(".")[2]


def as_json(meeting: Meeting, items: list[MinutesItem], attestations: list[Attestation]) -> dict[str, Any]:
    """A meeting for reports. What the items came to is left out until the minutes are attested."""
    public = {number for row in attestations if row.attested_on for number in row.paragraphs}
    return {
        "phase": meeting.phase_id.partition("/")[2],
        "body": meeting.body_id.rpartition("@")[2],
        "status": str(meeting.status),
        "day": _iso(meeting.day),
        "begins": meeting.begins,
        "closed": meeting.closed,
        "place": meeting.place,
        "summoned": meeting.summoned_at is not None,
        "quorum": {"present": len(meeting.present), "needed": meeting.needed},
        "follows": meeting.follows,
        "minutes": meeting.minutes,
        "public": meeting.public_from is not None,
        "items": [_item(item, shown=item.paragraph in public) for item in items],
        "attestations": [_attestation(row) for row in attestations],
    }


def _item(item: MinutesItem, *, shown: bool) -> dict[str, Any]:
    known = {
        "key": item.key, "number": item.ordinal, "title": item.title, "attached": item.attached,
        "paragraph": item.paragraph, "carried_from": item.carried_from, "continued_in": item.continued_in,
    }  # fmt: skip
    if not shown:
        return known
    outcome = str(item.outcome) if item.outcome else None
    said = {"outcome": outcome, "force": item.force and str(item.force), "text": item.text, "votes": item.votes}
    part: dict[str, Any] = {"conflict": item.conflict, "stepped_in": item.stepped_in, "taking_part": item.taking_part}
    part["presided"] = item.presided
    differing = {
        "reserved": item.reserved, "reservation": item.reservation, "sent_along": item.sent_along,
        "stating": item.stating, "statement": item.statement,
    }  # fmt: skip
    return {**known, **said, **part, **differing, "elected": item.elected, "election": item.election}


def _attestation(row: Attestation) -> dict[str, Any]:
    return {
        "paragraphs": row.paragraphs,
        "due": row.due_on.isoformat(),
        "attested_on": _iso(row.attested_on),
        "late": row.late,
        "refusals": row.refusals,
        "announce_by": _iso(row.announce_by),
        "announced_on": _iso(row.announced_on),
        "final_on": _iso(row.final_on),
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
