"""The worker dies without warning, waiting or at work, and another takes over."""

from __future__ import annotations

import threading
from collections import Counter
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from config.loader import load
from engine.rehearsal import rehearse
from engine.script import Script
from tests.acceptance.house import LITTLE, House, LiveCycle, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.stack

REFERS_BACK = {"step": "deciding/decision", "who": "east", "position": "refer_back", "reason": "The costs?"}
SCRIPT = Script.model_validate({"answers": [REFERS_BACK]})
KILLS = 4
LONGEST_DELAY = 0.3
"""Seconds into a pass: a pass takes about so long."""


class Killer(threading.Thread):
    """Kills the worker while it makes passes, at instants that a seed chooses, and starts another each time."""

    def __init__(self, cycle: LiveCycle, kills: int, seed: int) -> None:
        super().__init__(name="killer", daemon=True)
        self.cycle = cycle
        self.kills = kills
        self.chance = Random(seed)  # noqa: S311 - a seed is wanted
        self.done = 0
        self.over = threading.Event()

    def run(self) -> None:
        """Until so many workers have been killed, or the cycle is over."""
        while self.done < self.kills and not self.over.is_set():
            self._until(self.cycle.passing)
            self.over.wait(self.chance.uniform(0, LONGEST_DELAY))
            passes = self.cycle.passes()
            self.cycle.house.kill("worker")
            self.done += 1
            self.cycle.house.stack.restart_dead()
            patience = passes + self.chance.randint(0, 1)
            self._until(lambda: self.cycle.passes() >= patience)  # noqa: B023 - called before the next turn

    def _until(self, holds: Callable[[], bool]) -> None:
        while not holds() and not self.over.wait(0.005):
            pass


@pytest.mark.parametrize("seed", [2012])
def test_cycle_comes_to_the_same_end_however_often_the_worker_is_killed(house: House, seed: int) -> None:
    """Killed in the middle of passes: the same decisions, milestones and notices as undisturbed, each once."""
    cycle = house.cycle(f"killed-{seed}", script=SCRIPT)
    killer = Killer(cycle, KILLS, seed)
    killer.start()
    report = cycle.see_through()
    killer.over.set()
    killer.join()
    undisturbed = rehearse(load(LITTLE).model_copy(update={"cycle": cycle.slug}), SCRIPT)
    assert killer.done == KILLS
    assert [report[part] for part in PARTS] == [undisturbed[part] for part in PARTS]
    assert who_got_what(report) == who_got_what(undisturbed)
    assert cycle.faults() == ()
    assert cycle.unsent() == []
    assert cycle.repeats() <= killer.done  # one for each death between the server's word and ours


def test_administrator_sees_one_completed_run_a_phase_after_the_worker_was_killed(house: House) -> None:
    """Nothing is left behind in Prefect: no second run, and no task that seems to be running."""
    cycle = house.cycle("killed-once", script=SCRIPT)
    killer = Killer(cycle, 2, seed=7)
    killer.start()
    cycle.see_through()
    killer.over.set()
    killer.join()
    assert [run["state_name"] for run in cycle.runs()] == ["Completed"] * 3
    tasks = [task for run in cycle.runs() for task in house.prefect.task_runs(run["id"])]
    assert {task["state_name"] for task in tasks} <= {"Completed", "Crashed"}


def test_answers_that_come_while_no_worker_lives_are_taken_up_by_the_next(house: House) -> None:
    """Killed while both phases wait; both are answered; the next worker finds that they are due."""
    cycle = house.cycle("killed-waiting")
    cycle.rest()
    house.kill("worker")
    cycle.answer_all()
    before = len(cycle.journal())
    house.stack.restart_dead()
    wait_until(lambda: cycle.closed("writing") and cycle.closed("proposing"), what="the phases to close")
    cycle.rest()
    assert len(cycle.journal()) > before
    assert cycle.repeats() == 0
    assert cycle.faults() == ()


PARTS = ("phases", "milestones", "decisions", "assignments", "outcome", "began", "ended")


def who_got_what(report: dict[str, Any]) -> Counter[tuple[str, str]]:
    return Counter((notice["kind"], notice["to"]) for notice in report["notices"])
