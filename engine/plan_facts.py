"""One course of a cycle as plain facts: what a rehearsal's register holds of phases, steps, promises and notices."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from models.assignment import Assignment
from models.cycle import Body, Cycle
from models.notice import Delivery, DeliveryStatus, Notice, NoticeKind
from models.phase import Milestone, Phase, Step

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from sqlmodel import Session

    from config.terms import PhaseKind, StepKind
    from models.register import Register

TOLD = (
    NoticeKind.ASKED, NoticeKind.ASKED_AGAIN, NoticeKind.SUMMONED, NoticeKind.INFORMED,
    NoticeKind.REMINDED, NoticeKind.CONCLUDED,
)  # fmt: skip
"""The notices of a plan: those that go out by themselves. A receipt only follows an answer."""


@dataclass(frozen=True)
class PhaseFact:
    """When a phase opened and closed."""

    key: str
    kind: PhaseKind
    title: str
    after: tuple[str, ...]
    opened: datetime | None
    closed: datetime | None


@dataclass(frozen=True)
class StepFact:
    """What was asked of whom, until when. `key` is PHASE/STEP."""

    key: str
    phase: str
    kind: StepKind
    milestone: str | None
    opened: datetime
    not_before: date | None
    due_before: datetime | None
    settled: datetime | None
    asked: int
    of: tuple[str, ...]  # names of bodies


@dataclass(frozen=True)
class NoticeFact:
    """So many mails of one kind, sent at one instant."""

    at: datetime
    kind: NoticeKind
    phase: str | None
    step: str | None
    count: int


@dataclass(frozen=True)
class PromiseFact:
    """What became of a milestone."""

    due: date | None
    met: date | None


@dataclass(frozen=True)
class Course:
    """One course of a cycle, from its first day to its last."""

    ended: datetime | None
    phases: Mapping[str, PhaseFact]
    steps: tuple[StepFact, ...]
    notices: tuple[NoticeFact, ...]
    promises: Mapping[str, PromiseFact]

    def steps_for(self, milestone: str) -> list[StepFact]:
        """The steps that a milestone dates."""
        return [step for step in self.steps if step.milestone == milestone]


def course_of(register: Register, cycle_id: str) -> Course:
    """What a register holds of a cycle."""
    with register.read() as session:
        cycle = session.get_one(Cycle, cycle_id)
        return Course(
            cycle.ended_at,
            {phase.key: phase for phase in _phases(session, cycle_id)},
            tuple(_steps(session, cycle_id)),
            tuple(_notices(session, cycle_id)),
            _promises(session, cycle_id),
        )


def _phases(session: Session, cycle_id: str) -> list[PhaseFact]:
    rows = session.exec(select(Phase).where(col(Phase.cycle_id) == cycle_id).order_by(col(Phase.ordinal)))
    return [PhaseFact(r.key, r.kind, r.title, tuple(r.after), r.opened_at, r.closed_at) for r in rows]


def _steps(session: Session, cycle_id: str) -> list[StepFact]:
    asked: dict[str, dict[str, None]] = {}
    query = (
        select(Assignment.step_id, Body.name)
        .join(Body, col(Body.id) == col(Assignment.body_id))
        .where(col(Assignment.cycle_id) == cycle_id)
        .order_by(col(Body.ordinal))
    )
    for step_id, name in session.exec(query):
        asked.setdefault(step_id, {})[name] = None
    rows = session.exec(select(Step).where(col(Step.cycle_id) == cycle_id).order_by(col(Step.opened_at), col(Step.id)))
    return [
        StepFact(
            _key(r.id), _key(r.phase_id), r.kind, r.milestone, r.opened_at, r.not_before, r.due_before, r.settled_at,
            r.asked, tuple(asked.get(r.id, ())),
        )
        for r in rows
    ]  # fmt: skip


def _notices(session: Session, cycle_id: str) -> list[NoticeFact]:
    """The mails that were sent, counted; in the order in which they went."""
    query = (
        select(Delivery.sent_at, Notice.kind, Notice.phase_id, Notice.step_id)
        .join(Delivery, col(Delivery.notice_id) == col(Notice.id))
        .where(col(Notice.cycle_id) == cycle_id, col(Delivery.status) == DeliveryStatus.SENT)
        .where(col(Notice.kind).in_(TOLD))
        .order_by(col(Delivery.sent_at), col(Notice.id))
    )
    return [
        NoticeFact(at, NoticeKind(kind), phase and _key(phase), step and _key(step), count)
        for (at, kind, phase, step), count in Counter(session.exec(query)).items()
        if at is not None
    ]


def _promises(session: Session, cycle_id: str) -> dict[str, PromiseFact]:
    rows = session.exec(select(Milestone).where(col(Milestone.cycle_id) == cycle_id).order_by(col(Milestone.ordinal)))
    return {row.key: PromiseFact(row.due_on, row.met_on) for row in rows}


def _key(row_id: str) -> str:
    return row_id.partition("/")[2]
