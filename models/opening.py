"""When a planned phase opens: its own day, and after the phases before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.phase import PhaseStatus

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from models.phase import Phase


def opening(phase: Phase, now: datetime, get: Callable[[str], Phase]) -> datetime | None:
    """When a planned phase opens; None while the phases before it have not closed. `get` finds a phase by its id."""
    if any(get(f"{phase.cycle_id}/{key}").status is not PhaseStatus.CLOSED for key in phase.after):
        return None
    return max(now, phase.opens_at) if phase.opens_at else now
