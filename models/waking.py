"""When a phase needs its next look, as a change leaves it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from config.calendars import PLACES
from models.cycle import CycleStatus
from models.opening import opening
from models.phase import Milestone, Phase, PhaseStatus
from models.promises import unkept
from models.queries import STEPS_OF_PHASE
from models.schedule import earlier, phase_wake

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from models.change import Change
    from models.phase import Step


def wake_of(change: Change, phase: Phase) -> datetime | None:
    """The next look at a phase; None where it needs none, or the cycle does not run."""
    if change.cycle.status is not CycleStatus.RUNNING:
        return None
    if phase.status is PhaseStatus.PLANNED:
        return earlier(opening(phase, change.at, partial(change.get, Phase)), _overdue(change, phase, ()))
    if phase.status is not PhaseStatus.OPEN:
        return None
    steps = change.find(STEPS_OF_PHASE, phase=phase.id)
    return earlier(phase_wake(steps, change.at), _overdue(change, phase, steps))


def _overdue(change: Change, phase: Phase, steps: Sequence[Step]) -> datetime | None:
    """When the first day is over that a phase has promised and has not begun to keep."""
    waiting = unkept(phase, PLACES[change.cycle.place], steps, partial(change.get, Milestone))
    return waiting[0][0] if waiting else None
