"""Owing somebody a mail, at a civil hour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from config.calendars import civil_send_time
from models.notice import Notice, NoticeKind

if TYPE_CHECKING:
    from datetime import date, datetime

    from models.change import Change
    from models.phase import Step
    from tasks.phase import AnyPhase


def notify(
    phase: AnyPhase,
    change: Change,
    kind: NoticeKind,
    person_id: str,
    subject_id: str,
    *,
    step: Step | None = None,
    assignment: str | None = None,
    occurrence: int = 1,
    from_day: date | None = None,
    data: dict[str, Any] | None = None,
) -> None:
    """One notice. The same kind, subject, person and occurrence is owed once; the register sees to it.

    It goes out at once in office hours, otherwise at the next `send_at`, and not before `from_day`.
    """
    change.notify(
        Notice(
            id=f"{subject_id}!{kind}-{person_id.rpartition('/')[2]}-{occurrence}",
            cycle_id=change.cycle.id,
            kind=kind,
            person_id=person_id,
            subject_id=subject_id,
            occurrence=occurrence,
            phase_id=step.phase_id if step else phase.id,
            step_id=step.id if step else None,
            assignment_id=assignment,
            data=data or {},
            created_at=phase.now,
            send_from=sent_from(phase, from_day),
        )
    )


def sent_from(phase: AnyPhase, from_day: date | None = None) -> datetime:
    """When a mail that is owed now goes out: at a civil hour, and not before `from_day`."""
    send_from = civil_send_time(phase.place, phase.now, phase.definition.send_at)
    if from_day is None:
        return send_from
    return max(send_from, phase.place.at(from_day, phase.definition.send_at))


def tell_coordinator(
    phase: AnyPhase,
    change: Change,
    kind: NoticeKind,
    subject_id: str,
    *,
    step: Step,
    data: dict[str, Any],
    occurrence: int = 1,
) -> None:
    """Tell whoever coordinates the cycle."""
    for told in phase.coordinator:
        notify(phase, change, kind, told.person.id, subject_id, step=step, occurrence=occurrence, data=data)
