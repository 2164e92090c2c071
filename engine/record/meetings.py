"""The meetings of a cycle as the public may see them: agendas from the summons on, minutes when they are attested."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from engine.meetings import public_minutes
from engine.record.access import public_cycle
from engine.record.withheld import veil_of
from models.assignment import Decision, Document
from models.meeting import Meeting, MeetingStatus
from tasks.meeting.rows import attestations_of, items_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from sqlmodel import Session

    from config.terms import Force, ItemOutcome
    from models.cycle import Body
    from models.meeting import MinutesItem
    from models.register import Register

MINUTES = "minutes-"
"""What the keys of minutes begin with."""


class NoMinutes(LookupError):  # noqa: N818
    """There are no such minutes, or they are not public."""


@dataclass(frozen=True)
class ItemRecord:
    """An item: of the agenda, and of the minutes once they are public."""

    number: int
    title: dict[str, str]  # by language
    attached: tuple[str, ...]  # what was sent separately, by name
    paragraph: int | None
    outcome: ItemOutcome | None
    force: Force | None
    text: str
    votes: dict[str, int]
    differing: str  # reservations, different opinions and separate statements, as the minutes have them


@dataclass(frozen=True)
class MeetingRecord:
    """A meeting of a body."""

    id: str
    phase: str  # the phase's title
    body: str
    body_key: str
    status: str
    day: date | None
    clock: str  # 13:00–15:50, as far as it is known
    place: str
    present: int
    needed: int | None
    items: tuple[ItemRecord, ...]  # none before the body has been called
    minutes: str | None  # the key of the minutes, when they are public
    attested_on: date | None
    final_on: date | None
    begins: str | None = None  # the clock on the wall, 13:00
    ends: str | None = None  # as it was, or else as planned
    sequence: int = 0  # the revision, for calendars
    public_from: datetime | None = None


@dataclass(frozen=True)
class Minutes:
    """Public minutes in full."""

    slug: str
    cycle: str  # its title
    language: str
    place: str
    key: str
    title: str
    content: str
    sha256: str
    public_from: datetime


def meetings_of(
    session: Session, cycle_id: str, bodies: Mapping[str, Body], phases: Mapping[str, str]
) -> tuple[MeetingRecord, ...]:
    """Every meeting that is planned, in the order of the days. `bodies` and the titles of `phases` are by id."""
    found = session.exec(select(Meeting).where(col(Meeting.cycle_id) == cycle_id)).all()
    in_order = sorted(found, key=lambda row: (row.day is None, str(row.day), row.id))
    return tuple(_meeting(session, row, bodies[row.body_id], phases[row.phase_id]) for row in in_order)


def _meeting(session: Session, row: Meeting, body: Body, phase: str) -> MeetingRecord:
    public = public_minutes(session, row) is not None
    rows = attestations_of(session, row.id) if public else []
    called = row.formal and row.status is not MeetingStatus.PLANNED
    return MeetingRecord(
        id=row.id,
        phase=phase,
        body=body.name,
        body_key=body.key,
        status=str(row.status),
        day=row.day,
        clock="–".join(part for part in (row.begins, row.closed if public else None) if part),
        place=row.place or "",
        present=len(row.present) if public else 0,
        needed=row.needed if public else None,
        items=tuple(_items(session, row, public=public)) if called else (),
        minutes=_key(row) if public else None,
        attested_on=max((one.attested_on for one in rows if one.attested_on), default=None),
        final_on=max((one.final_on for one in rows if one.final_on), default=None),
        begins=row.begins,
        ends=(row.closed if public else None) or row.ends,
        sequence=row.sequence,
        public_from=row.public_from if public else None,
    )


def _items(session: Session, row: Meeting, *, public: bool) -> Sequence[ItemRecord]:
    items = items_of(session, row.id)
    if not public:
        return [_planned(item) for item in items]
    made = session.exec(select(Decision).where(col(Decision.step_id) == row.step_id)).all()
    differing = {decision.id: decision.reservations for decision in made}
    return [_recorded(item, differing.get(f"{item.id}!decision", "")) for item in items]


def _planned(item: MinutesItem) -> ItemRecord:
    """What is known before the minutes are public."""
    return ItemRecord(item.ordinal, item.title, tuple(item.attached), None, None, item.force, "", {}, "")


def _recorded(item: MinutesItem, differing: str) -> ItemRecord:
    return ItemRecord(
        item.ordinal, item.title, tuple(item.attached), item.paragraph, item.outcome, item.force, item.text, item.votes,
        differing,
    )  # fmt: skip


def _key(row: Meeting) -> str | None:
    """`tiny/minutes-meeting@1` is a version of `minutes-meeting`."""
    return row.minutes and row.minutes.partition("/")[2].rpartition("@")[0]


def hidden_minutes(session: Session, cycle_id: str) -> set[str]:
    """The ids of the minutes that nobody outside may see: drafts, and versions that were not attested."""
    of_minutes = select(Document.id).where(col(Document.cycle_id) == cycle_id, col(Document.key).startswith(MINUTES))
    meetings = session.exec(select(Meeting).where(col(Meeting.cycle_id) == cycle_id, col(Meeting.formal)))
    public = {row.minutes for row in meetings if public_minutes(session, row) is not None}
    return set(session.exec(of_minutes)) - {document for document in public if document}


def minutes_of(register: Register, slug: str, key: str) -> Minutes:
    """The public minutes of that key, without what is withheld.

    Raises:
        UnknownCycle: there is no such cycle, or its record is not public.
        NoMinutes: there are none of that key, or they are not attested yet.
    """
    with register.read() as session:
        cycle = public_cycle(session, slug)
        meetings = session.exec(select(Meeting).where(col(Meeting.cycle_id) == slug, col(Meeting.formal)))
        row = next((row for row in meetings if row.minutes and _key(row) == key), None)
        content = public_minutes(session, row) if row else None
        document = session.get(Document, row.minutes) if row and content is not None else None
        if row is None or document is None or row.public_from is None:
            raise NoMinutes(f"there are no public minutes '{key}' in '{slug}'")
        veil = veil_of(session, cycle)
        ground = veil.documents.get(document.id)
        shown = document.content if ground is None else veil.mark(ground)
        found = Minutes(
            slug, cycle.title, str(cycle.language), cycle.place, key, document.title, shown, document.sha256,
            row.public_from,
        )  # fmt: skip
        return veil.over(found)
