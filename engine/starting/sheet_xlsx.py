"""Participants as a workbook (Office Open XML): unpacked within limits before a library reads it."""

from __future__ import annotations

import io
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from itertools import zip_longest
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import xlsxwriter
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from engine.documents.office import check_xlsx
from engine.documents.refusals import FileRefused, Refusal
from engine.starting.sheet_cells import MOST_COLUMNS, MOST_ROWS, Cell, SheetRow, without_end
from engine.starting.sheet_faults import WRITTEN, SheetCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

UNREADABLE = (
    InvalidFileException, BadZipFile, KeyError, ValueError, TypeError, IndexError, AttributeError, SyntaxError, OSError,
)  # fmt: skip
"""What the library raises on workbooks that are not as they should be."""
OPTIONS = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False, "in_memory": True}
WIDTHS = (22, 36, 16, 10, 40, 32, 12)
EXPLAINED_WIDTHS = (24, 40, 60)


def read_xlsx(content: bytes) -> list[SheetRow]:
    """The rows of a workbook's first sheet; of formulas what was computed when it was saved.

    Raises:
        FileRefused: it cannot be read, hides something, swells, or has too many rows.
    """
    check_xlsx(content)
    with _reading():
        written, computed = (_sheet(content, values=values) for values in (False, True))
        rows = [
            SheetRow(number, tuple(_cell(was, now) for was, now in zip_longest(before, after)))
            for number, (before, after) in enumerate(zip_longest(written, computed, fillvalue=()), start=1)
        ]
    return without_end(rows)


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except UNREADABLE as broken:
        raise FileRefused(Refusal.DAMAGED) from broken


def _sheet(content: bytes, *, values: bool) -> list[tuple[Any, ...]]:
    """The values of the first sheet's cells, as far down as any says something."""
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=values, keep_links=False)
    try:
        sheet: Any = book.worksheets[0]
        sheet.reset_dimensions()  # what a file says of its own size is a claim
        return _bounded(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True))
    finally:
        book.close()


def _bounded(rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    kept: list[tuple[Any, ...]] = []
    for number, row in enumerate(rows, start=1):
        if all(value is None for value in row):
            continue
        if number > MOST_ROWS:
            raise FileRefused(Refusal.TOO_LARGE)
        kept += [()] * (number - 1 - len(kept))
        kept.append(row)
    return kept


def _cell(written: Any, computed: Any) -> Cell:
    if isinstance(written, str) and written.startswith("=") and computed is None:
        return Cell(written, SheetCode.FORMULA)
    if isinstance(computed, str) and computed.startswith("#") and computed.endswith(("!", "?", "/A")):
        return Cell(computed, SheetCode.ERROR_VALUE)
    if isinstance(computed, (date, datetime, time, timedelta)):
        return Cell(str(computed), SheetCode.DATE_VALUE)
    if isinstance(computed, float) and computed.is_integer():
        return Cell(str(int(computed)))
    return Cell("" if computed is None else str(computed))


def written_xlsx(
    name: str, headings: Sequence[str], rows: Iterable[Sequence[str]], explained: tuple[str, Sequence[Sequence[str]]]
) -> bytes:  # fmt: skip
    """A sheet with headings and rows, and a second one that explains them. Nothing is computed or linked.

    Args:
        name: of the first sheet.
        headings: of the columns that `WRITTEN` names, in its order.
        rows: the cells below the headings.
        explained: the name of the second sheet, and its rows; one with a single cell is a heading.
    """
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, OPTIONS) as book:
        heading = book.add_format({"bold": True, "bottom": 1, "num_format": "@"})
        text = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet(name[:31])
        for column, title in enumerate(headings):
            sheet.set_column(column, column, WIDTHS[column], text)
            sheet.write_string(0, column, title, heading)
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                _write(sheet, number, column, cell, text)
        sheet.freeze_panes(1, 0)
        _explain(book, explained)
    return out.getvalue()


def _write(sheet: Any, row: int, column: int, cell: str, text: Any) -> None:
    if WRITTEN[column] == "number" and cell.isdecimal():
        sheet.write_number(row, column, int(cell))
    else:
        sheet.write_string(row, column, cell, text)


def _explain(book: Any, explained: tuple[str, Sequence[Sequence[str]]]) -> None:
    sheet = book.add_worksheet(explained[0][:31])
    heading, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    for column, width in enumerate(EXPLAINED_WIDTHS):
        sheet.set_column(column, column, width)
    for number, row in enumerate(explained[1]):
        for column, cell in enumerate(row):
            sheet.write_string(number, column, cell, heading if len(row) == 1 else wrapped)
