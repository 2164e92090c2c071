"""A spreadsheet of participants: read from either kind of file, checked whole, and taken only without a fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.faults import nearest
from engine.starting.sheet_csv import read_csv
from engine.starting.sheet_faults import COLUMNS, REQUIRED, SheetCode, fault
from engine.starting.sheet_people import People
from engine.starting.sheet_xlsx import read_xlsx

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config.definition import Definition
    from engine.starting.content import Held
    from engine.starting.sheet_cells import SheetRow
    from engine.starting.sheet_faults import SheetFault

ZIP = b"PK\x03\x04"


def read_sheet(content: bytes, definition: Definition) -> tuple[list[Held], list[SheetFault]]:
    """Who holds which seat; with any fault, nobody, and every fault there is.

    Raises:
        FileRefused: it is no spreadsheet that can be taken.
    """
    return checked_rows(read_xlsx(content) if content.startswith(ZIP) else read_csv(content), definition)


def checked_rows(rows: Sequence[SheetRow], definition: Definition) -> tuple[list[Held], list[SheetFault]]:
    """The same from rows; the first has the headings."""
    if not rows:
        return [], [fault(1, 0, SheetCode.NO_ROWS)]
    columns, faults = _headings(rows[0])
    if not all(name in columns for name in REQUIRED):
        return [], sorted(faults)  # which cell means what is not known
    people = People(definition, columns)
    for row in rows[1:]:
        people.take(row)
    people.close(len(rows))
    found = sorted([*faults, *people.faults])
    return ([], found) if found else (people.in_order(), [])


def _headings(row: SheetRow) -> tuple[dict[str, int], list[SheetFault]]:
    """The position of every column, from 0, and what is wrong with the headings."""
    columns: dict[str, int] = {}
    faults = []
    for position, cell in enumerate(row.cells):
        name = cell.text.strip().lower()
        if name in columns:
            faults.append(fault(row.number, position + 1, SheetCode.HEADING_TWICE, found=name))
        elif name in COLUMNS:
            columns[name] = position
        elif not cell.empty:
            near = nearest(name, COLUMNS) or ", ".join(COLUMNS)
            faults.append(fault(row.number, position + 1, SheetCode.HEADING_UNKNOWN, found=cell.text, near=near))
    missing = [name for name in COLUMNS if name not in columns]
    faults += [fault(row.number, 0, SheetCode.HEADING_MISSING, heading=name) for name in missing]
    return columns, faults
