"""Dates that are others now: milestones moved, and fixed when the event that they follow from has happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, func, or_, select

from config.dates import parse_relative
from config.terms import StepKind
from models.assignment import Assignment, AssignmentStatus
from models.notice import Delivery, DeliveryStatus, Notice, NoticeKind
from models.phase import Milestone, MilestoneStatus, Step
from models.queries import MILESTONES_OF_CYCLE
from tasks.dates import due_before
from tasks.meeting.moving import meetings_move
from tasks.milestones import look_again, milestone_id
from tasks.notices import notify, sent_from
from tasks.reminders import set_reminder

if TYPE_CHECKING:
    from datetime import date

    from models.change import Change
    from tasks.phase import AnyPhase

ASKING = (NoticeKind.ASKED, NoticeKind.ASKED_AGAIN)


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
    look_again(change, key)
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
        look_again(change, milestone.key)
        for step in _open_steps(change, milestone.key):
            _date_anew(phase, change, step)
        meetings_move(phase, change, milestone.key, milestone.due_on)
        fix(phase, change, milestone.key, milestone.due_on)


def _followers(change: Change, anchor: str) -> list[Milestone]:
    found = change.find(MILESTONES_OF_CYCLE, cycle=change.cycle.id)
    return [m for m in found if (relative := parse_relative(m.edtf)) and relative.anchor == anchor]


def _open_steps(change: Change, key: str) -> list[Step]:
    """The questions that are open until a milestone's day, or until the day before it."""
    dated = or_(col(Step.milestone) == key, col(Step.prepares) == key)
    waiting = select(Step).where(col(Step.cycle_id) == change.cycle.id, dated, col(Step.settled_at).is_(None))
    return list(change.session.exec(waiting.order_by(col(Step.id))).all())


def _move_step(
    phase: AnyPhase, change: Change, step: Step, milestone: Milestone, was: date | None, reason: str
) -> None:
    before = phase.place.last_day_before(step.due_before) if step.prepares and step.due_before else was
    if step.not_before is not None and step.not_before == was:
        step.not_before = milestone.due_on
    _date_anew(phase, change, step)
    to = _shown_day(phase, step, milestone)
    number = _times_told(change, step) + 1
    for assignment in _waited_for(change, step):
        if not _asked_later(phase, change, step, assignment):
            notify(
                phase, change, NoticeKind.MOVED, assignment.person_id, assignment.id,
                step=step, assignment=assignment.id, occurrence=number,
                data={
                    "milestone": milestone.key, "from": before and before.isoformat(),
                    "to": to and to.isoformat(), "reason": reason,
                },
            )  # fmt: skip


def _shown_day(phase: AnyPhase, step: Step, milestone: Milestone) -> date | None:
    """The new day as people are told it: the milestone's own, or of what is prepared for it the day before."""
    return phase.place.last_day_before(step.due_before) if step.prepares and step.due_before else milestone.due_on


def _date_anew(phase: AnyPhase, change: Change, step: Step) -> None:
    """The step's last day, from its milestone as it is now; what had been missed is open again."""
    step.due_before = due_before(phase, step.kind, step.milestone, None, change, step.prepares)
    if step.due_before is not None and step.due_before > phase.now:
        step.missed_at = None
        if step.closing == "deadline":
            step.closing = None
    set_reminder(phase, step)
    change.wake(step.phase_id)


def _waited_for(change: Change, step: Step) -> list[Assignment]:
    waiting = select(Assignment).where(
        col(Assignment.step_id) == step.id, col(Assignment.status) == AssignmentStatus.OPEN
    )
    return list(change.session.exec(waiting.order_by(col(Assignment.id))).all())


def _asked_later(phase: AnyPhase, change: Change, step: Step, assignment: Assignment) -> bool:
    """Whether the question itself still waits for the day of its meeting: then it waits for the new one instead.

    It quotes the dates as they are when it goes out, so that nobody need be told of the move besides.
    """
    if step.kind is not StepKind.MEET:
        return False
    waiting = (
        select(Notice, Delivery)
        .join(Delivery, col(Delivery.notice_id) == col(Notice.id))
        .where(col(Notice.assignment_id) == assignment.id, col(Notice.kind).in_(ASKING))
        .where(col(Delivery.status) == DeliveryStatus.QUEUED, col(Delivery.attempts) == 0)
        .where(col(Notice.send_from) > phase.now)
    )
    found = change.session.exec(waiting).all()
    for notice, delivery in found:
        notice.send_from = delivery.next_attempt_at = sent_from(phase, step.not_before)
    return bool(found)


def _times_told(change: Change, step: Step) -> int:
    """How often people have been told that this step's date moved: it may come back to a day it had before."""
    told = select(func.max(Notice.occurrence)).where(
        col(Notice.step_id) == step.id, col(Notice.kind) == NoticeKind.MOVED
    )
    return change.session.exec(told).one() or 0
