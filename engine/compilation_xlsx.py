"""The compilation of a consultation as a workbook (Office Open XML), with the rows of the CSV file."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import xlsxwriter

from engine.compilation_csv import compilation_rows, harmless

if TYPE_CHECKING:
    from tasks.compilation import Compilation

WIDTHS = (34, 26, 22, 60, 14, 60, 12, 12, 24, 12, 10, 40)
"""Of the columns, in characters; what is longer is wrapped."""
OPTIONS = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False, "in_memory": True}


def compilation_xlsx(compilation: Compilation, language: str) -> bytes:
    """One sheet with a fixed heading row and filters. Every cell is text: nothing is computed or linked."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, OPTIONS) as book:
        heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        plain = book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet(compilation.phase[:31])
        rows = compilation_rows(compilation, language)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, harmless(cell), heading if number == 0 else plain)
        for column, width in enumerate(WIDTHS[: len(rows[0])]):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(len(rows) - 1, 0), len(rows[0]) - 1)
    return written.getvalue()
