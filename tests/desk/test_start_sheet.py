"""Spreadsheets of participants: as programs write them, and with everything wrong that can be."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
import xlsxwriter
from openpyxl import load_workbook

from config.loader import find, load, load_named
from config.terms import Language, Seat
from engine.documents.refusals import FileRefused, Refusal
from engine.starting import sheet_words
from engine.starting.content import fitting, seats_of
from engine.starting.sheet import read_sheet
from engine.starting.sheet_bodies import body_names
from engine.starting.sheet_csv import written_csv
from engine.starting.sheet_faults import COLUMNS, WRITTEN, SheetCode
from engine.starting.sheet_xlsx import written_xlsx
from portal.desk.starting_sheet_words import SAYS, SheetWords
from portal.words import words as language_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config.definition import Definition

Rows = list[list[Any]]
OFFICE = "kommunal-utveckling"


@pytest.fixture(scope="module")
def pks() -> Definition:
    """Forty-one seats: an office, a body with fourteen people, and thirteen municipalities."""
    return load_named("pks-2021")


def filled(definition: Definition) -> Rows:
    """A spreadsheet without a fault."""
    rows: Rows = [list(COLUMNS)]
    for held in seats_of(definition):
        address = f"{held.seat}{held.number}@{held.body}.se"
        rows.append(
            [held.body, str(held.seat), str(held.number), address, f"Åsa {held.body} {held.seat} {held.number}", "sv"]
        )
    return rows


def as_csv(rows: Sequence[Sequence[Any]], *, separator: str = ";", encoding: str = "utf-8-sig") -> bytes:
    """A CSV file as a spreadsheet program saves it."""
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(rows)
    return out.getvalue().encode(encoding)


def as_xlsx(rows: Sequence[Sequence[Any]]) -> bytes:
    """A workbook as a spreadsheet program saves it."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write(number, column, cell)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        as_csv,
        lambda rows: as_csv(rows, separator=","),
        lambda rows: as_csv(rows, separator="\t", encoding="utf-16"),
        lambda rows: as_csv(rows, encoding="cp1252"),
        lambda rows: b"sep=;\r\n" + as_csv(rows, encoding="utf-8"),
        lambda rows: as_csv([*rows, [], ["", ""]]),
        as_xlsx,
        lambda rows: as_xlsx([*rows, [None, None]]),
        lambda rows: as_csv([[row[3], row[0], row[1], row[2], row[4], row[5]] for row in rows]),
    ],
)  # fmt: skip
def test_the_same_people_from_every_file(pks: Definition, content: Any) -> None:
    people, faults = read_sheet(content(filled(pks)), pks)
    assert faults == []
    assert len(people) == 41
    assert people[0].name == f"Åsa {OFFICE} contact 1"
    assert [held.key for held in people] == [held.key for held in seats_of(pks)]


def test_what_we_hand_out_can_be_brought_back(pks: Definition) -> None:
    rows = [tuple(map(str, row)) for row in filled(pks)[1:]]
    rows[0] = (*rows[0][:4], "=SUM(A1) & Co", rows[0][5])
    named = [(row[0], "", *row[1:]) for row in rows]
    for content in (
        written_csv(WRITTEN, named),
        written_xlsx("Deltagare", WRITTEN, named, ("Förklaringar", [("Kolumner",), ("body", "x")])),
    ):
        people, faults = read_sheet(content, pks)
        assert faults == []
        assert people[0].name == "=SUM(A1) & Co"
    book = load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["Deltagare", "Förklaringar"]
    assert [cell.value for cell in book["Deltagare"][1]] == list(WRITTEN)
    assert book["Deltagare"]["A2"].data_type == "s"
    assert book["Deltagare"]["D2"].data_type == "n"


def said(definition: Definition, language: str, names: str) -> Rows:
    """A sheet in one language: its headings, seats and languages, with bodies' names in `names`."""
    called = body_names(definition, names)
    rows: Rows = [[sheet_words.heading(name, language) for name in WRITTEN]]
    for held in seats_of(definition):
        kind, spoken = sheet_words.seat_name(held.seat, language), sheet_words.language_name(Language.DA, language)
        rows.append([held.body, called[held.body], kind, held.number, held.address, "", spoken])
    return rows


