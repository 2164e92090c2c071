"""The desk's first page: what needs somebody, and every cycle in a line."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, func, select

from engine.accounts.accounts import readable_cycles
from engine.desk.attention import Item, needs
from engine.desk.coming import Coming, Next, coming
from models.phase import Step

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlmodel import Session

    from models.account import Account
    from models.cycle import Cycle
    from models.register import Register


@dataclass(frozen=True)
class CycleLine:
    """A cycle as the overview shows it; what is asked counts the questions that are open now."""

    cycle: Cycle
    needs: int
    asked: int
    answered: int
    next: Coming | None


@dataclass(frozen=True)
class Overview:
    """Everything on the first page."""

    needs: tuple[Item, ...]
    running: tuple[CycleLine, ...]
    ended: tuple[Cycle, ...]

    @property
    def twins(self) -> frozenset[str]:
        """Titles that several of the cycles have."""
        counted = Counter(cycle.title for cycle in (*(line.cycle for line in self.running), *self.ended))
        return frozenset(title for title, count in counted.items() if count > 1)


def overview(register: Register, account: Account, now: datetime) -> Overview:
    """What an account sees first."""
    with register.read() as session:
        cycles = readable_cycles(session, account)
        running = [cycle for cycle in cycles if cycle.ended_at is None]
        items = needs(session, cycles, now)
        counts = _open_questions(session, running)
        lines = tuple(_line(session, cycle, items, counts, now) for cycle in running)
    return Overview(tuple(items), lines, tuple(cycle for cycle in cycles if cycle.ended_at is not None))


def _line(
    session: Session, cycle: Cycle, items: Sequence[Item], counts: dict[str, tuple[int, int]], now: datetime
) -> CycleLine:
    dates = (one for one in coming(session, cycle, now) if one.what not in (Next.MAIL, Next.REMINDER))
    asked, answered = counts.get(cycle.id, (0, 0))
    mine = sum(item.cycle.id == cycle.id for item in items)
    return CycleLine(cycle, mine, asked, answered, next(dates, None))


def _open_questions(session: Session, cycles: Sequence[Cycle]) -> dict[str, tuple[int, int]]:
    query = (
        select(Step.cycle_id, func.sum(Step.asked), func.sum(Step.answered))
        .where(col(Step.cycle_id).in_([cycle.id for cycle in cycles]), col(Step.settled_at).is_(None))
        .group_by(col(Step.cycle_id))
    )
    return {cycle_id: (int(asked), int(answered)) for cycle_id, asked, answered in session.exec(query)}
