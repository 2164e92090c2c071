"""A spreadsheet of participants: read from either kind of file, checked whole, and taken only without a fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.faults import nearest
from engine.starting import sheet_words
from engine.starting.sheet_csv import read_csv
from engine.starting.sheet_faults import CALLED, COLUMNS, REQUIRED, WRITTEN, SheetCode, fault
from engine.starting.sheet_people import People
from engine.starting.sheet_xlsx import read_xlsx

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config.definition import Definition
    from engine.starting.content import Held
    from engine.starting.sheet_cells import SheetRow
    from engine.starting.sheet_faults import SheetFault

ZIP = b"PK\x03\x04"


def read_sheet(
    content: bytes, definition: Definition, language: str = "en"
) -> tuple[list[Held], list[SheetFault]]:  # fmt: skip
    """Who holds which seat; with any fault, nobody, and every fault there is, quoting words of a language.

    Raises:
        FileRefused: it is no spreadsheet that can be taken.
    """
    rows = read_xlsx(content) if content.startswith(ZIP) else read_csv(content)
    return checked_rows(rows, definition, language)


def checked_rows(
    rows: Sequence[SheetRow], definition: Definition, language: str = "en"
) -> tuple[list[Held], list[SheetFault]]:  # fmt: skip
    """The same from rows; the first has the headings."""
    if not rows:
        return [], [fault(1, 0, SheetCode.NO_ROWS)]
    columns, faults = _headings(rows[0], language)
    if not all(name in columns or (name == "body" and CALLED in columns) for name in REQUIRED):
        return [], sorted(faults)  # which cell means what is not known
    people = People(definition, columns, language)
    for row in rows[1:]:
        people.take(row)
    people.close(len(rows))
    found = sorted([*faults, *people.faults])
    return ([], found) if found else (people.in_order(), [])


def _headings(row: SheetRow, language: str) -> tuple[dict[str, int], list[SheetFault]]:
    """The position of every column, from 0, and what is wrong with the headings; they may be in any language."""
    columns: dict[str, int] = {}
    faults = []
    for position, cell in enumerate(row.cells):
        name = sheet_words.columns().get(cell.text.strip().casefold())
        if name in columns:
            faults.append(fault(row.number, position + 1, SheetCode.HEADING_TWICE, found=cell.text))
        elif name is not None:
            columns[name] = position
        elif not cell.empty:
            near = _near(cell.text, language)
            faults.append(fault(row.number, position + 1, SheetCode.HEADING_UNKNOWN, found=cell.text, near=near))
    wanted = COLUMNS if CALLED not in columns else COLUMNS[1:]
    missing = [sheet_words.heading(name, language) for name in wanted if name not in columns]
    faults += [fault(row.number, 0, SheetCode.HEADING_MISSING, heading=heading) for heading in missing]
    return columns, faults


def _near(found: str, language: str) -> str:
    near = nearest(found.casefold(), sheet_words.columns())
    own = [sheet_words.heading(name, language) for name in WRITTEN]
    return sheet_words.heading(sheet_words.columns()[near], language) if near else ", ".join(own)
