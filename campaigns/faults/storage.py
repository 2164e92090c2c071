"""The register cannot be written to: its disk is full, or another process holds its lock."""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
import threading
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from campaigns.faults.cycle import DisturbedCycle
from campaigns.faults.waiting import until
from models.register import BUSY_MS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    from campaigns.faults.installation import Installation

PAGE = 4096
SHORT, LONG = BUSY_MS / 1000 + 3, 2 * BUSY_MS / 1000 + 5
"""Seconds of a lock: longer than one writer waits, and than two in a row."""


def disk_is_full(at: Installation, chance: Random, slug: str) -> list[str]:  # noqa: ARG001
    """No room on the register's file system while people answer and passes are due; then there is again."""
    cycle = DisturbedCycle(at, slug)
    cycle.begin()
    cycle.rest()
    cycle.to_next_answer()
    worker = at.stack.process("worker")
    with _stopped(worker.pid):
        cycle.crowd.act_first(cycle.now)  # what the worker will find due
        before, said = cycle.entries(), len(at.log_of("worker"))
        make_room = _fill(at)
    until(lambda: "unexpected; trying again" in at.log_of("worker")[said:], "the worker to notice")
    found = [f"{slug}: something was written to a full disk"] if cycle.entries() != before else []
    cycle.crowd.waits = make_room
    cycle.crowd.act(cycle.now)
    make_room()
    if not cycle.crowd.refusals:
        found.append(f"{slug}: nobody was told that nothing can be saved")
    found += _as_before(cycle, worker.pid, at)
    return found + cycle.judge(cycle.see_through())


def _fill(at: Installation) -> Callable[[], object]:
    """No more room; returns what makes room."""
    _empty_the_log(at)
    if at.register_folder is None:
        return _forbid_growth(at)
    ballast = at.register_folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(PAGE))
        except OSError:
            pass
    return lambda: ballast.unlink(missing_ok=True)


def _empty_the_log(at: Installation) -> None:
    """Give back what SQLite's log has taken before: it would be written to first."""
    with closing(sqlite3.connect(_database(at))) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _forbid_growth(at: Installation) -> Callable[[], object]:
    """Without a file system of our own: portal and worker may make no file larger (EFBIG; a full disk says ENOSPC)."""
    limited = [at.stack.process(name).pid for name in ("portal", "worker")]
    for pid in limited:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (PAGE, resource.RLIM_INFINITY))

    def make_room() -> None:
        for pid in limited:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    return make_room


def lock_is_held_while_people_answer(at: Installation, chance: Random, slug: str) -> list[str]:
    """Longer than the portal waits; passes are due too."""
    cycle = DisturbedCycle(at, slug)
    cycle.begin()
    for _ in range(chance.randint(1, 3)):
        cycle.rest()
        cycle.to_next_answer()
    worker = at.stack.process("worker").pid
    with _locked(at, SHORT):
        began = time.monotonic()
        cycle.crowd.act(cycle.now)
        took = time.monotonic() - began
    found = [] if cycle.crowd.refusals else [f"{slug}: nobody was told that nothing can be saved, in {took:.0f} s"]
    found += _as_before(cycle, worker, at)
    return found + cycle.judge(cycle.see_through())


def lock_is_held_over_a_pass(at: Installation, chance: Random, slug: str) -> list[str]:
    """Somewhere in a pass the register is locked, for longer than the pass waits and than it waits to say so."""
    cycle = DisturbedCycle(at, slug)
    cycle.begin()
    for _ in range(chance.randint(0, 2)):
        cycle.rest()
        cycle.answer_next()
    until(cycle.passing, "a pass to begin")
    worker = at.stack.process("worker").pid
    with _locked(at, LONG):
        pass
    found = _as_before(cycle, worker, at)
    # One mail may have been handed in whose taking could not be written down.
    return found + cycle.judge(cycle.see_through(), repeats=1)


def _as_before(cycle: DisturbedCycle, worker: int, at: Installation) -> list[str]:
    """The worker has lived through it, and goes on."""
    if at.stack.process("worker").poll() is not None or at.stack.process("worker").pid != worker:
        at.stack.restart_dead()
        return [f"{cycle.slug}: the worker died of it"]
    return []


@contextmanager
def _locked(at: Installation, seconds: float) -> Iterator[None]:
    """Another process's transaction, for so long; at the end it is over."""
    taken = threading.Event()

    def hold() -> None:
        with closing(sqlite3.connect(_database(at), isolation_level=None, timeout=60)) as other:
            other.execute("BEGIN IMMEDIATE")
            taken.set()
            time.sleep(seconds)
            other.execute("ROLLBACK")

    holder = threading.Thread(target=hold)
    holder.start()
    taken.wait()
    try:
        yield
    finally:
        holder.join()


def _database(at: Installation) -> Path:
    return Path(at.settings.database_url.removeprefix("sqlite:///"))


@contextmanager
def _stopped(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)
