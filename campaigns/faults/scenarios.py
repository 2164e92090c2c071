"""The faults by name, what is promised under each, and how they are tried one after the other."""

from __future__ import annotations

import subprocess
import sys
import time
import traceback
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from campaigns.faults import clocks, prefect, smtp, storage, workers
from campaigns.faults.installation import ROOM, Installation
from campaigns.results import Promise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@dataclass(frozen=True)
class Scenario:
    """One fault: what is promised under it, how it is tried, and how often in a whole campaign."""

    promise: str
    trial: Callable[[Installation, Random, str], list[str]]
    times: int = 1
    note: str = ""  # what the figure needs to be understood


AGAIN = "a mail on its way may come again, under its own Message-ID"
SCENARIOS = {
    "smtp-refuses": Scenario("The mail server refuses connections for hours", smtp.refuses_connections, 2),
    "smtp-stalls": Scenario("The mail server takes the connection and never answers", smtp.is_silent),
    "smtp-swallows": Scenario("It keeps a mail and never says so", smtp.never_says_that_it_has_it, note=AGAIN),
    "smtp-drops": Scenario("It drops the connection in DATA, up to six times", smtp.drops_connections, 3),
    "smtp-later": Scenario("It answers 451 to everything for two to four days", smtp.says_later_for_days, 2),
    "smtp-unknown": Scenario("It answers 550 for one recipient", smtp.does_not_know_somebody),
    "disk-full": Scenario("The register's disk is full", storage.disk_is_full, 2),
    "lock-answering": Scenario(
        "Another process locks the register while people answer", storage.lock_is_held_while_people_answer
    ),
    "lock-passing": Scenario("Another process locks the register in a pass", storage.lock_is_held_over_a_pass),
    "prefect-slow": Scenario("Prefect's API is slow", prefect.is_slow),
    "prefect-errors": Scenario("Prefect's API answers 500 and 503, or not to the end", prefect.answers_errors, 2),
    "prefect-down": Scenario("Prefect's API answers nothing but 503 or 500", prefect.says_503_throughout, 2),
    "prefect-killed": Scenario("Prefect's server is killed in a pass", prefect.is_killed_in_a_pass, 2),
    "prefect-wiped": Scenario("Prefect's database is lost in a pass", prefect.forgets_everything_in_a_pass),
    "prefect-yesterday": Scenario("Prefect's database is put back to an earlier one", prefect.is_put_back_to_yesterday),
    "clock-back": Scenario("The cycles' clock jumps back, an hour or a day", clocks.cycles_clock_jumps_back, 2),
    "clock-ahead": Scenario(
        "The cycles' clock jumps ahead, an hour or a day, and back", clocks.cycles_clock_jumps_ahead_and_back, 2
    ),
    "clock-deadline": Scenario(
        "The cycles' clock jumps over a deadline and back", clocks.cycles_clock_jumps_over_a_deadline_and_back, 2
    ),
    "machine-clock": Scenario(
        "The machine's clock is set an hour or a day ahead or back", clocks.workers_clock_is_set, 2, AGAIN
    ),
    "two-workers": Scenario("Two workers have the same work", workers.two_have_the_same_work, 2),
    "worker-stopped": Scenario(
        "A worker is stopped in a pass beyond its lease, and woken", workers.one_is_stopped_in_a_pass_and_wakes_late, 2
    ),
}


def tried(
    chosen: dict[str, Scenario], folder: Path, register_folder: Path | None, seed: int, times: int | None = None
) -> Iterator[Promise]:  # fmt: skip
    """Each fault on one installation; a line for each trial as it ends."""
    at = Installation(folder / "installation", Random(seed), register_folder)
    try:
        for name, scenario in chosen.items():
            trials = range(1, (times or scenario.times) + 1)
            found = [_try(at, name, scenario, seed, number) for number in trials]
            yield Promise(scenario.promise, len(found), sum(map(bool, found)), scenario.note)
    finally:
        at.stop()


def _try(at: Installation, name: str, scenario: Scenario, seed: int, number: int) -> list[str]:
    """One trial, by its own seed, so that it can be had again alone; returns what broke."""
    began = time.monotonic()
    try:
        found = scenario.trial(at, Random(f"{seed}/{name}/{number}"), f"{name}-{number}")
    except Exception as broke:  # noqa: BLE001 - whatever it is, the promise is not kept, and the others are still tried
        traceback.print_exc(file=sys.stderr)
        found = [f"{name}-{number}: {type(broke).__name__}: {broke}"]
    print(f"{name:20} {number}  {'broken' if found else 'held':7} {time.monotonic() - began:4.0f} s", flush=True)
    for fault in found:
        print(f"    {fault}", flush=True)
    return found


@contextmanager
def small_file_system(place: Path) -> Iterator[Path | None]:
    """A small file system in memory, which only root may make; None where it cannot be had."""
    place.mkdir(parents=True)
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={ROOM}m", "samsyn", str(place)]
    try:
        mounted = subprocess.run(mounting, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    try:
        yield place if mounted else None
    finally:
        if mounted:
            subprocess.run(["umount", str(place)], check=False)
