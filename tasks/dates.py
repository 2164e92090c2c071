"""When a step's answers are due, and from when they make sense."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from config.dates import PromiseKind
from config.terms import StepKind
from models.minutes import summoned_by
from models.phase import Milestone

if TYPE_CHECKING:
    from datetime import datetime

    from models.change import Change
    from tasks.phase import AnyPhase

MEETING_SHARE = 0.6
"""How much of a phase's window undated meetings take."""
REPORT_WITHIN = timedelta(days=14)
"""How long after a meeting its report is due: as long as its minutes may take to be attested (KL 5:69, 6:35)."""


def meeting_days(phase: AnyPhase, meetings: int | list[date]) -> list[date]:
    """The days of a phase's meetings: as the definition dates them, or spread over the first part of its window.

    What is left of the window after the last meeting is for writing and approving.
    """
    if not isinstance(meetings, int):
        return meetings
    begins = phase.place.today(phase.row.opened_at or phase.now)
    ends = phase.says.window.latest or begins + timedelta(days=7 * meetings)
    span = max((ends - begins).days, meetings)
    spacing = span * MEETING_SHARE / meetings
    days = [begins + timedelta(days=round(spacing * number)) for number in range(1, meetings + 1)]
    return [phase.place.roll_forward(day) for day in days]


def milestone_of(phase: AnyPhase, key: str, change: Change | None = None) -> Milestone:
    """The milestone as the register has it now; inside a change, as that change sees it.

    Raises:
        LookupError: the definition names none of that key.
    """
    if change is not None:
        return change.get(Milestone, f"{phase.cycle.id}/:{key}")
    with phase.register.read() as session:
        found = session.get(Milestone, f"{phase.cycle.id}/:{key}")
    if found is None:
        raise LookupError(f"no milestone '{key}' in {phase.cycle.id}")
    return found


def due_before(
    phase: AnyPhase, kind: StepKind, by: str | None, day: date | None, change: Change | None = None,
    prepares: str | None = None,
) -> datetime | None:  # fmt: skip
    """The exclusive instant at which answers are due: of the milestone's day, the day itself, or the phase's end.

    What `prepares` a meeting must be there the day before that milestone.
    """
    if kind is StepKind.MEET and day is not None:  # the report is due after the meeting, and not after its month
        due: date | None = day
    elif by is not None:
        due = milestone_of(phase, by, change).due_on
    else:
        due = day or (_day_before(phase, prepares, change) if prepares else None) or phase.says.window.latest
    return end_for(phase, kind, due) if due else None


def _day_before(phase: AnyPhase, milestone: str, change: Change | None) -> date | None:
    due_on = milestone_of(phase, milestone, change).due_on
    return due_on - timedelta(days=1) if due_on else None


def end_for(phase: AnyPhase, kind: StepKind, day: date) -> datetime:
    """The end of the day; a meeting's report is due later than the meeting."""
    return phase.place.end_of(day + REPORT_WITHIN if kind is StepKind.MEET else day)


def call_at(phase: AnyPhase, day: date | None, lead_days: int) -> datetime | None:
    """The instant at which the body is called, if the day of the meeting is known."""
    if day is None:
        return None
    return phase.place.at(summoned_by(day, timedelta(days=lead_days)), phase.definition.send_at)


def not_before(phase: AnyPhase, kind: StepKind, by: str | None, change: Change) -> date | None:
    """The first day on which an answer makes sense.

    A meeting cannot be reported before it is held, and what is promised for a quarter is decided in that quarter. What
    is promised no later than a day may be done at once.
    """
    if by is None or kind not in (StepKind.MEET, StepKind.DECIDE):
        return None
    milestone = milestone_of(phase, by, change)
    if kind is StepKind.MEET and milestone.promise is PromiseKind.ON:
        return milestone.due_on
    if milestone.promise is PromiseKind.BY:
        return None
    later = milestone.earliest and milestone.earliest > phase.place.today(phase.now)
    return milestone.earliest if later else None
