"""Give a promise up: nobody waits for its day any more, and it is not counted as missed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.commands.coordinate import CannotDo, acting
from models.phase import Milestone, MilestoneStatus
from tasks.milestones import look_again

if TYPE_CHECKING:
    from datetime import datetime

    from models.register import Register


def waive(register: Register, cycle: str, key: str, *, reason: str, now: datetime, actor: str) -> None:
    """Give a promise up. Questions that are open keep their last day; only the promise is gone.

    Raises:
        CannotDo: no such milestone, it has been kept or given up already, or no reason was given.
    """
    with acting(register, cycle, now=now, actor=actor, reason=reason) as change:
        milestone = change.session.get(Milestone, f"{cycle}/:{key}")
        if milestone is None or milestone.met_on is not None or milestone.status is MilestoneStatus.WAIVED:
            raise CannotDo(f"there is no open milestone '{key}' in '{cycle}'")
        milestone.status = MilestoneStatus.WAIVED
        change.record("milestone_waived", milestone.id, reason=reason)
        look_again(change, key)
