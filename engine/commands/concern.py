"""A coordinator has looked after a concern."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.commands.coordinate import CannotDo
from models.concern import Concern, settle_concern

if TYPE_CHECKING:
    from datetime import datetime

    from models.register import Register


def settle(register: Register, cycle: str, number: int, *, reason: str, now: datetime, actor: str) -> None:
    """Settle a concern by its number, also of a cycle that has ended; `reason` says what was done.

    Raises:
        CannotDo: there is no such open concern, or no reason was given.
        UnknownCycle: there is no such cycle.
    """
    if not reason.strip():
        raise CannotDo("give a reason: it is part of the record")
    with register.change(cycle, at=now, actor=actor) as change:
        concern = change.session.get(Concern, f"{cycle}/!{number}")
        if concern is None or concern.settled_at is not None:
            raise CannotDo(f"there is no open concern {number} in '{cycle}'")
        settle_concern(change, concern.id, reason)
