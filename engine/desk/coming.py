"""What happens next in a cycle, and when: read from the dates that the register keeps, never computed anew."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlmodel import col, func, select

from config.calendars import PLACES
from models.cycle import CycleStatus
from models.notice import Delivery, DeliveryStatus
from models.phase import Milestone, MilestoneStatus, Phase, PhaseStatus, Step

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlmodel import Session

    from models.cycle import Cycle


class Next(StrEnum):
    """What can come."""

    OPENS = "opens"  # a phase
    MEETING = "meeting"
    REMINDER = "reminder"
    DEADLINE = "deadline"
    MILESTONE = "milestone"
    MAIL = "mail"  # queued mails go out


@dataclass(frozen=True)
class Coming:
    """One thing to come. `at` is an instant; of deadlines and promises the exclusive end of their last day."""

    at: datetime
    what: Next
    phase: Phase | None = None
    step: Step | None = None
    milestone: Milestone | None = None
    count: int = 0  # whom it concerns: the silent, or mails


def coming(session: Session, cycle: Cycle, now: datetime) -> list[Coming]:
    """What comes in a running cycle, the nearest first; nothing comes in one that is held or has ended."""
    if cycle.status is not CycleStatus.RUNNING:
        return []
    phases = {row.id: row for row in session.exec(select(Phase).where(col(Phase.cycle_id) == cycle.id))}
    found = [
        *_openings(phases, cycle, now),
        *_steps(session, cycle, phases, now),
        *_promises(session, cycle),
        *_mails(session, cycle, now),
    ]
    order = list(Next)
    return sorted(found, key=lambda one: (one.at, order.index(one.what)))


def _openings(phases: dict[str, Phase], cycle: Cycle, now: datetime) -> Iterator[Coming]:
    """Planned phases with a first day of their own that is still to come; what they wait for may make it later."""
    for phase in phases.values():
        if phase.status is not PhaseStatus.PLANNED or phase.first_day(cycle.begins) is None:
            continue
        if phase.opens_at is not None and phase.opens_at > now:
            yield Coming(phase.opens_at, Next.OPENS, phase=phase)


def _steps(session: Session, cycle: Cycle, phases: dict[str, Phase], now: datetime) -> Iterator[Coming]:
    open_steps = select(Step).where(col(Step.cycle_id) == cycle.id, col(Step.settled_at).is_(None))
    place = PLACES[cycle.place]
    for step in session.exec(open_steps):
        phase, silent = phases[step.phase_id], max(step.asked - step.answered, 0)
        if step.not_before is not None and place.end_of(step.not_before) > now and not step.answered:
            yield Coming(place.start_of(step.not_before), Next.MEETING, phase=phase, step=step)
        if step.next_reminder_at is not None and silent:
            yield Coming(step.next_reminder_at, Next.REMINDER, phase=phase, step=step, count=silent)
        if step.due_before is not None and step.missed_at is None and silent:
            yield Coming(step.due_before, Next.DEADLINE, phase=phase, step=step, count=silent)


def _promises(session: Session, cycle: Cycle) -> Iterator[Coming]:
    """Promises with a day, that no open question has as its deadline already."""
    waited = select(Step.milestone).where(
        col(Step.cycle_id) == cycle.id, col(Step.settled_at).is_(None), col(Step.due_before).is_not(None)
    )
    dated = set(session.exec(waited))
    pending = (MilestoneStatus.PENDING, MilestoneStatus.MOVED)
    query = select(Milestone).where(col(Milestone.cycle_id) == cycle.id, col(Milestone.status).in_(pending))
    for milestone in session.exec(query):
        if milestone.due_on is not None and milestone.key not in dated:
            yield Coming(PLACES[cycle.place].end_of(milestone.due_on), Next.MILESTONE, milestone=milestone)


def _mails(session: Session, cycle: Cycle, now: datetime) -> Iterator[Coming]:
    """Mails that wait for their hour or for another attempt: those of one hour are one line, and so are those due."""
    mine = (col(Delivery.cycle_id) == cycle.id, col(Delivery.status) == DeliveryStatus.QUEUED)
    due = session.exec(select(func.count()).where(*mine, col(Delivery.next_attempt_at) <= now)).one()
    if due:
        yield Coming(now, Next.MAIL, count=due)
    query = (
        select(Delivery.next_attempt_at, func.count())
        .where(*mine, col(Delivery.next_attempt_at) > now)
        .group_by(col(Delivery.next_attempt_at))
        .order_by(col(Delivery.next_attempt_at))
        .limit(5)
    )
    for at, count in session.exec(query):
        yield Coming(at, Next.MAIL, count=count)