@pytest.mark.parametrize("language", list(Language))
def test_a_sheet_is_read_in_every_language(pks: Definition, language: Language) -> None:
    rows = said(pks, language, "sv")
    for content in (as_csv(rows), as_xlsx(rows)):
        people, faults = read_sheet(content, pks, "sv")
        assert faults == []
        assert [held.key for held in people] == [held.key for held in seats_of(pks)]
        assert {held.language for held in people} == {Language.DA}
    if language is not Language.EN:
        assert not {"Body", "Seat", "secretary"} & {cell for row in rows for cell in row}


def test_a_word_for_a_seat_means_one_seat() -> None:
    for language in Language:
        names = [sheet_words.seat_name(seat, language).casefold() for seat in Seat]
        assert [sheet_words.seats()[name] for name in names] == list(Seat)


def test_the_name_of_a_body_stands_for_its_key_and_must_not_contradict_it(pks: Definition) -> None:
    rows = said(pks, "sv", "sv")
    without_keys, faults = read_sheet(as_csv([row[1:] for row in rows]), pks, "sv")
    assert faults == []
    assert len(without_keys) == 41
    at = next(n for n, row in enumerate(rows) if row[0] == "aneby")
    rows[at][1] = next(row[1] for row in rows if row[0] == "eksjo")
    _, faults = read_sheet(as_csv(rows), pks, "sv")
    assert [(one.row, one.letters, one.code) for one in faults if one.code is not SheetCode.SEAT_UNFILLED] == [
        (at + 1, "B", SheetCode.BODY_DIFFERS)
    ]


def test_a_body_gets_further_seats(pks: Definition) -> None:
    rows = [
        *filled(pks),
        ["aneby", "ersättare", "", "e1@aneby.se", "", ""], ["aneby", "ersättare", "", "e2@aneby.se", "", ""],
        ["pks", "member", "13", "ny@pks.se", "Ny Ledamot", "da"], ["pks", "justerare", "1", "j@pks.se", "", ""],
    ]  # fmt: skip
    people, faults = read_sheet(as_csv(rows), pks, "sv")
    assert faults == []
    further = [held.key for held in people if held.key not in {own.key for own in seats_of(pks)}]
    assert further == [
        ("pks", Seat.ATTESTOR, 1), ("pks", Seat.MEMBER, 13),
        ("aneby", Seat.SUBSTITUTE, 1), ("aneby", Seat.SUBSTITUTE, 2),
    ]  # fmt: skip
    again = fitting(pks, people)
    assert again == people


def test_what_a_body_cannot_have_is_told_with_what_it_can(pks: Definition) -> None:
    rows = [*filled(pks), ["pks", "chair", "2", "o2@pks.se", "", ""], ["pks", "member", "15", "m@pks.se", "", ""]]
    _, faults = read_sheet(as_csv(rows), pks, "sv")
    assert [(one.row, one.letters, one.code) for one in faults] == [
        (len(rows) - 1, "B", SheetCode.SEAT_NOT_ALLOWED), (len(rows), "C", SheetCode.NUMBER_RANGE),
    ]  # fmt: skip
    say = SheetWords(language_words("sv"))
    assert "kan inte få fler uppdrag av slaget ”ordförande”" in say.fault(faults[0])
    assert "Det kan få: ledamot, sekreterare, justerare, ersättare, kontaktperson." in say.fault(faults[0])
    assert "Nästa ytterligare uppdrag har nummer 13." in say.fault(faults[1])


def test_nobody_votes_from_a_seat_where_votes_are_reported(pks: Definition) -> None:
    text = find("pks-2021").read_text(encoding="utf-8")
    told = load("pks-2021.yaml", text.replace("rules: se-kl-council", "rules: {ruleset: se-kl-council, members: 41}"))
    rows = [*filled(told), ["aneby", "member", "1", "m@aneby.se", "", ""]]
    _, faults = read_sheet(as_csv(rows), told, "en")
    assert [one.code for one in faults] == [SheetCode.SEAT_NOT_ALLOWED]


