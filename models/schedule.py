"""When a phase next needs a look: pure functions of what the register says.

The dispatcher compares the result with the clock and knows nothing else about phases.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime, time

    from config.calendars import Place

OVERDUE_EVERY = timedelta(days=14)
OVERDUE_LIMIT = timedelta(days=14 * 6)
"""After a missed deadline that is held open, people are reminded each fortnight, six times; then a person must act."""


class StepState(Protocol):
    """What the schedule needs to know of a step."""

    settled_at: datetime | None
    attention: bool
    closing: str | None
    asked: int
    answered: int
    next_reminder_at: datetime | None
    missed_at: datetime | None
    due_before: datetime | None


def ready(step: StepState) -> bool:
    """Whether something has come that the phase must act on at once. A question to nobody is not answered by that."""
    return step.attention or step.closing is not None or 0 < step.asked <= step.answered


def step_wake(step: StepState, now: datetime) -> datetime | None:
    """The next instant at which an open step needs a look."""
    if step.settled_at is not None:
        return None
    if ready(step):
        return now
    waits = [step.next_reminder_at, None if step.missed_at else step.due_before]
    return min((wait for wait in waits if wait is not None), default=None)


def phase_wake(steps: Iterable[StepState], now: datetime) -> datetime | None:
    """The next look at an open phase; at once when none of its steps is waiting for anything."""
    unsettled = [step for step in steps if step.settled_at is None]
    if not unsettled:
        return now
    wakes = [wake for wake in (step_wake(step, now) for step in unsettled) if wake is not None]
    return min(wakes, default=None)


def earlier(*instants: datetime | None) -> datetime | None:
    """The first of several instants; None is never."""
    return min((instant for instant in instants if instant is not None), default=None)


def next_reminder(
    *,
    after: datetime,
    due_before: datetime | None,
    missed_at: datetime | None,
    days_before: Sequence[int],
    place: Place,
    send_at: time,
) -> datetime | None:
    """The first reminder later than `after`.

    Before the deadline it falls on `send_at` so many days before the due day; once the deadline has been missed
    and is held open, every fortnight.
    """
    if due_before is None:
        return None
    due_day = place.last_day_before(due_before)
    if missed_at is None:
        moments = [place.at(due_day - timedelta(days=days), send_at) for days in sorted(days_before, reverse=True)]
        return next((moment for moment in moments if after < moment < due_before), None)
    overdue = OVERDUE_EVERY
    while overdue <= OVERDUE_LIMIT:
        moment = place.at(due_day + overdue, send_at)
        if moment > after:
            return moment
        overdue += OVERDUE_EVERY
    return None
