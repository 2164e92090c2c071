"""Prefect is slow, answers errors, is gone, has forgotten everything, or is put back to an earlier day."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from campaigns.faults.cycle import DisturbedCycle
from campaigns.faults.proxy import Weather
from campaigns.faults.waiting import until

if TYPE_CHECKING:
    from random import Random

    from campaigns.faults.installation import Installation


def is_slow(at: Installation, chance: Random, slug: str) -> list[str]:
    """Every call takes three tenths of a second longer, until the first phase is over."""
    return _in_weather(at, chance, slug, Weather.SLOW)


def answers_errors(at: Installation, chance: Random, slug: str) -> list[str]:
    """500 and 503 now and then, and answers that are cut off after the call has been done."""
    return _in_weather(at, chance, slug, Weather.ERRORS)


def _in_weather(at: Installation, chance: Random, slug: str, weather: Weather) -> list[str]:
    cycle = DisturbedCycle(at, slug)
    before = at.proxy.seen.total()
    at.proxy.turn(weather)
    cycle.begin()
    cycle.until_at_rest(240)
    for _ in range(chance.randint(1, 3)):
        cycle.answer_next()
        cycle.until_at_rest(240)
    found = [] if at.proxy.seen.total() > before else [f"{slug}: the proxy did nothing"]
    at.proxy.turn(Weather.FAIR)
    cycle.until_at_rest(240)
    return found + cycle.judge(cycle.see_through())


def says_503_throughout(at: Installation, chance: Random, slug: str) -> list[str]:  # noqa: ARG001
    """While it does nothing but refuse, people answer and get their receipts; afterwards the passes are made up for."""
    cycle = DisturbedCycle(at, slug)
    cycle.begin()
    cycle.rest()
    cycle.to_next_answer()
    at.proxy.turn(Weather.DOWN)
    answered = cycle.crowd.act(cycle.now)
    receipts = f"{slug}: the receipt did not come while Prefect was away"
    until(lambda: not cycle.unsent(), receipts)
    found = [] if answered else [f"{slug}: nobody could answer while Prefect was away"]
    at.proxy.turn(Weather.FAIR)
    cycle.until_at_rest(120)
    return found + cycle.judge(cycle.see_through())


def is_killed_in_a_pass(at: Installation, chance: Random, slug: str) -> list[str]:
    """Its server dies somewhere in a pass, and comes back."""
    cycle = DisturbedCycle(at, slug)
    cycle.begin()
    _into_a_pass(cycle, chance)
    _kill(at)
    at.prefect.start(["prefect"])
    cycle.until_at_rest(150)
    return cycle.judge(cycle.see_through())


def forgets_everything_in_a_pass(at: Installation, chance: Random, slug: str) -> list[str]:
    """Its server dies in a pass, and its database is lost."""
    cycle = DisturbedCycle(at, slug)
    cycle.begin()
    _into_a_pass(cycle, chance)
    _kill(at)
    for file in at.prefect_files():
        file.unlink()
    at.prefect.start(["prefect"])
    cycle.until_at_rest(150)
    return cycle.judge(cycle.see_through())


def is_put_back_to_yesterday(at: Installation, chance: Random, slug: str) -> list[str]:
    """Its database is replaced by a copy from before the last answers: runs that were over wait again."""
    cycle = DisturbedCycle(at, slug)
    cycle.begin()
    cycle.rest()
    at.prefect.end("prefect")
    kept = at.folder / "yesterday"
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir()
    for file in at.prefect_files():
        shutil.copy2(file, kept)
    at.prefect.start(["prefect"])
    for _ in range(chance.randint(1, 4)):
        cycle.answer_next()
        cycle.rest()
    at.prefect.end("prefect")
    for file in at.prefect_files():
        file.unlink()
    for file in kept.iterdir():
        shutil.copy2(file, at.folder / "prefect")
    at.prefect.start(["prefect"])
    return cycle.judge(cycle.see_through())


def _into_a_pass(cycle: DisturbedCycle, chance: Random) -> None:
    """At the beginning, or after one or two answers."""
    for _ in range(chance.randint(0, 2)):
        cycle.rest()
        cycle.answer_next()
    until(cycle.passing, "a pass to begin")


def _kill(at: Installation) -> None:
    process = at.prefect.process("prefect")
    process.kill()
    process.wait()