def test_a_body_and_a_seat_may_be_called_by_name(pks: Definition) -> None:
    rows = filled(pks)
    at = next(n for n, row in enumerate(rows) if row[:2] == ["aneby", "secretary"])
    rows[at][:3] = ["Aneby kommun", "Sekreterare", ""]
    people, faults = read_sheet(as_csv(rows), pks)
    assert faults == []
    assert people[at - 1].key == ("aneby", Seat.SECRETARY, 1)
    assert people[at - 1].language is Language.SV


def test_a_formula_counts_by_what_it_gave_when_it_was_saved(pks: Definition) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(filled(pks)):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, str(cell))
        sheet.write_formula(1, 3, '=CONCATENATE("anna","@x.se")', None, "anna@x.se")
        sheet.write_number(2, 2, 1.0)
    people, faults = read_sheet(out.getvalue(), pks)
    assert faults == []
    assert people[0].address == "anna@x.se"


def wrong_rows(definition: Definition) -> tuple[Rows, set[SheetCode]]:
    """A workbook with more than thirty faults of different kinds, each in a row of its own or in the headings."""
    rows = filled(definition)
    long = "x" * 201
    changes: dict[int, tuple[int, Any, SheetCode]] = {
        1: (0, "kommunal-utvekling", SheetCode.BODY_UNKNOWN),
        2: (1, "chairperson of the", SheetCode.SEAT_UNKNOWN),
        3: (3, "", SheetCode.ADDRESS_MISSING),
        4: (3, "anna.region.se", SheetCode.ADDRESS_NO_AT),
        5: (3, "anna@@region.se", SheetCode.ADDRESS_TWO_AT),
        6: (3, "anna berg@region.se", SheetCode.ADDRESS_SPACE),
        7: (3, "@region.se", SheetCode.ADDRESS_NO_NAME),
        8: (3, "anna@", SheetCode.ADDRESS_NO_DOMAIN),
        9: (3, "anna@region", SheetCode.ADDRESS_DOMAIN),
        10: (3, "anna..berg@region.se", SheetCode.ADDRESS_DOTS),
        11: (3, "anna@region.se;berit@region.se", SheetCode.ADDRESS_SIGNS),
        12: (3, f"{'a' * 65}@region.se", SheetCode.ADDRESS_LONG),
        13: (2, "", SheetCode.NUMBER_MISSING),
        14: (2, "two", SheetCode.NUMBER_BAD),
        15: (2, "15", SheetCode.NUMBER_RANGE),
        16: (0, "", SheetCode.BODY_MISSING),
        17: (1, "", SheetCode.SEAT_MISSING),
        18: (2, "2", SheetCode.SEAT_NOT_ALLOWED),
        19: (5, "fi", SheetCode.LANGUAGE_UNKNOWN),
        20: (4, "Anna\nBerg", SheetCode.LINE_BREAK),
        21: (4, "Anna\u202eBerg", SheetCode.CONTROL),
        22: (4, long, SheetCode.NAME_LONG),
        23: (4, "=UPPER(A1)", SheetCode.FORMULA),
        24: (4, "#REF!", SheetCode.ERROR_VALUE),
        26: (5, "", SheetCode.EMPTY_ROW),
        27: (6, "also", SheetCode.CELL_BESIDE),
    }  # fmt: skip
    wrong = {code for _, _, code in changes.values()}
    for at in (13, 14, 15):
        rows[at] = ["pks", "member", str(at - 9), f"member{at}@pks.se", "", "sv"]
    for at, (column, cell, _) in changes.items():
        rows[at] = [*rows[at], "", ""][:8]
        rows[at][column] = cell
    rows[26] = [""] * 6
    rows[29][:5] = [*rows[28][:3], "other@x.se", "Other"]
    rows[31][3] = rows[30][3]  # two names for one address
    rows[33][3], rows[33][4], rows[33][5] = rows[32][3], "", "da"
    rows.append(["eksjo", "chair", "0", "noll@eksjo.se", "", ""])
    rows[0] = [*COLUMNS, "telefon", "name"]
    wrong |= {
        SheetCode.SEAT_TWICE, SheetCode.NAME_DIFFERS, SheetCode.LANGUAGE_DIFFERS, SheetCode.HEADING_UNKNOWN,
        SheetCode.HEADING_TWICE, SheetCode.SEAT_UNFILLED,
    }  # fmt: skip
    return rows, wrong


