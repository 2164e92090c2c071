"""Participants as CSV (RFC 4180): read as spreadsheet programs in the Nordic countries write it, and written so."""

from __future__ import annotations

import codecs
import csv
import io
import re
from typing import TYPE_CHECKING

from engine.documents.refusals import FileRefused, Refusal
from engine.starting.sheet_cells import MOST_ROWS, Cell, SheetRow, without_end
from engine.starting.sheet_faults import SheetCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

BYTE_ORDER_MARK = "\ufeff"
SEPARATORS = ";,\t"
DECLARED = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
"""A first line by which some programs say how cells are separated."""
FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a cell begins with that spreadsheet programs would compute (CWE-1236), some of them also in full width."""


def read_csv(content: bytes) -> list[SheetRow]:
    """The rows of a CSV file.

    Raises:
        FileRefused: it is no text, or has too many rows.
    """
    text = decoded(content)
    declared = DECLARED.match(text)
    if declared:
        text = text[declared.end() :]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=declared[1] if declared else _separator(text))
    return without_end(list(_rows(reader)))


def decoded(content: bytes) -> str:
    """The text of a file: UTF-8, UTF-16 with its mark, or what Windows writes in western Europe.

    Raises:
        FileRefused: it is none of these.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _as(content, "utf-16")
    if b"\0" in content:
        raise FileRefused(Refusal.TYPE)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _as(content, "cp1252")


def _as(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as unread:
        raise FileRefused(Refusal.NOT_UTF8) from unread


def _separator(text: str) -> str:
    """The separator that the headings have most of."""
    first = text.split("\n", 1)[0]
    return max(SEPARATORS, key=first.count)


def _rows(reader: Iterator[list[str]]) -> Iterator[SheetRow]:
    number = 0
    while True:
        number += 1
        if number > MOST_ROWS:
            raise FileRefused(Refusal.TOO_LARGE)
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield SheetRow(number, broken=True)
            continue
        yield SheetRow(number, tuple(_cell(text) for text in cells))


def _cell(text: str) -> Cell:
    if text.startswith("'") and text[1:].lstrip(" ").startswith(FORMULA):
        return Cell(text[1:])  # as we write it ourselves
    return Cell(text, SheetCode.FORMULA if text.startswith("=") else None)


def written_csv(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Headings and rows, separated as spreadsheet programs on the continent expect."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(headings)
    writer.writerows([[harmless(cell) for cell in row] for row in rows])
    return (BYTE_ORDER_MARK + out.getvalue()).encode()


def harmless(cell: str) -> str:
    """The cell as text that no spreadsheet program takes for a formula."""
    return f"'{cell}" if cell.lstrip(" ").startswith((*FORMULA, "\t", "\r", "\n")) else cell
