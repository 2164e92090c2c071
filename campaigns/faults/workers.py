"""Several workers with the same work, and one that is stopped in a pass and wakes when others have done it."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from campaigns.faults.cycle import DisturbedCycle
from campaigns.faults.waiting import NeverCame, until
from engine.leases import HOLD
from engine.processes import NAME

if TYPE_CHECKING:
    from concurrent.futures import Future
    from random import Random
    from typing import Any

    from campaigns.faults.installation import Installation

STOPS = 3
LONGEST_DELAY = 0.3
"""Seconds into a pass: a pass takes about so long."""


def two_have_the_same_work(at: Installation, chance: Random, slug: str) -> list[str]:  # noqa: ARG001
    """Both look for what is due from the first day to the last; each does some of it."""
    cycle = DisturbedCycle(at, slug)
    at.start_second()
    seen: set[int] = set()
    with ThreadPoolExecutor(1) as pool:
        cycle.begin()
        going_on = pool.submit(cycle.see_through)
        while not going_on.done():
            seen |= set(_holders(at).values())
            time.sleep(0.01)
        report = going_on.result()
    at.second.end("worker")
    found = [] if len(seen) == 2 else [f"{slug}: {len(seen)} workers made passes"]
    return found + cycle.judge(report)


def one_is_stopped_in_a_pass_and_wakes_late(at: Installation, chance: Random, slug: str) -> list[str]:
    """Stopped beyond its lease, while another takes the phase over; woken, it wants to go on where it was."""
    cycle = DisturbedCycle(at, slug)
    at.start_second()
    with ThreadPoolExecutor(1) as pool:
        cycle.begin()
        going_on = pool.submit(cycle.see_through)
        taken = [_stop_one(at, chance, going_on) for _ in range(STOPS)]
        report = going_on.result()
    at.second.end("worker")
    found = [] if any(taken) else [f"{slug}: nobody took over from a worker that was stopped"]
    return found + cycle.judge(report, repeats=STOPS)


def _stop_one(at: Installation, chance: Random, going_on: Future[Any]) -> bool:
    """Stop a worker in a pass until another has taken it over, and wake it; whether another has."""
    until(lambda: going_on.done() or _holders(at), "a pass")
    time.sleep(chance.uniform(0, LONGEST_DELAY))
    held = _holders(at)
    if going_on.done() or not held:
        return False
    phase, pid = min(held.items())
    os.kill(pid, signal.SIGSTOP)
    try:
        until(lambda: _holders(at).get(phase, pid) != pid, "another to take over", HOLD + 15)
        time.sleep(chance.uniform(0, 2 * LONGEST_DELAY))
    except NeverCame:  # it was stopped in a transaction, which holds up everybody; or its pass had just ended
        return False
    finally:
        os.kill(pid, signal.SIGCONT)
    return True


def _holders(at: Installation) -> dict[str, int]:
    """The process that makes the pass of each phase."""
    named = {phase: NAME.search(owner) for phase, owner in at.holders().items()}
    return {phase: int(found["pid"]) for phase, found in named.items() if found}
