"""The facts of a public record, gathered from the register as it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from sqlmodel import SQLModel, col, func, select

from config.calendars import PLACES
from config.publicity import People
from config.terms import PhaseKind, StepKind
from engine.body_names import names_of
from engine.record.access import public_cycle, rule_of
from engine.record.bodies import bodies_of, bodies_spoken_of
from engine.record.consultations import consultations_of
from engine.record.decisions import decisions_of
from engine.record.disposals import disposals_of
from engine.record.documents import documents_of, text_versions
from engine.record.extracts import extracts_of
from engine.record.matrix import matrices, principals_of
from engine.record.meetings import hidden_minutes, meetings_of
from engine.record.parts import BodyRecord, MilestoneRecord, PhaseRecord, Record
from engine.record.people import seats_of
from engine.record.withheld import veil_of
from models.chain import GENESIS
from models.cycle import Cycle
from models.journal import JournalEntry
from models.phase import Milestone, Phase, PhaseStatus, Step
from models.register import UnknownCycle

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from sqlmodel import Session

    from config.calendars import Place
    from models.cycle import Body
    from models.register import Register

RowT = TypeVar("RowT", bound=SQLModel)
UNDECIDED = (PhaseStatus.PLANNED, PhaseStatus.OPEN)


def record_of(register: Register, slug: str) -> Record:
    """The record of a cycle as the register has it now, public or not; what is withheld is withheld here too.

    Raises:
        UnknownCycle: there is no such cycle.
    """
    with register.read() as session:
        cycle = session.get(Cycle, slug)
        if cycle is None:
            raise UnknownCycle(f"there is no cycle '{slug}'")
        return _record(session, cycle)


def public_record_of(register: Register, slug: str, *, replies: bool = True) -> Record:
    """The record of a cycle, if anybody may read it; without `replies`, the consultations' pages have them alone.

    Raises:
        UnknownCycle: there is no such cycle, or its record is not public (`NotPublic`).
    """
    with register.read() as session:
        return _record(session, public_cycle(session, slug), replies=replies)


def journal_head(session: Session, cycle_id: str) -> tuple[int, str, datetime | None]:
    """How many entries a cycle's journal has, the newest one's hash, and when it was written."""
    mine = col(JournalEntry.cycle_id) == cycle_id
    entries = session.exec(select(func.count()).select_from(JournalEntry).where(mine)).one()
    newest = select(JournalEntry.hash, JournalEntry.at).where(mine).order_by(col(JournalEntry.seq).desc()).limit(1)
    head, at = session.exec(newest).first() or (GENESIS, None)
    return entries, head, at


def _record(session: Session, cycle: Cycle, *, replies: bool = True) -> Record:
    phases = rows(session, Phase, cycle.id, Phase.ordinal)
    rule = rule_of(cycle)
    if replies or rule.people is not People.NONE:
        bodies = bodies_of(session, cycle.id)
    else:
        bodies = bodies_spoken_of(session, cycle.id, {key for phase in phases for key in principals_of(cycle, phase)})
    titles = {phase.id: phase.title for phase in phases}
    hidden = hidden_minutes(session, cycle.id)
    texts = {key: text for key, text in text_versions(session, cycle.id).items() if key not in hidden}
    promises = rows(session, Milestone, cycle.id, Milestone.ordinal)
    names = names_of(session, cycle, _silent(phases, promises))
    extracts = extracts_of(session, cycle.id)
    entries, head, changed_at = journal_head(session, cycle.id)
    consulted = _consulted(session, cycle.id)
    veil = veil_of(session, cycle)
    found = Record(
        slug=cycle.id, title=cycle.title, language=str(cycle.language), place=cycle.place,
        registry_no=cycle.registry_no, coordinator=names.get(cycle.coordinator, cycle.coordinator),
        coordinator_key=cycle.coordinator, status=str(cycle.status), outcome=cycle.outcome, begins=cycle.begins,
        started_at=cycle.started_at, ended_at=cycle.ended_at, people=rule.people,
        bodies=tuple(_body(body) for body in bodies.values() if not body.withdrawn),
        phases=tuple(_phase(phase, phases, names, PLACES[cycle.place], consulted, cycle.begins) for phase in phases),
        milestones=tuple(_milestone(promise, names) for promise in promises),
        adoptions=matrices(session, cycle, phases, list(bodies.values()), texts, extracts),
        meetings=meetings_of(session, cycle.id, bodies, titles),
        decisions=decisions_of(session, cycle.id, titles, bodies, texts, extracts),
        consultations=consultations_of(session, cycle, phases, veil) if replies else (),
        documents=documents_of(session, cycle, titles, {key: body.name for key, body in bodies.items()}, hidden),
        seats=seats_of(session, cycle.id, bodies, rule.people), withheld=veil.told,
        disposals=disposals_of(session, cycle),
        journal_entries=entries, journal_head=head, changed_at=changed_at or cycle.started_at,
    )  # fmt: skip
    return veil.over(found)


def _silent(phases: Sequence[Phase], promises: Sequence[Milestone]) -> set[str]:
    """The keys of the bodies that did not answer."""
    silent = {key for phase in phases for key in (phase.outcome or {}).get("missing", ())}
    return silent | {key for promise in promises for key in promise.missing}


def rows(session: Session, table: type[RowT], cycle_id: str, order: Any) -> Sequence[RowT]:
    """A cycle's rows of a table, in an order."""
    mine = select(table).where(col(table.cycle_id) == cycle_id)  # type: ignore[attr-defined]
    return session.exec(mine.order_by(order)).all()


def _body(body: Body) -> BodyRecord:
    return BodyRecord(body.key, body.name, str(body.rules.get("ruleset", "")))


def _consulted(session: Session, cycle_id: str) -> set[str]:
    """The phases in which consultees have been asked."""
    asked = select(Step.phase_id).where(col(Step.cycle_id) == cycle_id, col(Step.kind) == StepKind.CONSULT)
    return set(session.exec(asked))


def _phase(
    phase: Phase,
    phases: Sequence[Phase],
    names: Mapping[str, str],
    place: Place,
    consulted: set[str],
    begins: date,
) -> PhaseRecord:
    outcome = phase.outcome or {}
    return PhaseRecord(
        key=phase.key,
        title=phase.title,
        kind=str(phase.kind),
        status=str(phase.status),
        opens_on=phase.first_day(begins),
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
        title=promise.title,
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
