"""What can be wrong with a spreadsheet of participants; a page has words for each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

COLUMNS = ("body", "seat", "number", "address", "name", "language")
CALLED = "called"
"""The body by its name: beside its key for whoever reads the sheet, or instead of it."""
WRITTEN = ("body", CALLED, "seat", "number", "address", "name", "language")
"""The columns of a sheet that is handed out."""
REQUIRED = ("body", "seat", "address")
LONGEST_QUOTED = 120


class SheetCode(StrEnum):
    """The kinds of faults."""

    NO_ROWS = "no_rows"
    HEADING_MISSING = "heading_missing"
    HEADING_UNKNOWN = "heading_unknown"
    HEADING_TWICE = "heading_twice"
    BROKEN_ROW = "broken_row"  # quotes that do not end
    EMPTY_ROW = "empty_row"
    CELL_BESIDE = "cell_beside"  # right of the last heading
    FORMULA = "formula"  # nothing has been computed, or it is text that looks like one
    ERROR_VALUE = "error_value"  # #REF! and the like
    DATE_VALUE = "date_value"
    LINE_BREAK = "line_break"
    CONTROL = "control"
    BODY_MISSING = "body_missing"
    BODY_UNKNOWN = "body_unknown"
    BODY_DIFFERS = "body_differs"  # key and name are of two bodies
    SEAT_MISSING = "seat_missing"
    SEAT_UNKNOWN = "seat_unknown"
    SEAT_NOT_ALLOWED = "seat_not_allowed"  # the body cannot have one more of the kind
    NUMBER_MISSING = "number_missing"
    NUMBER_BAD = "number_bad"
    NUMBER_RANGE = "number_range"  # none, or one that leaves a gap
    SEAT_TWICE = "seat_twice"
    PERSON_TWICE = "person_twice"
    ADDRESS_MISSING = "address_missing"
    ADDRESS_NO_AT = "address_no_at"
    ADDRESS_TWO_AT = "address_two_at"
    ADDRESS_NO_NAME = "address_no_name"
    ADDRESS_NO_DOMAIN = "address_no_domain"
    ADDRESS_DOMAIN = "address_domain"
    ADDRESS_DOTS = "address_dots"
    ADDRESS_SPACE = "address_space"
    ADDRESS_SIGNS = "address_signs"
    ADDRESS_LONG = "address_long"
    ADDRESS_UNSENDABLE = "address_unsendable"
    NAME_LONG = "name_long"
    NAME_DIFFERS = "name_differs"
    LANGUAGE_UNKNOWN = "language_unknown"
    LANGUAGE_DIFFERS = "language_differs"
    SECRETARY_ATTESTS = "secretary_attests"
    SEAT_UNFILLED = "seat_unfilled"


@dataclass(frozen=True, order=True)
class SheetFault:
    """One fault and where it is; rows and columns count from 1, column 0 is the whole row."""

    row: int
    column: int
    code: SheetCode
    values: tuple[tuple[str, str], ...] = ()
    about: str = ""  # the key of the column, where it is known

    @property
    def letters(self) -> str:
        """The column as spreadsheet programs name it: A, B, … AA."""
        letters, left = "", self.column
        while left:
            left, sign = divmod(left - 1, 26)
            letters = chr(ord("A") + sign) + letters
        return letters


def fault(row: int, column: int, code: SheetCode, about: str = "", /, **values: object) -> SheetFault:
    """A fault with what its words quote."""
    quoted = tuple((name, str(value)[:LONGEST_QUOTED]) for name, value in values.items())
    return SheetFault(row, column, code, quoted, about)
