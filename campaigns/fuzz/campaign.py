"""All the readers, each with its number of inputs; what is unhandled is kept, so that it can be tried again."""

from __future__ import annotations

import os
import resource
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from campaigns.fuzz import configuration, dates, definitions, files, mails, openid, requests, sheets
from campaigns.fuzz.target import Target, Try, Verdict, dice, tried
from campaigns.results import Outcome, Promise

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

NAME = "fuzz"
FOUND = Path("var") / "fuzz"
"""Where unhandled inputs go; under version control it is ignored."""
MEMORY = 1024**3
"""Bytes of address space that reading may add to what a process has when it begins."""
MODULES = (definitions, dates, sheets, mails, files, configuration, requests, openid)
TARGETS: dict[str, Target] = {one.name: one for one in chain.from_iterable(module.TARGETS for module in MODULES)}


@dataclass
class Tally:
    """What became of one reader's inputs."""

    target: str
    counts: Counter[Verdict] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)  # by their words
    seconds: float = 0.0  # of the clock on the wall
    longest: float = 0.0  # of the processor, for one input

    @property
    def inputs(self) -> int:
        """How many there were."""
        return sum(self.counts.values())

    @property
    def unhandled(self) -> int:
        """How many were neither taken nor refused."""
        return self.counts[Verdict.UNHANDLED]

    def add(self, one: Try) -> None:
        """One input more."""
        self.counts[one.verdict] += 1
        self.longest = max(self.longest, one.seconds)
        if one.why:
            self.faults[one.why] += 1

    def __str__(self) -> str:
        """A line of the table."""
        return (
            f"{self.target:22} {self.inputs:9,} inputs {self.counts[Verdict.TAKEN]:9,} taken "
            f"{self.counts[Verdict.REFUSED]:9,} refused {self.unhandled:6,} unhandled   longest {self.longest:5.2f} s"
        )


@dataclass(frozen=True)
class Plan:
    """How much is tried."""

    inputs: int
    seed: int
    seconds: float = float("inf")  # on the wall, for each reader
    names: tuple[str, ...] = tuple(TARGETS)
    jobs: int = 1
    found: Path = FOUND


def run(plan: Plan) -> Iterator[Tally]:
    """Every reader in its turn, or several side by side; one tally for each as it is done."""
    if plan.jobs == 1:
        yield from (one_reader(name, plan) for name in plan.names)
        return
    with ProcessPoolExecutor(plan.jobs) as pool:
        yield from pool.map(_in_its_process, plan.names, [plan] * len(plan.names))


def _in_its_process(name: str, plan: Plan) -> Tally:
    within_memory()
    return one_reader(name, plan)


def within_memory() -> None:
    """Let this process grow by so much and no more: what wants more fails, and is found."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + MEMORY, hard))


def one_reader(name: str, plan: Plan) -> Tally:
    """One reader's inputs."""
    target, tally, began = TARGETS[name], Tally(name), time.monotonic()
    tried(target, target.made(dice(plan.seed, name, -1)))  # what is made once is no input's time
    for number in range(plan.inputs):
        if time.monotonic() - began > plan.seconds:
            break
        one = tried(target, target.made(dice(plan.seed, name, number)))
        tally.add(one)
        if one.verdict is Verdict.UNHANDLED and tally.faults[one.why] <= SAME:
            kept(plan.found / f"{name}-{plan.seed}-{number}", one.content)
    tally.seconds = time.monotonic() - began
    return tally


SAME = 3
"""How many inputs with the same fault are kept."""


def kept(path: Path, content: bytes) -> None:
    """Keep an input; its name begins with its reader's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def replayed(path: Path) -> Try:
    """Try a kept input again, with the reader that its name begins with."""
    name = next(name for name in sorted(TARGETS, key=len, reverse=True) if path.name.startswith(f"{name}-"))
    return tried(TARGETS[name], path.read_bytes())


def outcome(tallies: Sequence[Tally], plan: Plan, on: str, seconds: float) -> Outcome:
    """For the page of promises."""
    limit = "" if plan.seconds == float("inf") else f" SECONDS={plan.seconds:.0f}"
    promises = [
        Promise(
            f"`{tally.target}`: a clean value or its own error, in time", tally.inputs, tally.unhandled,
            f"{tally.counts[Verdict.TAKEN]:,} taken, {tally.counts[Verdict.REFUSED]:,} refused, "
            f"longest {tally.longest:.2f} s",
        )
        for tally in tallies
    ]  # fmt: skip
    command = f"make fuzz INPUTS={plan.inputs} SEED={plan.seed}{limit}"
    return Outcome(NAME, command, plan.seed, round(seconds, 1), promises, on)


def added(new: Outcome, before: Outcome) -> Outcome:
    """The outcome of some readers in the place of their earlier one, among those of the others."""
    tried_now = {promise.promise: promise for promise in new.promises}
    promises = [tried_now.get(promise.promise, promise) for promise in before.promises]
    return replace(before, promises=promises, seconds=round(before.seconds + new.seconds, 1), on=new.on)


def be_nice() -> None:
    """Leave the processor to whoever else needs it."""
    os.nice(5)
