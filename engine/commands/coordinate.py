"""What a coordinator does to a running cycle: move or confirm a date, name groups, close a question, end it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from models.assignment import Assignment
from models.cycle import Body, Cycle, CycleStatus
from models.phase import Milestone, MilestoneStatus, Phase, PhaseStatus, Step
from models.register import RegisterError, UnknownCycle
from tasks.areas import bodies_of_group, replace_areas
from tasks.meeting.moving import call_off_meetings
from tasks.moving import move
from tasks.phase import Phase as PhaseContext
from tasks.phase import perform_plainly

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from models.change import Change
    from models.register import Register


class CannotDo(RegisterError):  # noqa: N818
    """It cannot be done as things stand; the message says why."""


class ChangedMeanwhile(CannotDo):
    """What was looked over is not so any more: somebody else has acted since."""


@dataclass(frozen=True)
class Said:
    """A promise as it is said from now on."""

    edtf: str
    words: str | None
    earliest: date | None


@contextmanager
def acting(register: Register, cycle: str, *, now: datetime, actor: str, reason: str) -> Iterator[Change]:
    """One journaled act of a coordinator, with its reason, in a cycle that has not ended."""
    if not reason.strip():
        raise CannotDo("give a reason: it is part of the record")
    with register.change(cycle, at=now, actor=actor) as change:
        if change.cycle.status in (CycleStatus.CONCLUDED, CycleStatus.CANCELLED):
            raise CannotDo(f"the cycle '{cycle}' is {change.cycle.status}")
        yield change


def move_milestone(
    register: Register, cycle: str, key: str, to: date, *, reason: str, now: datetime, actor: str
) -> list[str]:
    """Promise another day. What hangs on it moves too, and everybody who is waited for is told.

    Returns:
        The keys of the milestones that moved.

    Raises:
        CannotDo: no such milestone, it has been met, or no reason was given.
    """
    context = any_phase(register, cycle, now)
    with acting(register, cycle, now=now, actor=actor, reason=reason) as change:
        return move_within(context, change, key, to, reason)


def move_within(
    context: PhaseContext[Any], change: Change, key: str, to: date, reason: str, said: Said | None = None
) -> list[str]:
    """The same inside a change, and with the words of the new promise, if it gets some.

    Raises:
        CannotDo: no such milestone, or it has been met or given up.
    """
    milestone = change.session.get(Milestone, f"{change.cycle.id}/:{key}")
    if milestone is None:
        raise CannotDo(f"there is no milestone '{key}' in '{change.cycle.id}'")
    if milestone.met_on is not None or milestone.status is MilestoneStatus.WAIVED:
        raise CannotDo(f"'{key}' is {milestone.status} and cannot be moved")
    moved = move(context, change, key, to, reason)
    if said is not None and (said.edtf, said.words) != (milestone.edtf, milestone.words):
        milestone.edtf, milestone.words, milestone.earliest = said.edtf, said.words, said.earliest
        change.record("promise_worded", milestone.id, date=said.edtf, words=said.words, reason=reason)
    return moved


def confirm_date(register: Register, cycle: str, key: str, *, reason: str, now: datetime, actor: str) -> date | None:
    """Confirm a date that somebody worked out from the source: from now on it is a promise like any other.

    Returns:
        The confirmed day; None while it follows from an event that has not happened.

    Raises:
        CannotDo: no such milestone, its date was not inferred or has been confirmed, or no reason was given.
    """
    with acting(register, cycle, now=now, actor=actor, reason=reason) as change:
        milestone = change.session.get(Milestone, f"{cycle}/:{key}")
        if milestone is None:
            raise CannotDo(f"there is no milestone '{key}' in '{cycle}'")
        if not milestone.inferred:
            raise CannotDo(f"the date of '{key}' needs no confirmation")
        milestone.inferred = False
        change.record("date_confirmed", milestone.id, due_on=milestone.due_on, reason=reason)
        return milestone.due_on


def set_areas(
    register: Register, cycle: str, group: str, names: Sequence[str], *, reason: str, now: datetime, actor: str
) -> None:
    """Replace the bodies of a group, for instance when the goals have shown in which areas the groups will work.

    A body that stays keeps its people; a new one is answered for by the coordinator until somebody is named.

    Raises:
        CannotDo: the group has been asked something already.
    """
    with acting(register, cycle, now=now, actor=actor, reason=reason) as change:
        present = bodies_of_group(change, group)
        if not present:
            raise CannotDo(f"there is no group '{group}' in '{cycle}'")
        if _asked_already(change, present):
            raise CannotDo(f"'{group}' has been asked something already; its bodies cannot be replaced any more")
        replace_areas(change, group, names)


def _asked_already(change: Change, bodies: Sequence[Body]) -> bool:
    ids = [body.id for body in bodies]
    return change.session.exec(select(Assignment.id).where(col(Assignment.body_id).in_(ids))).first() is not None


def close_step(register: Register, step_id: str, *, reason: str, now: datetime, actor: str) -> None:
    """Close a question without the answers that are missing; the silent are recorded as silent.

    Raises:
        CannotDo: there is no such open question.
    """
    cycle = step_id.partition("/")[0]
    with acting(register, cycle, now=now, actor=actor, reason=reason) as change:
        close_within(change, step_id, reason)


def close_within(change: Change, step_id: str, reason: str) -> None:
    """The same inside a change.

    Raises:
        CannotDo: there is no such open question.
    """
    step = change.session.get(Step, step_id)
    if step is None or step.settled_at is not None:
        raise CannotDo(f"there is no open question '{step_id}'")
    step.closing = reason
    change.wake(step.phase_id)
    change.record("step_closed_early", step_id, reason=reason)


def cancel_cycle(register: Register, cycle: str, *, reason: str, now: datetime, actor: str) -> None:
    """End a cycle without an outcome. Nothing more is asked or sent; the record stays."""
    context = any_phase(register, cycle, now)
    with acting(register, cycle, now=now, actor=actor, reason=reason) as change:
        cancel_within(context, change, reason)


def cancel_within(context: PhaseContext[Any], change: Change, reason: str) -> None:
    """The same inside a change."""
    cycle = change.cycle
    call_off_meetings(context, change, reason)
    cycle.status, cycle.outcome, cycle.ended_at = CycleStatus.CANCELLED, "cancelled", change.at
    phases = change.session.exec(select(Phase).where(col(Phase.cycle_id) == cycle.id)).all()
    for phase in phases:
        if phase.status in (PhaseStatus.PLANNED, PhaseStatus.OPEN):
            phase.status = PhaseStatus.CANCELLED
    change.wake(*(phase.id for phase in phases))
    change.record("cycle_cancelled", cycle.id, reason=reason)


def any_phase(register: Register, cycle: str, now: datetime, secret_key: str = "") -> PhaseContext[Any]:
    """The cycle as its phases see it, without acting in any of them. Only links need the key."""
    with register.read() as session:
        if session.get(Cycle, cycle) is None:
            raise UnknownCycle(f"there is no cycle '{cycle}'")
        first = session.exec(select(Phase).where(col(Phase.cycle_id) == cycle).order_by(col(Phase.ordinal))).first()
    assert first is not None  # noqa: S101 - a cycle has at least one phase
    return PhaseContext(register, first.id, now=now, secret_key=secret_key, perform=perform_plainly)
