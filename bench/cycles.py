"""A whole cycle, five phases of nine answers, with nobody to wait for: the engine alone, on disk, beside its peers."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from bench.floor import floor
from bench.peers.environment import run
from bench.results import Row, spread
from bench.work import ANSWERS, asked, begin, cycle_of, pass_due, reply
from campaigns.cluster import Cluster
from models.cycle import Cycle, CycleStatus
from models.migrate import upgrade
from models.register import Register

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def measure(*, quick: bool = False) -> Iterator[Row]:
    """On both databases, with the peers that can use them."""
    number = 2 if quick else 7
    with TemporaryDirectory(prefix="samsyn-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'register.db'}"
        bare = _floor(url)
        yield Row(f"{ANSWERS} bare durable rows, SQLite", bare * 1000, "ms")
        ours = _ours(url, number)
        spiff = run("spiff_peer", f"{folder}/spiff.db", number)
        dbos = run("dbos_peer", "cycles", f"sqlite:///{Path(folder) / 'dbos.db'}", number)
    theirs = {
        "SpiffWorkflow, loaded and saved": spiff["cycle"], "DBOS": dbos["cycle"],
        "SpiffWorkflow, in memory, nothing durable": spiff["memory_cycle"],
    }  # fmt: skip
    yield from _rows("SQLite", bare, ours, theirs)
    with Cluster() as cluster:
        url = cluster.create("ours")
        bare = _floor(url)
        yield Row(f"{ANSWERS} bare durable rows, PostgreSQL", bare * 1000, "ms")
        ours = _ours(url, number)
        dbos = run("dbos_peer", "cycles", cluster.create("dbos"), number)
    yield from _rows("PostgreSQL", bare, ours, {"DBOS": dbos["cycle"]})


def _rows(database: str, bare: float, ours: Sequence[float], theirs: dict[str, Sequence[float]]) -> Iterator[Row]:
    durable = min(median(times) for what, times in theirs.items() if "nothing durable" not in what)
    yield Row(
        f"a whole cycle, {database}", median(ours) * 1000, "ms", median(ours) / bare, f"{ANSWERS} bare durable rows",
        "ahead of every durable peer", median(ours) < durable, spread(ours, 1000),
    )  # fmt: skip
    for what, times in theirs.items():
        yield Row(
            f"a whole cycle, {what}, {database}", median(times) * 1000, "ms", median(times) / bare,
            f"{ANSWERS} bare rows", more=spread(times, 1000),
        )  # fmt: skip


def _floor(url: str) -> float:
    with floor(url) as commit:
        began = time.perf_counter()
        for _ in range(ANSWERS):
            commit()
        return time.perf_counter() - began


def _ours(url: str, number: int) -> list[float]:
    upgrade(url)
    register = Register(url)
    _one(register, "warm")
    spent = [_one(register, f"cycle-{index}") for index in range(number)]
    register.close()
    return spent


def _one(register: Register, slug: str) -> float:
    definition = cycle_of()
    now = datetime.now(UTC)
    began = time.perf_counter()
    begin(register, definition, slug, now)
    while links := asked(register, slug):
        for link in links:
            reply(register, link, datetime.now(UTC))
        pass_due(register, datetime.now(UTC))
    spent = time.perf_counter() - began
    with register.read() as session:
        cycle = session.get(Cycle, slug)
        assert cycle is not None
        assert cycle.status is CycleStatus.CONCLUDED, cycle.status
    return spent
