"""The public record of a cycle as plain values: what was promised, what was decided, and who was silent.

It names bodies, never people: addresses and links stay out of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

from sqlalchemy.orm import defer
from sqlmodel import SQLModel, col, func, select

from config.calendars import PLACES
from config.terms import PhaseKind, StepKind
from models.assignment import Decision, Document
from models.chain import GENESIS
from models.cycle import Body, Cycle
from models.journal import JournalEntry
from models.phase import Milestone, Phase, PhaseStatus, Step
from models.register import UnknownCycle
from portal.matrix import Matrix, TextVersion, matrices

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from sqlmodel import Session

    from config.calendars import Place
    from models.register import Register

RowT = TypeVar("RowT", bound=SQLModel)
UNDECIDED = (PhaseStatus.PLANNED, PhaseStatus.OPEN)
_NO_CONTENT = defer(cast("Any", Document).content)


@dataclass(frozen=True)
class PhaseRecord:
    """How far a phase has come."""

    key: str
    title: str
    kind: str
    status: str
    opens_on: date | None  # planned
    opened_on: date | None
    closed_on: date | None
    result: str | None
    detail: str  # such as 7/9
    missing: tuple[str, ...]  # names of the bodies that did not answer
    not_yet_adopted: str | None  # the adoption that runs beside the phase, whose text it works from
    replies: bool  # whether consultees have been asked, so that there is a page of their replies


@dataclass(frozen=True)
class MilestoneRecord:
    """A promise, and what became of it."""

    key: str
    words: str | None
    edtf: str
    promise: str  # on, by, in
    inferred: bool
    earliest: date | None
    promised: date | None
    due_on: date | None
    status: str
    met_on: date | None
    missing: tuple[str, ...]  # names of the bodies that were silent


@dataclass(frozen=True)
class DecisionRecord:
    """What a body resolved."""

    phase: str
    body: str
    round: int
    force: str
    outcome: str  # a position, or approved / rejected
    decided_on: date
    text: TextVersion | None
    reason: str
    tally: dict[str, int]


@dataclass(frozen=True)
class Record:
    """Everything that the public may see of a cycle."""

    slug: str
    title: str
    language: str
    place: str
    registry_no: str | None
    coordinator: str
    status: str
    outcome: str | None
    begins: date
    started_at: datetime
    ended_at: datetime | None
    phases: tuple[PhaseRecord, ...]
    milestones: tuple[MilestoneRecord, ...]
    adoptions: tuple[Matrix, ...]
    decisions: tuple[DecisionRecord, ...]
    journal_entries: int
    journal_head: str  # SHA-256 of the newest entry


def record_of(register: Register, slug: str) -> Record:
    """The record of a cycle as the register has it now.

    Raises:
        UnknownCycle: there is no such cycle.
    """
    with register.read() as session:
        cycle = session.get(Cycle, slug)
        if cycle is None:
            raise UnknownCycle(f"there is no cycle '{slug}'")
        return _record(session, cycle)


def _record(session: Session, cycle: Cycle) -> Record:
    phases = rows(session, Phase, cycle.id, Phase.ordinal)
    bodies = {body.id: body for body in rows(session, Body, cycle.id, Body.ordinal)}
    names = {body.key: body.name for body in bodies.values()}
    texts = text_versions(session, cycle.id)
    promises = rows(session, Milestone, cycle.id, Milestone.ordinal)
    entries, head = _journal(session, cycle.id)
    consulted = _consulted(session, cycle.id)
    return Record(
        slug=cycle.id,
        title=cycle.title,
        language=str(cycle.language),
        place=cycle.place,
        registry_no=cycle.registry_no,
        coordinator=names.get(cycle.coordinator, cycle.coordinator),
        status=str(cycle.status),
        outcome=cycle.outcome,
        begins=cycle.begins,
        started_at=cycle.started_at,
        ended_at=cycle.ended_at,
        phases=tuple(_phase(phase, phases, names, PLACES[cycle.place], consulted) for phase in phases),
        milestones=tuple(_milestone(promise, names) for promise in promises),
        adoptions=matrices(session, cycle, phases, list(bodies.values()), texts),
        decisions=_decisions(session, cycle.id, {phase.id: phase.title for phase in phases}, bodies, texts),
        journal_entries=entries,
        journal_head=head,
    )


def rows(session: Session, table: type[RowT], cycle_id: str, order: Any) -> Sequence[RowT]:
    """A cycle's rows of a table, in an order."""
    mine = select(table).where(col(table.cycle_id) == cycle_id)  # type: ignore[attr-defined]
    return session.exec(mine.order_by(order)).all()


