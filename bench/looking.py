"""One look of the dispatcher for due phases, ten of them due, among ever more that wait."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from sqlalchemy import update
from sqlmodel import col

from bench.planted import plant
from bench.results import Row
from engine.leases import Leases
from models.journal import PhaseRun
from models.migrate import upgrade
from models.register import Register

if TYPE_CHECKING:
    from collections.abc import Iterator

DUE = 10
WAITING = (1_000, 10_000, 100_000)
MOST = 1.2
"""Times what it takes among the fewest."""


def measure(*, quick: bool = False) -> Iterator[Row]:
    """The looks are taken turn by turn over all registers, so that whatever slows the machine slows all of them."""
    counts, rounds = (WAITING[:2], 100) if quick else (WAITING, 300)
    with TemporaryDirectory(prefix="samsyn-bench-") as folder:
        registers = {waiting: _planted(Path(folder), waiting) for waiting in counts}
        spent: dict[int, list[float]] = {waiting: [] for waiting in counts}
        for _ in range(rounds):
            for waiting, register in registers.items():
                spent[waiting].append(_look(register))
        for register in registers.values():
            register.close()
    fewest = median(spent[counts[0]])
    yield Row(f"a look, {DUE} due among {counts[0]:,}", fewest * 1000, "ms")
    for waiting in counts[1:]:
        this = median(spent[waiting])
        yield Row(
            f"a look, {DUE} due among {waiting:,}", this * 1000, "ms", this / fewest, f"among {counts[0]:,}",
            f"at most {MOST}", this <= MOST * fewest,
        )  # fmt: skip


def _planted(folder: Path, waiting: int) -> Register:
    url = f"sqlite:///{folder / f'{waiting}.db'}"
    upgrade(url)
    register = Register(url)
    plant(register, waiting, DUE)
    return register


def _look(register: Register) -> float:
    began = time.perf_counter()
    claimed = Leases(register, "bench").claim_due(datetime.now(UTC), time.time())
    spent = time.perf_counter() - began
    assert len(claimed) == DUE, len(claimed)
    with register.operate() as session:
        session.execute(update(PhaseRun).where(col(PhaseRun.lease_until) > 0).values(lease_owner=None, lease_until=0.0))
    return spent
