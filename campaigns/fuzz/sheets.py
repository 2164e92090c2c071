"""Spreadsheets of participants: CSV and workbooks."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

import xlsxwriter

from campaigns.fuzz.definitions import load_once
from campaigns.fuzz.mutating import noise, spoiled
from campaigns.fuzz.target import Target, Unclean, Verdict
from engine.documents.refusals import FileRefused
from engine.starting.content import seats_of
from engine.starting.sheet import read_sheet
from engine.starting.sheet_faults import COLUMNS, SheetCode

if TYPE_CHECKING:
    from random import Random

CYCLE = "pks-2021"
EVIL = (
    "", " ", "=1+1", '=HYPERLINK("x")', "+46", "-1", "@SUM(A1)", "\t=1", "#REF!", "2013-06-30", "1e999", "٣", "²", "0",
    "99999", "1.0", "a@b@c.example", "a b@c.example", "ä@ö.example", "a@" + "b" * 300 + ".example", "\x00", "\u202ex",
    "a\r\nBcc: x@y.example", "<script>", "'", '"', "en", "xx", "Å" * 300, "\ud7ff", "\ufffe", "a@-.example", "a@b..c",
)  # fmt: skip


@cache
def rows() -> list[list[str]]:
    """A sheet without a fault."""
    return [
        [held.body, str(held.seat), str(held.number), f"{held.seat}{held.number}@{held.body}.example", "Åsa", "sv"]
        for held in seats_of(load_once(CYCLE))
    ]


def disturbed(dice: Random) -> list[list[str]]:
    """The sheet with cells exchanged, and rows lost, doubled and cut."""
    sheet = [list(row) for row in rows()]
    for _ in range(dice.randint(0, 4)):
        row = dice.choice(sheet)
        match dice.randrange(5):
            case 0:
                sheet.append(list(row))
            case 1:
                sheet.remove(row)
            case 2:
                row.append(dice.choice(EVIL))
            case _:
                row[dice.randrange(len(row))] = dice.choice(EVIL)
    return sheet


def comma_separated(dice: Random) -> bytes:
    """A CSV file: with spoiled cells, spoiled octets, or neither."""
    if dice.random() < 0.02:
        return noise(dice)
    if dice.random() < 0.3:
        encoding = dice.choice(("utf-8", "utf-8-sig", "utf-16", "cp1252"))
        return as_csv(disturbed(dice), dice.choice(";,\t|")).encode(encoding, "replace")
    return spoiled(as_csv(rows(), ";").encode("utf-8-sig"), dice, most=dice.choice((1, 4)))


def as_csv(sheet: list[list[str]], separator: str) -> str:
    """The sheet as a spreadsheet program saves it."""
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows([list(COLUMNS), *sheet])
    return out.getvalue()


def workbook(dice: Random) -> bytes:
    """A workbook: with spoiled cells, a spoiled member, or spoiled as it lies on a disk."""
    way = dice.random()
    if way < 0.2:
        return as_workbook([row[: len(COLUMNS)] for row in disturbed(dice)])
    if way < 0.6:
        return spoiled_member(whole_workbook(), dice)
    return spoiled(whole_workbook(), dice)


@cache
def whole_workbook() -> bytes:
    """A workbook without a fault."""
    return as_workbook(rows())


def as_workbook(sheet: list[list[str]]) -> bytes:
    """The sheet as a spreadsheet program saves it: texts, and whatever it takes for formulas, numbers and links."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"created": datetime(2013, 6, 30)})  # noqa: DTZ001 - the same file each time
        page = book.add_worksheet("people")
        for number, row in enumerate([list(COLUMNS), *sheet]):
            page.write_row(number, 0, row)
    return out.getvalue()


def spoiled_member(archive: bytes, dice: Random) -> bytes:
    """The archive with the inside of one member spoiled: what comes behind the unpacking is reached."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        chosen = dice.choice(names)
        for name in names:
            content = old.read(name)
            kept = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            new.writestr(zipfile.ZipInfo(name), spoiled(content, dice) if name == chosen else content, kept)
    return out.getvalue()


def read(content: bytes) -> Verdict:
    """As the desk reads what a coordinator hands in: people, or faults with their row."""
    definition = load_once(CYCLE)
    try:
        people, faults = read_sheet(content, definition)
    except FileRefused:
        return Verdict.REFUSED
    if bool(people) == bool(faults):
        raise Unclean("neither people nor faults, or both")
    for fault in faults:
        if fault.row < 1 or fault.column < 0 or not isinstance(fault.code, SheetCode):
            raise Unclean(f"a fault without a place: {fault!r}")
    for held in people:
        if any(sign in f"{held.address}{held.name}" for sign in "\r\n\x00"):
            raise Unclean(f"more than a line: {held!r}")
    return Verdict.TAKEN if people else Verdict.REFUSED


ALL_WRONG = 5.0
"""Seconds for twenty thousand rows, the most that are taken, each with a fault of its own."""

TARGETS = (Target("sheet-csv", comma_separated, read, ALL_WRONG), Target("sheet-xlsx", workbook, read, ALL_WRONG))