def text_versions(session: Session, cycle_id: str) -> dict[str, TextVersion]:
    """The texts of a cycle by document id, without their content."""
    held = session.exec(select(Document).options(_NO_CONTENT).where(col(Document.cycle_id) == cycle_id))
    return {found.id: TextVersion(found.key, found.title, found.version, found.sha256) for found in held}


def _consulted(session: Session, cycle_id: str) -> set[str]:
    """The phases in which consultees have been asked."""
    asked = select(Step.phase_id).where(col(Step.cycle_id) == cycle_id, col(Step.kind) == StepKind.CONSULT)
    return set(session.exec(asked))


def _phase(
    phase: Phase, phases: Sequence[Phase], names: Mapping[str, str], place: Place, consulted: set[str]
) -> PhaseRecord:
    outcome = phase.outcome or {}
    return PhaseRecord(
        key=phase.key,
        title=phase.title,
        kind=str(phase.kind),
        status=str(phase.status),
        opens_on=phase.opens_on,
        opened_on=place.today(phase.opened_at) if phase.opened_at else None,
        closed_on=place.today(phase.closed_at) if phase.closed_at else None,
        result=outcome.get("result"),
        detail=str(outcome.get("detail", "")),
        missing=tuple(names.get(key, key) for key in outcome.get("missing", ())),
        not_yet_adopted=_adoption_beside(phase, phases),
        replies=phase.id in consulted,
    )


def _adoption_beside(phase: Phase, phases: Sequence[Phase]) -> str | None:
    """The title of an undecided adoption of a text that an open phase works from: both follow the same phase."""
    if phase.status is not PhaseStatus.OPEN or phase.kind is PhaseKind.ADOPTION:
        return None
    before = _before(phase, {other.key: other for other in phases})
    undecided = [other for other in phases if other.kind is PhaseKind.ADOPTION and other.status in UNDECIDED]
    beside = (other.title for other in undecided if other.key not in before and before & set(other.after))
    return next(beside, None)


def _before(phase: Phase, phases: Mapping[str, Phase]) -> set[str]:
    """The keys of all phases that this one builds on."""
    found: set[str] = set()
    waiting = list(phase.after)
    while waiting:
        key = waiting.pop()
        if key not in found:
            found.add(key)
            waiting += phases[key].after
    return found


def _milestone(promise: Milestone, names: Mapping[str, str]) -> MilestoneRecord:
    return MilestoneRecord(
        key=promise.key,
        words=promise.words,
        edtf=promise.edtf,
        promise=str(promise.promise),
        inferred=promise.inferred,
        earliest=promise.earliest,
        promised=promise.promised,
        due_on=promise.due_on,
        status=str(promise.status),
        met_on=promise.met_on,
        missing=tuple(names.get(key, key) for key in promise.missing),
    )


def _decisions(
    session: Session,
    cycle_id: str,
    titles: Mapping[str, str],
    bodies: Mapping[str, Body],
    texts: Mapping[str, TextVersion],
) -> tuple[DecisionRecord, ...]:
    made = rows(session, Decision, cycle_id, Decision.decided_on)
    in_order = sorted(made, key=lambda d: (d.decided_on, bodies[d.body_id].ordinal, d.round))
    return tuple(
        DecisionRecord(
            phase=titles[decision.phase_id],
            body=bodies[decision.body_id].name,
            round=decision.round,
            force=str(decision.force),
            outcome=decision.outcome,
            decided_on=decision.decided_on,
            text=texts.get(decision.text or ""),
            reason=decision.reason,
            tally=decision.tally,
        )
        for decision in in_order
    )


def _journal(session: Session, cycle_id: str) -> tuple[int, str]:
    mine = col(JournalEntry.cycle_id) == cycle_id
    entries = session.exec(select(func.count()).select_from(JournalEntry).where(mine)).one()
    newest = select(JournalEntry.hash).where(mine).order_by(col(JournalEntry.seq).desc()).limit(1)
    return entries, session.exec(newest).first() or GENESIS
