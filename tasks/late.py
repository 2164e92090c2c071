"""Late answers: who was silent when a question closed may still answer it while a later step has not made use of it.

Such an answer is marked as late. It changes nothing that had been said in time, and no outcome that is recorded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from models.assignment import Assignment, AssignmentStatus
from models.cycle import Body
from models.phase import Phase, PhaseStatus, Step
from models.schedule import ready

if TYPE_CHECKING:
    from sqlmodel import Session

    from tasks.phase import AnyPhase


def takes_late(session: Session, step: Step, assignment: Assignment) -> bool:
    """Whether a question that has closed still takes this answer: the first one, or a change of a late one."""
    silent = assignment.status in (AssignmentStatus.OPEN, AssignmentStatus.NO_REPLY)
    return (silent or _came_late(assignment)) and awaits_late(session, step)


def awaits_late(session: Session, step: Step) -> bool:
    """Whether a question that has closed still takes late answers from anybody."""
    if step.late_until is None:
        return False
    phase = session.get(Phase, step.phase_id)
    if phase is None or phase.status is not PhaseStatus.OPEN:
        return False
    later = session.get(Step, later_step(step))
    return later is None or not (later.settled_at or ready(later))


def silent_at(phase: AnyPhase, key: str) -> tuple[str, ...]:
    """The keys of the bodies that have not answered a step that has closed, late answers counted as answers."""
    step = phase.known_step(key)
    silent = select(Body.key).join(Assignment, col(Assignment.body_id) == col(Body.id))
    mine = silent.where(col(Assignment.step_id) == step.id, col(Assignment.status) == AssignmentStatus.NO_REPLY)
    with phase.register.read() as session:
        return tuple(session.exec(mine.order_by(col(Body.ordinal))).all())


def later_step(step: Step) -> str:
    """The id of the step that makes use of the answers."""
    return f"{step.phase_id}/{step.late_until}"


def _came_late(assignment: Assignment) -> bool:
    return assignment.status is AssignmentStatus.ANSWERED and assignment.late
