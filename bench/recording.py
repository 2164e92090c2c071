"""One recorded answer: answer, tally, journal, next look and receipt in one commit, beside a bare durable row."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from bench.floor import floor
from bench.results import Row, spread
from bench.work import asked, begin, cycle_of, reply
from campaigns.cluster import Cluster
from models.migrate import upgrade
from models.register import Register

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WRITERS = 8
MOST = 3.0
"""Times the floor that an answer may cost."""
LEAST = 0.5
"""Of the floor's throughput, with writers over different cycles."""


def measure(*, quick: bool = False) -> Iterator[Row]:
    """On both databases."""
    number = 100 if quick else 400
    with TemporaryDirectory(prefix="samsyn-bench-") as folder:
        yield from _one_at_a_time("SQLite", f"sqlite:///{Path(folder) / 'register.db'}", number)
    with Cluster() as cluster:
        yield from _one_at_a_time("PostgreSQL", cluster.create("alone"), number)
        yield _side_by_side(cluster.create("together"), number // 4)


def _one_at_a_time(what: str, url: str, number: int) -> Iterator[Row]:
    """Turn by turn, so that whatever slows the machine slows both."""
    register = _opened(url)
    links = _asked(register, "alone", number)
    with floor(url) as commit:
        pairs = [(_timed(commit), _timed(partial(_reply, register, [link]))) for link in links]
    register.close()
    bares, answers = zip(*pairs[number // 10 :], strict=True)
    bare, answer = median(bares), median(answers)
    yield Row(f"a bare durable row, {what}", bare * 1000, "ms", more=spread(bares, 1000))
    yield Row(
        f"a recorded answer, {what}", answer * 1000, "ms", answer / bare, "a bare durable row",
        f"at most {MOST:.0f}", answer <= MOST * bare, spread(answers, 1000),
    )  # fmt: skip


def _side_by_side(url: str, number: int) -> Row:
    """Writers over different cycles, beside as many that commit bare rows."""
    register = _opened(url)
    work = [_asked(register, f"cycle-{writer}", number) for writer in range(WRITERS)]
    with ExitStack() as open_floors, ThreadPoolExecutor(WRITERS) as pool:
        floors = [open_floors.enter_context(floor(url)) for _ in range(WRITERS)]
        bare = _timed(lambda: list(pool.map(lambda commit: [commit() for _ in range(number)], floors)))
        answers = _timed(lambda: list(pool.map(partial(_reply, register), work)))
    register.close()
    share = bare / answers
    return Row(
        f"answers a second, PostgreSQL, {WRITERS} writers", WRITERS * number / answers, "/s", share,
        "bare durable rows a second", f"at least {LEAST}", share >= LEAST,
    )  # fmt: skip


def _reply(register: Register, links: list[str]) -> None:
    for link in links:
        reply(register, link, _now())


def _opened(url: str) -> Register:
    upgrade(url)
    return Register(url)


def _asked(register: Register, slug: str, number: int) -> list[str]:
    begin(register, cycle_of(1, number), slug, _now())
    return list(asked(register, slug))


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _now() -> datetime:
    return datetime.now(UTC)
