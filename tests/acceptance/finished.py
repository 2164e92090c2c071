"""The bundled cycle once, undisturbed, on the real stack: what several tests then look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from config.loader import load_named
from engine.demo import Check, judge
from engine.scripts import bundled_script

if TYPE_CHECKING:
    from tests.acceptance.house import House, LiveCycle

NAME = "jamtland-2012"


@dataclass(frozen=True)
class Finished:
    """A cycle that has ended."""

    cycle: LiveCycle
    report: dict[str, Any]
    checks: list[Check]
    runs: list[dict[str, Any]]
    worker_log: str  # of its time


def run_jamtland(house: House) -> Finished:
    """From the first day to the last."""
    before = len(house.log_of("worker"))
    cycle = house.cycle(NAME, load_named(NAME), bundled_script(NAME))
    report = cycle.see_through()
    checks = judge(cycle.demonstration, report)
    return Finished(cycle, report, checks, cycle.runs_at_rest(), house.log_of("worker")[before:])
