"""The coordinator of a script: does on each day what the script says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.commands.coordinate import cancel_cycle, close_step, move_milestone, set_areas
from engine.commands.publish import publish
from engine.script import MORNING, CoordinatorRule, Script, in_order

if TYPE_CHECKING:
    from datetime import datetime

    from config.calendars import Place
    from models.register import Register

ACTOR = "coordinator"


@dataclass
class Coordination:
    """The acts that a script's coordinator has still to do."""

    register: Register
    cycle: str
    script: Script
    place: Place

    def __post_init__(self) -> None:
        self._left = list(in_order(self.script))

    def next_due(self) -> datetime | None:
        """When the next act falls due."""
        return self.place.at(self._left[0].on, MORNING) if self._left else None

    def act(self, now: datetime) -> int:
        """Do what is due; returns how many acts that was."""
        done = 0
        while (due := self.next_due()) is not None and due <= now:
            self._do(self._left.pop(0), now)
            done += 1
        return done

    def _do(self, rule: CoordinatorRule, now: datetime) -> None:
        register, cycle = self.register, self.cycle
        if rule.move and rule.to:
            move_milestone(register, cycle, rule.move, rule.to, reason=rule.reason, now=now, actor=ACTOR)
        if rule.close:
            close_step(register, f"{cycle}/{rule.close}", reason=rule.reason, now=now, actor=ACTOR)
        for group, names in (rule.areas or {}).items():
            set_areas(register, cycle, group, names, reason=rule.reason, now=now, actor=ACTOR)
        if rule.publish:
            publish(register, cycle, rule.publish, rule.text, reason=rule.reason, now=now, actor=ACTOR)
        if rule.cancel:
            cancel_cycle(register, cycle, reason=rule.reason, now=now, actor=ACTOR)
