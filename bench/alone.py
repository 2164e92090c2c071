"""The measured cycle end to end in the real worker, beside Prefect alone with its own suspension for each approval.

Both are given each answer as soon as they wait for it, and ours sends its mails: its clock stands in office hours.
Prefect's runner is told to look for runs each second, as our worker does, and not each ten; one of its phases is
measured and taken five times, because its phases are alike.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sqlmodel import col, select

from bench.house import installation, served
from bench.passes import stock, with_prefect
from bench.results import Row, spread
from bench.work import PEOPLE, PHASES, asked, cycle_of, in_office_hours, reply
from engine.clock import RegisterClock
from engine.commands.start import start_cycle
from models.cycle import Cycle, CycleStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.services import Services

AHEAD = 20.0
PATIENCE = 120.0
LOOK = 0.01


def measure(*, quick: bool = False) -> Iterator[Row]:
    """Ours on a stack of its own, then Prefect."""
    with installation() as services, served(services, "prefect", "mailbox", "worker"):
        RegisterClock(services.register).set(in_office_hours())
        spent = sorted(_cycle(services, f"live-{index}") for index in range(1 if quick else 3))
    ours = spent[len(spent) // 2]
    people = 2 if quick else PEOPLE
    with with_prefect() as settings:
        phase = stock(settings, "alone", people)
    times = PHASES * (PEOPLE + 1) / (people + 1)  # a phase is begun once, and once more after each approval
    theirs = phase["phase"] * times
    yield Row("a whole cycle, live, in the worker", ours, "s", more=spread(spent))
    yield Row(
        "a whole cycle, live, Prefect alone", theirs, "s", theirs / ours, "ours in the worker",
        f"ours {AHEAD:.0f} times ahead", theirs >= AHEAD * ours,
        {"approvals_measured": people, "taken_times": times, "states_a_phase": phase["states"]},
    )  # fmt: skip


def _cycle(services: Services, slug: str) -> float:
    """Seconds from the start until the cycle is concluded, everybody answering at once."""
    began, now = time.perf_counter(), services.clock.now()
    start_cycle(services.register, cycle_of(PHASES, PEOPLE), slug=slug, at=now, actor="bench")
    while not _over(services, slug):
        for link in asked(services.register, slug):
            reply(services.register, link, now)
        assert time.perf_counter() - began < PATIENCE, "the cycle does not come to its end"
        time.sleep(LOOK)
    return time.perf_counter() - began


def _over(services: Services, slug: str) -> bool:
    with services.register.read() as session:
        return session.exec(select(Cycle.status).where(col(Cycle.id) == slug)).one() is CycleStatus.CONCLUDED
