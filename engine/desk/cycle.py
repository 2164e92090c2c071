"""A cycle as its coordinator sees it: phases with their questions, promises, what is waited for and what comes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, func, select

from engine.body_names import names_of
from engine.desk.attention import Item, needs_of
from engine.desk.coming import Coming, coming
from engine.desk.timeline import timeline
from models.assignment import Assignment
from models.notice import Delivery, DeliveryStatus, Notice
from models.phase import Milestone, Phase, Step

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlmodel import Session

    from engine.desk.timeline import TimeLine
    from models.cycle import Cycle
    from models.register import Register


@dataclass(frozen=True)
class Question:
    """A step, with what came of its assignments."""

    step: Step
    key: str  # PHASE/STEP
    late: int
    undelivered: int

    @property
    def silent(self) -> int:
        """Who has not answered."""
        return max(self.step.asked - self.step.answered, 0)


@dataclass(frozen=True)
class PhaseView:
    """A phase with its questions, the open ones first."""

    phase: Phase
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class CycleView:
    """Everything on a cycle's page."""

    cycle: Cycle
    coordinator: str
    phases: tuple[PhaseView, ...]
    milestones: tuple[Milestone, ...]
    names: Mapping[str, str]  # by key: of the coordinating body, and of all when any was silent
    needs: tuple[Item, ...]
    coming: tuple[Coming, ...]
    timeline: TimeLine

    @property
    def open_questions(self) -> tuple[tuple[Phase, Question], ...]:
        """What is waited for, across phases."""
        return tuple(
            (view.phase, question)
            for view in self.phases
            for question in view.questions
            if question.step.settled_at is None and question.step.asked
        )


def cycle_view(register: Register, cycle: Cycle, now: datetime) -> CycleView:
    """A cycle as it stands."""
    with register.read() as session:
        phases = session.exec(select(Phase).where(col(Phase.cycle_id) == cycle.id).order_by(col(Phase.ordinal))).all()
        promises = select(Milestone).where(col(Milestone.cycle_id) == cycle.id).order_by(col(Milestone.ordinal))
        milestones = tuple(session.exec(promises))
        names = names_of(session, cycle, {key for milestone in milestones for key in milestone.missing})
        questions = _questions(session, cycle)
        return CycleView(
            cycle=cycle,
            coordinator=names.get(cycle.coordinator, cycle.coordinator),
            phases=tuple(PhaseView(phase, tuple(questions.get(phase.id, ()))) for phase in phases),
            milestones=milestones,
            names=names,
            needs=tuple(needs_of(session, cycle, now)),
            coming=tuple(coming(session, cycle, now)),
            timeline=timeline(cycle, phases, milestones, now),
        )


def _questions(session: Session, cycle: Cycle) -> dict[str, list[Question]]:
    late = _late(session, cycle.id)
    failed = _undelivered(session, cycle.id)
    steps = session.exec(select(Step).where(col(Step.cycle_id) == cycle.id).order_by(col(Step.opened_at), col(Step.id)))
    found: dict[str, list[Question]] = {}
    for step in sorted(steps, key=lambda step: step.settled_at is not None):
        question = Question(step, step.id.partition("/")[2], late.get(step.id, 0), failed.get(step.id, 0))
        found.setdefault(step.phase_id, []).append(question)
    return found


def _late(session: Session, cycle_id: str) -> dict[str, int]:
    query = select(Assignment.step_id, func.count()).where(
        col(Assignment.cycle_id) == cycle_id, col(Assignment.late)
    )  # fmt: skip
    return {step: count for step, count in session.exec(query.group_by(col(Assignment.step_id)))}  # noqa: C416


def _undelivered(session: Session, cycle_id: str) -> dict[str, int]:
    query = (
        select(Notice.step_id, func.count(func.distinct(Notice.person_id)))
        .join(Delivery, col(Delivery.notice_id) == col(Notice.id))
        .where(col(Delivery.cycle_id) == cycle_id, col(Delivery.status) == DeliveryStatus.FAILED)
        .group_by(col(Notice.step_id))
    )
    return {step: count for step, count in session.exec(query) if step is not None}
