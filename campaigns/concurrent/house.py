"""A register with two cycles on which everybody acts at once, step after step of a clock that all share."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from threading import Barrier
from typing import TYPE_CHECKING

from sqlmodel import col, select

from campaigns.cluster import Cluster
from campaigns.concurrent.actors import Coordinator, Portal, Worker
from campaigns.concurrent.history import History
from campaigns.concurrent.judge import Verdict, judge
from config.loader import load
from engine.clock import FrozenClock
from engine.commands.start import start_cycle
from engine.due import due_phases, next_wake
from models.cycle import Cycle, CycleStatus
from models.migrate import upgrade
from models.register import Register

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from campaigns.concurrent.actors import Actor

CYCLES = ("first", "second")
STEPS = 60
"""More than the cycles need, people being slow."""
LONGEST_STEP = timedelta(days=4)
DEFINITION = """
cycle: {slug}
title: A policy in a hurry
language: en
begins: 2024-01-15
coordinator: office
bodies:
  office: {{name: The office, seats: {{contact: 1}}}}
  board: {{name: The board, seats: {{chair: 1, members: 4}}}}
  towns: {{name: The towns, each: [berg, krokom, ragunda, bracke], seats: {{contact: 1}}}}
milestones:
  described: {{by: 2024-02-15}}
  replied: {{by: 2024-03-15}}
  decided: {{by: 2024-05-15}}
phases:
  describe: {{kind: project_description, author: office, approved_by: board, due: described}}
  ask: {{kind: consultation, after: describe, consultees: towns, due: replied, missing: close}}
  adopt: {{kind: adoption, after: ask, text: project-description, principals: towns, due: decided, missing: close}}
"""


def one_round(url: str, seed: int) -> Verdict:
    """Both cycles from their first day until they end, by a crowd that a seed directs."""
    upgrade(url)
    chance, history = Random(seed), History()
    register = Register(url)
    begins = _begin(register)
    clock = FrozenClock(begins)
    makers: list[type[Actor]] = [Worker, Worker, Portal, Portal, Coordinator]
    actors = [
        make(f"{make.__name__.lower()}-{number}", url, clock, history, Random(chance.random()))
        for number, make in enumerate(makers)
    ]
    try:
        with ThreadPoolExecutor(len(actors)) as pool:
            for _ in range(STEPS):
                if not _running(register):
                    break
                _together(pool, actors)
                _step(register, clock)
        actors[0].act()
        return judge(register, history, list(CYCLES))
    finally:
        for actor in actors:
            actor.register.close()
        register.close()


def _begin(register: Register) -> datetime:
    for slug in CYCLES:
        definition = load(f"{slug}.yaml", DEFINITION.format(slug=slug))
        begins = definition.where.at(definition.begins, definition.send_at)
        start_cycle(register, definition, slug=slug, at=begins, actor="coordinator")
    return begins


def _together(pool: ThreadPoolExecutor, actors: list[Actor]) -> None:
    """Everybody begins at one instant; the workers look again once the others are done."""
    gate = Barrier(len(actors), timeout=60)

    def act(actor: Actor) -> None:
        gate.wait()
        actor.act()

    for future in [pool.submit(act, actor) for actor in actors]:
        future.result()


def _running(register: Register) -> bool:
    with register.read() as session:
        return session.exec(select(Cycle.id).where(col(Cycle.status) == CycleStatus.RUNNING)).first() is not None


def _step(register: Register, clock: FrozenClock) -> None:
    """To the next look that is wanted, or a few days on; what is due already is due still."""
    with register.read() as session:
        due, wake = due_phases(session, clock.at), next_wake(session)
    if not due:
        clock.at = min(wake or clock.at + LONGEST_STEP, clock.at + LONGEST_STEP)


@contextmanager
def registers(kind: str) -> Iterator[Callable[[int], str]]:
    """Gives empty registers, by number: files, or databases of a PostgreSQL that is started for this."""
    if kind == "postgresql":
        with Cluster() as cluster:
            yield lambda number: cluster.create(f"round_{number}")
        return
    with TemporaryDirectory(prefix="samsyn-concurrent-") as folder:
        yield lambda number: f"sqlite:///{Path(folder) / f'round-{number}.db'}"
