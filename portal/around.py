"""What stands around a question: who answers instead of whom, who else is asked, and what happens next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from config.handing import Shows
from engine.commands.delegate import Candidates, candidates
from models.assignment import Assignment, AssignmentStatus
from models.cycle import Body, Person
from models.phase import Milestone, MilestoneStatus, Phase, PhaseStatus
from tasks.phase import ATTEMPT, definition_of

if TYPE_CHECKING:
    from datetime import date

    from sqlmodel import Session

    from models.cycle import Cycle
    from models.phase import Step

ANSWERED = (AssignmentStatus.ANSWERED, AssignmentStatus.REOPENED)
NOT_COUNTED = (AssignmentStatus.SUPERSEDED, AssignmentStatus.WITHDRAWN)


@dataclass(frozen=True)
class Other:
    """A body that is asked the same; `answered` is nothing where the definition keeps that to itself."""

    body: str
    answered: bool | None


@dataclass(frozen=True)
class Coming:
    """What happens after this question: a phase that opens, or a promise that falls due."""

    title: str
    language: str
    day: date | None
    opens: bool  # a phase; otherwise a milestone


@dataclass(frozen=True)
class Around:
    """The surroundings of one assignment."""

    instead_of: Person | None
    holder: Person | None  # who answers now
    handing: Candidates
    others: tuple[Other, ...]
    coming: tuple[Coming, ...]


def load_around(
    session: Session, assignment: Assignment, step: Step, phase: Phase, cycle: Cycle
) -> Around:  # fmt: skip
    """Everything that stands around an assignment."""
    first = assignment.delegated_from or assignment.replaces
    return Around(
        instead_of=session.get(Person, first) if first else None,
        holder=session.get(Person, assignment.person_id),
        handing=candidates(session, assignment),
        others=_others(session, assignment, step, phase, cycle),
        coming=_coming(session, step, phase, cycle),
    )


def _others(
    session: Session, assignment: Assignment, step: Step, phase: Phase, cycle: Cycle
) -> tuple[Other, ...]:  # fmt: skip
    says = definition_of(cycle.definition).phases[phase.key]
    shows = says.shows.get(ATTEMPT.sub("", step.key), Shows.NOTHING)
    if shows is Shows.NOTHING:
        return ()
    query = (
        select(Body, Assignment.status)
        .join(Assignment, col(Assignment.body_id) == col(Body.id))
        .where(col(Assignment.step_id) == step.id, col(Assignment.status).not_in(NOT_COUNTED))
        .where(col(Body.id) != assignment.body_id)
        .order_by(col(Body.ordinal))
    )
    answered: dict[str, list[bool]] = {}
    for body, status in session.exec(query):
        answered.setdefault(body.name, []).append(status in ANSWERED)
    return tuple(Other(name, all(said) if shows is Shows.ANSWERED else None) for name, said in answered.items())


def _coming(session: Session, step: Step, phase: Phase, cycle: Cycle) -> tuple[Coming, ...]:
    """The phases that wait for this one, and the next promise of the cycle that is not this question's own."""
    phases = session.exec(select(Phase).where(col(Phase.cycle_id) == cycle.id).order_by(col(Phase.ordinal))).all()
    after = [row for row in phases if phase.key in row.after and row.status is PhaseStatus.PLANNED]
    language = str(cycle.language)
    found = [Coming(row.title, language, row.first_day(cycle.begins), opens=True) for row in after]
    promise = _next_promise(session, step, cycle)
    if promise is not None:
        found.append(Coming(promise.called(language, language), language, promise.due_on, opens=False))
    return tuple(found)


def _next_promise(session: Session, step: Step, cycle: Cycle) -> Milestone | None:
    own = session.get(Milestone, f"{cycle.id}/:{step.milestone}") if step.milestone else None
    waiting = select(Milestone).where(
        col(Milestone.cycle_id) == cycle.id,
        col(Milestone.status).in_((MilestoneStatus.PENDING, MilestoneStatus.MOVED)),
        col(Milestone.met_on).is_(None),
        col(Milestone.due_on).is_not(None),
    )
    if own is not None and own.due_on is not None:
        waiting = waiting.where(col(Milestone.due_on) >= own.due_on, col(Milestone.id) != own.id)
    return session.exec(waiting.order_by(col(Milestone.due_on), col(Milestone.ordinal))).first()
