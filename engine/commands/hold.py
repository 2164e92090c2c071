"""Put a cycle on hold, and let it go on: meanwhile nothing is asked, sent or missed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from engine.commands.coordinate import CannotDo, acting
from models.cycle import CycleStatus
from models.phase import Phase

if TYPE_CHECKING:
    from datetime import datetime

    from models.change import Change
    from models.register import Register


def hold(register: Register, cycle: str, *, reason: str, now: datetime, actor: str) -> None:
    """Stop a running cycle for a while.

    Raises:
        CannotDo: it is not running, or no reason was given.
    """
    with acting(register, cycle, now=now, actor=actor, reason=reason) as change:
        _turn(change, CycleStatus.RUNNING, CycleStatus.HELD)
        change.record("cycle_held", cycle, reason=reason)


def release(register: Register, cycle: str, *, reason: str, now: datetime, actor: str) -> None:
    """Let a held cycle go on. What fell due meanwhile is done at once: mails go out, and last days have passed.

    Raises:
        CannotDo: it is not on hold, or no reason was given.
    """
    with acting(register, cycle, now=now, actor=actor, reason=reason) as change:
        _turn(change, CycleStatus.HELD, CycleStatus.RUNNING)
        change.record("cycle_released", cycle, reason=reason)


def _turn(change: Change, was: CycleStatus, to: CycleStatus) -> None:
    if change.cycle.status is not was:
        raise CannotDo(f"the cycle '{change.cycle.id}' is {change.cycle.status}")
    change.cycle.status = to
    change.wake(*change.session.exec(select(Phase.id).where(col(Phase.cycle_id) == change.cycle.id)).all())
