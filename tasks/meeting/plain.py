"""Plain meetings: a body is called for a day, with neither agenda nor minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.dates import PromiseKind
from models.meeting import Meeting, MeetingStatus
from tasks.dates import milestone_of

if TYPE_CHECKING:
    from datetime import date

    from models.assignment import Answer
    from models.change import Change
    from models.cycle import Body
    from models.phase import Step
    from tasks.phase import AnyPhase


def plan_plainly(phase: AnyPhase, change: Change, step: Step, body: Body, on: date | None) -> None:
    """The meeting that a step calls to; its day is known when the definition names one."""
    change.add(
        Meeting(
            id=_id(step), cycle_id=step.cycle_id, phase_id=step.phase_id, step_id=step.id, body_id=body.id,
            milestone=step.milestone, day=on or _day(phase, change, step),
            status=MeetingStatus.SUMMONED, summoned_at=phase.now,
        )
    )  # fmt: skip


def held(phase: AnyPhase, change: Change, step: Step, report: Answer) -> date:
    """The meeting has been held: on the day that is reported, otherwise as planned. Returns the day."""
    day = report.decided_on or step.not_before or phase.place.today(report.received_at)
    meeting = change.session.get(Meeting, _id(step))
    if meeting is not None:
        meeting.day, meeting.status = day, MeetingStatus.HELD
    return day


def held_on(phase: AnyPhase, key: str) -> date:
    """The day on which the meeting of a step was held.

    Raises:
        LookupError: the step has called to none.
    """
    with phase.register.read() as session:
        meeting = session.get(Meeting, f"{phase.id}/{key}!meeting")
    if meeting is None or meeting.day is None:
        raise LookupError(f"no meeting was held in {phase.id}/{key}")
    return meeting.day


def _id(step: Step) -> str:
    return f"{step.id}!meeting"


def _day(phase: AnyPhase, change: Change, step: Step) -> date | None:
    if step.milestone is None:
        return None
    milestone = milestone_of(phase, step.milestone, change)
    return milestone.due_on if milestone.promise is PromiseKind.ON else None
