"""Milestones: kept, missed, moved, and fixed when the event that they follow from has happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, func, select

from config.dates import parse_relative
from models.assignment import Assignment, AssignmentStatus, Decision
from models.notice import Notice, NoticeKind
from models.phase import Milestone, MilestoneStatus, Step
from tasks.dates import end_for
from tasks.meeting.moving import meetings_move
from tasks.notices import notify
from tasks.reminders import set_reminder

if TYPE_CHECKING:
    from datetime import date

    from models.change import Change
    from tasks.phase import AnyPhase

OPEN_STATUSES = (MilestoneStatus.PENDING, MilestoneStatus.MOVED)


def milestone_id(change: Change, key: str) -> str:
    """The register's name for a milestone."""
    return f"{change.cycle.id}/:{key}"


def keep(change: Change, key: str, *, on: date) -> None:
    """What the milestone promised has happened. One that was missed stays missed, with the day it came at last."""
    milestone = change.get(Milestone, milestone_id(change, key))
    if milestone.met_on is not None:
        return
    milestone.met_on = on
    if milestone.status in OPEN_STATUSES:
        late = milestone.due_on is not None and on > milestone.due_on
        milestone.status = MilestoneStatus.MISSED if late else MilestoneStatus.MET
        change.record(f"milestone_{milestone.status}", milestone.id, on=on)


def keep_mandates(phase: AnyPhase, change: Change) -> None:
    """The phase has closed: what was ordered of it has happened, on the day of its last decision if it took any."""
    ordered = [key for key, milestone in phase.definition.milestones.items() if milestone.mandate == phase.row.key]
    if ordered:
        last = select(func.max(Decision.decided_on)).where(col(Decision.phase_id) == phase.id)
        on = change.session.exec(last).one() or phase.place.today(phase.now)
        for key in ordered:
            keep(change, key, on=on)


def fail(change: Change, key: str, missing: list[str]) -> None:
    """The day passed without what was promised; `missing` are the keys of the bodies that were silent."""
    milestone = change.get(Milestone, milestone_id(change, key))
    if milestone.status in OPEN_STATUSES:
        milestone.status = MilestoneStatus.MISSED
        milestone.missing = missing
        change.record("milestone_missed", milestone.id, missing=missing)


def move(phase: AnyPhase, change: Change, key: str, to: date, reason: str) -> list[str]:
    """Promise another day; everything that hangs on it follows, and who is waited for is told.

    A date that is set by law rolls on to a working day.

    Returns:
        The keys of all milestones that moved, this one first.
    """
    milestone = change.get(Milestone, milestone_id(change, key))
    to = phase.definition.falls_on(key, to)
    was = milestone.due_on
    if was == to:
        return []
    milestone.due_on = to
    if milestone.status is not MilestoneStatus.WAIVED:
        milestone.status = MilestoneStatus.MOVED
        milestone.missing = []
    change.record("milestone_moved", milestone.id, was=was, to=to, reason=reason)
    for step in _open_steps(change, key):
        _move_step(phase, change, step, milestone, was, reason)
    meetings_move(phase, change, key, to, reason)
    moved = [key]
    for follower in _followers(change, key):
        relative = parse_relative(follower.edtf)
        if relative is not None and follower.met_on is None:
            moved += move(phase, change, follower.key, relative.from_day(to), reason)
    return moved


def fix(phase: AnyPhase, change: Change, anchor: str, day: date) -> None:
    """An event has happened: the dates that follow from it are now known."""
    for milestone in _followers(change, anchor):
        relative = parse_relative(milestone.edtf)
        if relative is None or milestone.due_on is not None:
            continue
        milestone.due_on = milestone.promised = phase.definition.falls_on(milestone.key, relative.from_day(day))
        change.record("milestone_fixed", milestone.id, due_on=milestone.due_on, anchor=anchor)
        for step in _open_steps(change, milestone.key):
            step.due_before = end_for(phase, step.kind, milestone.due_on)
            set_reminder(phase, step)
            change.wake(step.phase_id)
        meetings_move(phase, change, milestone.key, milestone.due_on)
        fix(phase, change, milestone.key, milestone.due_on)


def _followers(change: Change, anchor: str) -> list[Milestone]:
    all_of_them = select(Milestone).where(col(Milestone.cycle_id) == change.cycle.id)
    found = change.session.exec(all_of_them.order_by(col(Milestone.ordinal))).all()
    return [m for m in found if (relative := parse_relative(m.edtf)) and relative.anchor == anchor]


def _open_steps(change: Change, key: str) -> list[Step]:
    waiting = select(Step).where(
        col(Step.cycle_id) == change.cycle.id, col(Step.milestone) == key, col(Step.settled_at).is_(None)
    )
    return list(change.session.exec(waiting).all())


def _move_step(
    phase: AnyPhase, change: Change, step: Step, milestone: Milestone, was: date | None, reason: str
) -> None:
    assert milestone.due_on is not None  # noqa: S101 - just set
    step.due_before = end_for(phase, step.kind, milestone.due_on)
    if step.not_before is not None and step.not_before == was:
        step.not_before = milestone.due_on
    if step.due_before > phase.now:
        step.missed_at = None
        if step.closing == "deadline":
            step.closing = None
    set_reminder(phase, step)
    change.wake(step.phase_id)
    waiting = select(Assignment).where(
        col(Assignment.step_id) == step.id, col(Assignment.status) == AssignmentStatus.OPEN
    )
    number = _times_told(change, step) + 1
    for assignment in change.session.exec(waiting.order_by(col(Assignment.id))).all():
        notify(
            phase, change, NoticeKind.MOVED, assignment.person_id, assignment.id,
            step=step, assignment=assignment.id, occurrence=number,
            data={
                "milestone": milestone.key, "from": was and was.isoformat(),
                "to": milestone.due_on.isoformat(), "reason": reason,
            },
        )  # fmt: skip


def _times_told(change: Change, step: Step) -> int:
    """How often people have been told that this step's date moved: it may come back to a day it had before."""
    told = select(func.max(Notice.occurrence)).where(
        col(Notice.step_id) == step.id, col(Notice.kind) == NoticeKind.MOVED
    )
    return change.session.exec(told).one() or 0
