"""No cell of a spreadsheet that is given out is computed, in whatever width its signs are (CWE-1236)."""

from __future__ import annotations

import csv
import io

import pytest

from engine.compilation_csv import harmless
from engine.starting.sheet_csv import read_csv, written_csv

CELLS = ("=1+1", "  =1+1", "+46701234567", "-1", "@SUM(A1)", "＝1+1", "＋1", "－1", "＠SUM(A1)", "=cmd|' /C calc'!A0")
STARTS = tuple("=+-@＝＋－＠\t\r\n")


@pytest.mark.parametrize("cell", CELLS)
def test_no_cell_begins_as_a_formula(cell: str) -> None:
    assert not harmless(cell).lstrip(" ").startswith(STARTS)
    sheet = written_csv(["name"], [[cell]]).decode("utf-8-sig")
    [_, [written]] = csv.reader(io.StringIO(sheet), delimiter=";")
    assert not written.lstrip(" ").startswith(STARTS)


@pytest.mark.parametrize("cell", CELLS)
def test_a_sheet_of_ours_is_read_back_as_it_was(cell: str) -> None:
    [_, row] = read_csv(written_csv(["name", "address"], [[cell, "anna@region.example"]]))
    assert [one.text for one in row.cells] == [cell, "anna@region.example"]
