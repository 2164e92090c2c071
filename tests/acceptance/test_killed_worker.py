"""The worker dies without warning, waiting or at work, and another takes over."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import col, update

from config.loader import load
from engine.rehearsal import rehearse
from engine.script import Script
from models.journal import PhaseRun
from tests.acceptance.house import LITTLE, House, LiveCycle
from tests.waiting import wait_until

if TYPE_CHECKING:
    from config.definition import Definition

pytestmark = [pytest.mark.stack, pytest.mark.long]

REFERS_BACK = {"step": "deciding/decision", "who": "east", "position": "refer_back", "reason": "The costs?"}
SCRIPT = Script.model_validate({"answers": [REFERS_BACK]})
KILLS = 4
SEED = 2012
LONGEST_DELAY = 0.3
"""Seconds into a pass: a pass takes about so long."""


@dataclass(frozen=True)
class Killed:
    """A cycle that has ended although its worker was killed again and again."""

    cycle: LiveCycle
    kills: int
    report: dict[str, Any]
    undisturbed: dict[str, Any]  # the same, rehearsed


@pytest.fixture(scope="module")
def killed(installation: House) -> Killed:
    """The worker is killed in the middle of passes, at instants that a seed chooses, and started again each time."""
    installation.tidy()
    cycle = installation.cycle("killed", script=SCRIPT)
    with ThreadPoolExecutor(1) as pool:  # a part ends with the thread that started it: this one starts them
        going_on = pool.submit(cycle.see_through)
        kills = kill_in_passes(cycle, Random(SEED), going_on)  # noqa: S311 - a seed is wanted
        report = going_on.result()
    return Killed(cycle, kills, report, rehearse(same_under(cycle.slug), SCRIPT))


def kill_in_passes(cycle: LiveCycle, chance: Random, going_on: Future[Any]) -> int:
    """Kill the worker so many times, each time somewhere in another pass; returns how often there was one."""
    killed_in: set[str] = set()
    for kills in range(KILLS):
        wait_until(lambda: cycle.passing() - killed_in or going_on.done(), timeout=60, what="a pass")
        if going_on.done():
            return kills
        killed_in.update(cycle.passing())
        going_on_a_little = chance.uniform(0, LONGEST_DELAY)
        wait([going_on], timeout=going_on_a_little)
        cycle.house.kill("worker")
        cycle.house.stack.restart_dead()
    return KILLS


@pytest.mark.parametrize("part", ["phases", "milestones", "decisions", "assignments", "outcome", "began", "ended"])
def test_cycle_comes_to_the_same_end_however_often_the_worker_is_killed(killed: Killed, part: str) -> None:
    """The same decisions and dates as if nothing had happened."""
    assert killed.kills == KILLS
    assert killed.report[part] == killed.undisturbed[part]


def test_nobody_is_owed_another_notice_because_the_worker_was_killed(killed: Killed) -> None:
    """The same letters to the same people, and all of them sent."""
    assert who_got_what(killed.report) == who_got_what(killed.undisturbed)
    assert killed.cycle.unsent() == []


def test_no_mail_is_repeated_but_one_that_was_in_the_air_when_the_worker_died(killed: Killed) -> None:
    """Between the mail server's word and our writing it down there is a moment: at most one mail for each death."""
    assert killed.cycle.repeats() <= killed.kills


def test_journal_verifies_after_the_worker_was_killed(killed: Killed) -> None:
    """Whole, and as many entries as undisturbed: no change was made twice."""
    assert killed.cycle.faults() == ()
    assert killed.report["journal"]["entries"] == killed.undisturbed["journal"]["entries"]


def test_administrator_sees_one_completed_run_a_phase_after_the_worker_was_killed(killed: Killed) -> None:
    """Nothing is left behind in Prefect: no second run, and no task that seems to be running."""
    assert killed.cycle.states() == ["Completed"] * 3

    def all_ended() -> bool:
        tasks = [task for run in killed.cycle.runs() for task in killed.cycle.house.prefect.task_runs(run["id"])]
        return {task["state_name"] for task in tasks} <= {"Completed", "Crashed"}

    wait_until(all_ended, what="the task runs to be written down")


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


def test_run_of_a_pass_that_nobody_ended_is_set_right(house: House) -> None:
    """Its worker died when all had been done, before it could say so; nothing is due, and it is looked at again."""
    cycle = house.cycle("killed-saying-nothing")
    cycle.rest()
    run, *_ = cycle.waiting_runs(2)
    words, entries = run["state"]["message"], len(cycle.journal())
    left_running(cycle, "writing", run["id"])
    wait_until(lambda: cycle.phase_run("writing").lease_owner is None, what="somebody to look again")
    assert cycle.waiting_runs(2)[0]["state"]["message"] == words
    assert len(cycle.journal()) == entries


def test_run_of_a_phase_that_is_over_is_set_right(house: House) -> None:
    """The same at the very end of a phase: its run is completed, with what it came to, and there is no second one."""
    cycle = house.cycle("killed-at-the-end")
    cycle.rest()
    cycle.answer_all()
    wait_until(lambda: cycle.closed("writing"), what="the phase to close")
    cycle.rest()
    run = cycle.runs_at_rest()[0]
    left_running(cycle, "writing", run["id"])
    wait_until(lambda: cycle.phase_run("writing").lease_owner is None, what="somebody to look again")
    again = cycle.runs_at_rest()[0]
    assert (again["id"], again["state_name"]) == (run["id"], "Completed")
    assert again["state"]["message"] == run["state"]["message"]
    assert len(cycle.runs()) == 3


def left_running(cycle: LiveCycle, phase: str, run: str) -> None:
    """What a worker leaves that dies between its last change and its last word."""
    cycle.house.prefect.set_state(run, "RUNNING")
    this = update(PhaseRun).where(col(PhaseRun.phase_id) == f"{cycle.slug}/{phase}")
    with cycle.register.operate() as session:
        session.execute(this.values(lease_owner="pass:worker@gone#1/x", lease_until=time.time() - 1))


def same_under(slug: str) -> Definition:
    """The little cycle under another name: the ids of its texts begin with it."""
    return load(LITTLE).model_copy(update={"cycle": slug})


def who_got_what(report: dict[str, Any]) -> Counter[tuple[str, str]]:
    return Counter((notice["kind"], notice["to"]) for notice in report["notices"])