def written(rows: Rows) -> bytes:
    """The rows as a workbook, in which formulas have never been computed."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if str(cell).startswith("="):
                    sheet.write_formula(number, column, str(cell), None, "")
                elif cell != "":
                    sheet.write_string(number, column, str(cell))
    return out.getvalue()


def test_thirty_different_faults_are_all_told_with_row_and_column(pks: Definition) -> None:
    rows, wrong = wrong_rows(pks)
    assert len(wrong) >= 30
    people, faults = read_sheet(written(rows), pks, "sv")
    assert people == []
    found = {one.code for one in faults}
    assert wrong - found == set()
    say = SheetWords(language_words("sv"))
    told = {f"{say.where(one)}: {say.fault(one)}" for one in faults}
    headings = "Organ, Organets namn, Uppdrag, Nummer, Adress, Namn, Språk"
    assert len(told) == len(faults)
    for expected in (
        "Rad 2, kolumn A: Det finns inget organ ”kommunal-utvekling”. Menade du: kommunal-utveckling?",
        "Rad 4, kolumn D: Adressen saknas.",
        "Rad 5, kolumn D: ”anna.region.se” saknar @; skriv en e-postadress.",
        "Rad 16, kolumn C: 15 kan inte vara nummer på ett uppdrag här. Nästa ytterligare uppdrag har nummer 13.",
        f"Rad 1, kolumn G: Rubriken ”telefon” är okänd. Menade du: {headings}?",
        "Rad 27: Raden är tom. Fyll i den eller ta bort den.",
    ):
        assert expected in told, sorted(told)


def test_every_kind_of_fault_has_words() -> None:
    assert set(SAYS) == set(SheetCode)


def test_who_keeps_the_minutes_does_not_attest_them() -> None:
    text = (
        find("pks-2021")
        .read_text(encoding="utf-8")
        .replace("secretary: 1}\n\n  kommuner", "secretary: 1, attestors: 1}\n\n  kommuner")
    )
    definition = load("pks-2021.yaml", text)
    rows = filled(definition)
    body = next(row[0] for row in rows if row[1] == "attestor")
    secretary = next(row for row in rows if row[:2] == [body, "secretary"])
    attestor = next(row for row in rows if row[1] == "attestor")
    attestor[3], attestor[4] = secretary[3].upper(), ""
    _, faults = read_sheet(as_csv(rows), definition)
    assert [(one.row, one.column, one.code) for one in faults] == [
        (rows.index(attestor) + 1, 4, SheetCode.SECRETARY_ATTESTS)
    ]


def test_the_same_person_twice_in_a_seat_and_a_date_in_a_cell(pks: Definition) -> None:
    from datetime import date

    rows = filled(pks)
    rows[4][3], rows[4][4] = rows[3][3], ""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell)
        sheet.write_datetime(9, 4, date(2027, 1, 1), day)
    _, faults = read_sheet(out.getvalue(), pks)
    assert [(one.row, one.letters, one.code) for one in faults] == [
        (5, "D", SheetCode.PERSON_TWICE), (10, "E", SheetCode.DATE_VALUE),
    ]  # fmt: skip


def test_without_its_headings_nothing_is_guessed(pks: Definition) -> None:
    rows = filled(pks)
    _, faults = read_sheet(as_csv([row[:3] for row in rows]), pks)
    assert [(one.row, dict(one.values)["heading"]) for one in faults] == [
        (1, "Address"), (1, "Language"), (1, "Name"),
    ]  # fmt: skip
    assert read_sheet(b" ", pks)[1][0].code in (SheetCode.NO_ROWS, SheetCode.HEADING_MISSING)


def bomb() -> bytes:
    """A workbook that becomes a thousand times larger."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>" + " " * 60_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (bomb(), Refusal.SWELLS),
        (b"PK\x03\x04rubbish", Refusal.DAMAGED),
        (b"%PDF-1.7\0", Refusal.TYPE),
        (as_xlsx([list(COLUMNS)])[:-40], Refusal.DAMAGED),
        (as_csv([["body"]] * 20_003), Refusal.TOO_LARGE),
    ],
)
def test_files_that_are_refused(pks: Definition, content: bytes, refusal: Refusal) -> None:
    with pytest.raises(FileRefused) as refused:
        read_sheet(content, pks)
    assert refused.value.refusal is refusal
