"""One register: every damage in every place, each mended before the next."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any

from sqlmodel import select

from campaigns.tamper import damage, forging
from campaigns.tamper.registers import Stored, stored

if TYPE_CHECKING:
    from collections.abc import Callable

VALUE, ROW, TAIL, ANCHORED = "value", "row", "tail", "anchored"


@dataclass
class Tally:
    """What was tried and what was missed."""

    tried: Counter[str] = field(default_factory=Counter)
    missed: list[tuple[str, str]] = field(default_factory=list)
    void: int = 0
    unanchored: int = 0  # rolled back or written anew, and without a head it was not found: as it must be
    columns: set[tuple[str, str]] = field(default_factory=set)
    name: str = ""

    def add(self, other: Tally) -> None:
        """What was done elsewhere."""
        self.tried += other.tried
        self.missed += other.missed
        self.columns |= other.columns
        self.void += other.void
        self.unanchored += other.unanchored


def try_one(held: Stored, tally: Tally, kind: str, work: Callable[[], str]) -> None:
    """Damage, look, mend."""
    before = _read(held) if kind == VALUE else None
    try:
        said = work()
    except damage.Void:
        tally.void += 1
    else:
        if held.faults(anchored=kind == ANCHORED):
            tally.tried[kind] += 1
        elif before is not None and _read(held) == before:
            tally.void += 1  # the same value in another spelling: whoever reads it reads the same
        else:
            tally.tried[kind] += 1
            tally.missed.append((kind, f"{held.name}: {said}"))
    held.restore()


def _read(held: Stored) -> Any:
    """All that the program would read."""
    try:
        with held.register.read() as session:
            return [[row.model_dump() for row in session.exec(select(table)).all()] for table in damage.COVERED]
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def tamper(held: Stored, times: int, chance: Random, tally: Tally) -> None:
    """Every way in every column and table of one register, so many times each."""
    for kind, places in ((VALUE, damage.values(held)), (ROW, damage.rows(held))):
        for table, column, ways in list(places):
            tally.columns |= {(table, column)} if column else set()
            for way in ways * times:
                try_one(held, tally, kind, partial(way, held, table, column, chance))
    for _ in range(times * 5):
        try_one(held, tally, TAIL, partial(damage.cut, held, chance))
        forgings = [forging.forged] if held.earlier is None else [forging.forged, forging.rolled_back]
        for forge in forgings:
            try_one(held, tally, ANCHORED, partial(forge, held, chance))
            forge(held, chance)
            tally.unanchored += not held.faults()
            held.restore()


def one_register(case: str, instant: str, times: int, seed: int) -> Tally:
    """Everything that is done to one register."""
    held = stored(case, instant)
    tally = Tally(name=held.name)
    tamper(held, times, Random(f"{seed} {held.name}"), tally)
    held.close()
    return tally
