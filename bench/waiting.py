"""What waiting costs: the worker's memory and idle processor, and how soon it can act again after a kill.

Each worker stands beside a Prefect server and a register in which so many phases wait; the peer holds as many
workflows. "Can act" is the same for both: an answer that is there when the process starts has had its effect.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from sqlmodel import col, select

from bench.house import installation
from bench.peers.environment import run
from bench.planted import plant
from bench.results import Row
from bench.work import asked, begin, cycle_of, reply
from engine.stack import Stack
from models.cycle import Cycle, CycleStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.services import Services

WAITING = (0, 1_000, 10_000, 100_000)
PEER_WAITING = (100, 1_000)
SETTLES, WATCHED = 5.0, 10.0
"""Seconds until a worker that has started is left in peace, and for which it is watched."""
PATIENCE = 120.0
MORE_MEMORY, IDLE, LATER = 1.05, 0.02, 1.10


def measure(*, quick: bool = False) -> Iterator[Row]:
    """Ourselves among ever more, then the peer."""
    found = {waiting: _ours(waiting) for waiting in (WAITING[:2] if quick else WAITING)}
    none = found[0]
    for waiting, (memory, idle, acts) in found.items():
        yield _within(f"worker's memory, {waiting:,} waiting", memory / 2**20, "MB", memory / none[0], MORE_MEMORY)
        yield Row(
            f"worker's idle processor, {waiting:,} waiting", idle * 100, "%",
            to_reach=f"below {IDLE:.0%}", reached=idle < IDLE,
        )  # fmt: skip
        yield _within(f"from start to act, {waiting:,} waiting", acts, "s", acts / none[2], LATER)
    for waiting in PEER_WAITING[:1] if quick else PEER_WAITING:
        yield from _theirs(waiting)


def _within(measure: str, figure: float, unit: str, ratio: float, most: float) -> Row:
    return Row(measure, figure, unit, ratio, "0 waiting", f"at most {most}", ratio <= most)


def _ours(waiting: int) -> tuple[float, float, float]:
    """Bytes, share of a core, and seconds from the start of the worker until it has acted on an answer."""
    with installation() as services:
        plant(services.register, waiting)
        stack = Stack(services.settings)
        try:
            stack.start(("prefect", "worker"))
            time.sleep(SETTLES)
            used = _processor(stack.process("worker").pid)
            time.sleep(WATCHED)
            idle = (_processor(stack.process("worker").pid) - used) / WATCHED
            memory = _resident(stack.process("worker").pid)
            acts = _restarted(services, stack)
        finally:
            stack.stop()
    return memory, idle, acts


def _restarted(services: Services, stack: Stack) -> float:
    """Kill the worker, answer while it is gone, start it, and wait for what follows from the answer."""
    stack.process("worker").kill()
    stack.process("worker").wait()
    (services.settings.data_dir / "worker.ready").unlink(missing_ok=True)
    begin(services.register, cycle_of(1, 1), "acts", datetime.now(UTC), services.secret_key)
    (link,) = asked(services.register, "acts")
    reply(services.register, link, datetime.now(UTC))
    began = time.perf_counter()
    stack.restart_dead()
    while not _over(services):
        assert time.perf_counter() - began < PATIENCE, "nothing follows from the answer"
        time.sleep(0.02)
    return time.perf_counter() - began


def _over(services: Services) -> bool:
    with services.register.read() as session:
        status = session.exec(select(Cycle.status).where(col(Cycle.id) == "acts")).one()
    return status is CycleStatus.CONCLUDED


def _theirs(waiting: int) -> Iterator[Row]:
    with TemporaryDirectory(prefix="samsyn-bench-") as folder:
        database = f"sqlite:///{folder}/dbos.db"
        held = run("dbos_peer", "held", database, waiting, "--seconds", WATCHED)
        again = run("dbos_peer", "held", database, waiting, "--seconds", 1)
    yield Row(f"DBOS: memory, {waiting:,} waiting", held["resident"] / 2**20, "MB")
    yield Row(f"DBOS: idle processor, {waiting:,} waiting", held["idle"] * 100, "%")
    yield Row(f"DBOS: from start to act, {waiting:,} waiting", again["acts"], "s")


def _resident(pid: int) -> int:
    """Bytes in memory, from the kernel's own account (proc(5))."""
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _processor(pid: int) -> float:
    """Seconds of processor time that a process has used (proc(5), `utime` and `stime`)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
