"""Reminders: only to those who have not answered, quoting the date as it is now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.notice import NoticeKind
from models.phase import Step
from models.schedule import next_reminder
from tasks.assignments import open_assignments
from tasks.notices import notify

if TYPE_CHECKING:
    from models.change import Change
    from tasks.phase import AnyPhase


def set_reminder(phase: AnyPhase, step: Step) -> None:
    """Fix when people are reminded next, from today's deadline; nobody is before an answer makes sense."""
    earliest = phase.place.end_of(step.not_before) if step.not_before else phase.now
    step.next_reminder_at = next_reminder(
        after=max(phase.now, earliest),
        due_before=step.due_before,
        missed_at=step.missed_at,
        days_before=step.reminders,
        place=phase.place,
        send_at=phase.definition.send_at,
    )


def remind(phase: AnyPhase, change: Change, step_id: str) -> None:
    """Remind the silent. The occurrence is the day, so that nobody is reminded twice on one."""
    step = change.get(Step, step_id)
    if step.settled_at or step.next_reminder_at is None or step.next_reminder_at > phase.now:
        return
    silent = open_assignments(change, step_id)
    for assignment in silent:
        notify(
            phase, change, NoticeKind.REMINDED, assignment.person_id, assignment.id,
            step=step, assignment=assignment.id, occurrence=phase.place.today(phase.now).toordinal(),
        )  # fmt: skip
    set_reminder(phase, step)
    change.record("participants_reminded", step.id, reminded=len(silent))
