"""A sheet as rows of cells, whichever file it came in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.starting.sheet_faults import SheetCode

MOST_ROWS = 20_001
MOST_COLUMNS = 50


@dataclass(frozen=True)
class Cell:
    """What a cell says, as text; `problem` when it cannot be taken as text."""

    text: str = ""
    problem: SheetCode | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing stands there."""
        return not self.text.strip() and self.problem is None


@dataclass(frozen=True)
class SheetRow:
    """A row with its number, from 1."""

    number: int
    cells: tuple[Cell, ...] = field(default_factory=tuple)
    broken: bool = False

    @property
    def empty(self) -> bool:
        """Whether all its cells are empty."""
        return not self.broken and all(cell.empty for cell in self.cells)


def without_end(rows: list[SheetRow]) -> list[SheetRow]:
    """The rows without empty ones behind the last that says something."""
    last = max((position for position, row in enumerate(rows) if not row.empty), default=-1)
    return rows[: last + 1]
