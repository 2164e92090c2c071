"""Opening and concluding a phase, and the cycle with its last phase."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sqlmodel import col, select

from config.terms import PhaseKind
from models.assignment import Assignment
from models.cycle import CycleStatus
from models.notice import NoticeKind
from models.opening import opening
from models.phase import Phase as PhaseRow
from models.phase import PhaseStatus
from models.queries import PHASES_OF_CYCLE
from tasks.milestones import settle, waive_the_rest
from tasks.moving import fix
from tasks.notices import notify
from tasks.outcome import Outcome

if TYPE_CHECKING:
    from models.change import Change
    from tasks.phase import AnyPhase


def open_phase(phase: AnyPhase) -> bool:
    """Open the phase if its time has come. Returns whether it is open now."""
    if phase.row.status is PhaseStatus.PLANNED and _has_come(phase):
        phase.act("open", f"open {phase.row.key}", lambda change: _open(phase, change))
        phase.reload()
    return phase.row.status is PhaseStatus.OPEN


def _has_come(phase: AnyPhase) -> bool:
    """Whether the phase is due, and to open: a planned one may also be due because a day that it promised is over."""
    if phase.row.wake_at is None or phase.row.wake_at > phase.now:
        return False
    with phase.register.read() as session:
        opens = opening(phase.row, phase.now, partial(session.get_one, PhaseRow))
    return opens is not None and opens <= phase.now


def _open(phase: AnyPhase, change: Change) -> None:
    row = change.get(PhaseRow, phase.id)
    if row.status is not PhaseStatus.PLANNED:
        return
    row.status = PhaseStatus.OPEN
    row.opened_at = phase.now
    change.record("phase_opened", row.id)
    fix(phase, change, f"{row.key}.opened", phase.place.today(phase.now))


def conclude(phase: AnyPhase, outcome: Outcome) -> None:
    """Close the phase with its outcome; what comes after it gets its turn, and with the last the cycle ends."""
    title = f"conclude: {outcome}"
    phase.act("conclude", title, lambda change: _conclude(phase, change, outcome))


def _conclude(phase: AnyPhase, change: Change, outcome: Outcome) -> None:
    row = change.get(PhaseRow, phase.id)
    if row.status is not PhaseStatus.OPEN:
        return
    row.status = PhaseStatus.CLOSED
    row.closed_at = phase.now
    row.outcome = outcome.to_json()
    change.record("phase_closed", row.id, outcome=outcome.result, detail=outcome.detail)
    fix(phase, change, f"{row.key}.closed", phase.place.today(phase.now))
    for key in dict.fromkeys([*row.promises, *row.mandates]):
        settle(change, key)
    phases = _phases(change)
    change.wake(*(other.id for other in phases if row.key in other.after))
    if all(other.status in (PhaseStatus.CLOSED, PhaseStatus.CANCELLED) for other in phases):
        _end_cycle(phase, change, phases)


def _phases(change: Change) -> list[PhaseRow]:
    return change.find(PHASES_OF_CYCLE, cycle=change.cycle.id)


def _end_cycle(phase: AnyPhase, change: Change, phases: list[PhaseRow]) -> None:
    change.cycle.status = CycleStatus.CONCLUDED
    change.cycle.ended_at = phase.now
    change.cycle.outcome = cycle_outcome(phases)
    waive_the_rest(change)
    change.record("cycle_concluded", change.cycle.id, outcome=change.cycle.outcome)
    asked = select(Assignment.person_id).where(col(Assignment.cycle_id) == change.cycle.id).distinct()
    coordinators = {held.person.id for held in phase.coordinator}
    for person_id in sorted(coordinators | set(change.session.exec(asked).all())):
        notify(phase, change, NoticeKind.CONCLUDED, person_id, change.cycle.id)


def cycle_outcome(phases: list[PhaseRow]) -> str:
    """Adopted when every adoption was; without one, what the last phase came to."""
    closed = [p for p in phases if p.outcome is not None]
    adoptions = [p for p in closed if p.kind is PhaseKind.ADOPTION]
    if not adoptions:
        return Outcome.from_json(closed[-1].outcome or {}).result if closed else "cancelled"
    results = {Outcome.from_json(p.outcome or {}).result for p in adoptions}
    return "adopted" if results == {"adopted"} else "not_adopted"
