"""The words of a spreadsheet of participants: what is wrong with it, and the sheet that explains it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.terms import Language, Seat
from engine.documents.refusals import Refusal
from engine.starting import sheet_words
from engine.starting.sheet_faults import WRITTEN, SheetCode
from notifications.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.documents.refusals import FileRefused
    from engine.starting.sheet_faults import SheetFault
    from portal.words import Words

SAYS = {
    SheetCode.NO_ROWS: N_("The spreadsheet is empty."),
    SheetCode.HEADING_MISSING: N_("The first row has no heading “%(heading)s”."),
    SheetCode.HEADING_UNKNOWN: N_("The heading “%(found)s” is not known. Did you mean: %(near)s?"),
    SheetCode.HEADING_TWICE: N_("The heading “%(found)s” stands twice."),
    SheetCode.BROKEN_ROW: N_("The row cannot be read: a quotation mark is not closed, or a cell is too long."),
    SheetCode.EMPTY_ROW: N_("The row is empty. Fill it in or remove it."),
    SheetCode.CELL_BESIDE: N_("“%(found)s” stands right of the last heading."),
    SheetCode.FORMULA: N_("A formula stands here, “%(found)s”, and no value that it gives. Write the value."),
    SheetCode.ERROR_VALUE: N_("The formula here gives an error, %(found)s. Write the value."),
    SheetCode.DATE_VALUE: N_("A date or time stands here, %(found)s. Write text."),
    SheetCode.LINE_BREAK: N_("The cell has several lines. Write one."),
    SheetCode.CONTROL: N_("The cell holds signs that nobody sees. Write it anew instead of pasting it."),
    SheetCode.BODY_MISSING: N_("Write which body it is."),
    SheetCode.BODY_UNKNOWN: N_("There is no body “%(found)s”. Did you mean: %(near)s?"),
    SheetCode.BODY_DIFFERS: N_("“%(found)s” is the name of another body than “%(body)s”."),
    SheetCode.SEAT_MISSING: N_("Write which seat it is."),
    SheetCode.SEAT_UNKNOWN: N_("There is no kind of seat “%(found)s”. Did you mean: %(near)s?"),
    SheetCode.SEAT_NOT_ALLOWED: N_("“%(body)s” can have no further seat “%(seat)s”. It can have: %(allowed)s."),
    SheetCode.NUMBER_MISSING: N_("Write the number of the seat: there are %(most)s of this kind."),
    SheetCode.NUMBER_BAD: N_("“%(found)s” is no number. Write 1, 2, 3 …"),
    SheetCode.NUMBER_RANGE: N_(
        "%(found)s cannot be the number of a seat here. The next further seat is number %(next)s."
    ),
    SheetCode.SEAT_TWICE: N_("The same seat stands in row %(earlier)s already."),
    SheetCode.PERSON_TWICE: N_("The same address holds a seat of this kind in the same body in row %(earlier)s."),
    SheetCode.ADDRESS_MISSING: N_("The address is missing."),
    SheetCode.ADDRESS_NO_AT: N_("“%(found)s” has no @; write an e-mail address."),
    SheetCode.ADDRESS_TWO_AT: N_("“%(found)s” has more than one @."),
    SheetCode.ADDRESS_NO_NAME: N_("Nothing stands before the @ in “%(found)s”."),
    SheetCode.ADDRESS_NO_DOMAIN: N_("Nothing stands behind the @ in “%(found)s”."),
    SheetCode.ADDRESS_DOMAIN: N_("What stands behind the @ in “%(found)s” is no name of a mail server."),
    SheetCode.ADDRESS_DOTS: N_("“%(found)s” has a dot too many before the @."),
    SheetCode.ADDRESS_SPACE: N_("“%(found)s” has a space in it."),
    SheetCode.ADDRESS_SIGNS: N_("“%(found)s” has signs that no address has. Write one address, and nothing else."),
    SheetCode.ADDRESS_LONG: N_("The address is too long."),
    SheetCode.ADDRESS_UNSENDABLE: N_("No mail can be sent to “%(found)s”."),
    SheetCode.NAME_LONG: N_("The name is too long: at most %(most)s characters."),
    SheetCode.NAME_DIFFERS: N_("The same address is called “%(found)s” in row %(earlier)s. One address is one person."),
    SheetCode.LANGUAGE_UNKNOWN: N_("“%(found)s” is no language here. Write one of: %(known)s."),
    SheetCode.LANGUAGE_DIFFERS: N_("The same address has the language %(found)s in row %(earlier)s."),
    SheetCode.SECRETARY_ATTESTS: N_("The secretary of the body, in row %(earlier)s, cannot attest the own minutes."),
    SheetCode.SEAT_UNFILLED: N_("A row is missing: %(body)s, %(seat)s, %(number)s."),
}  # fmt: skip
REFUSALS = {
    Refusal.EMPTY: N_("The file is empty."),
    Refusal.TOO_LARGE: N_("The spreadsheet has more than 20 000 rows, or the file is too large."),
    Refusal.NOT_UTF8: N_("The text is in an encoding that cannot be read. Save it as CSV UTF-8, or as XLSX."),
    Refusal.DAMAGED: N_("The file is damaged and cannot be opened. Save it anew and try again."),
    Refusal.MACROS: N_("The file has macros. Save it as a workbook without them (.xlsx)."),
    Refusal.LOCKED: N_("The file is locked with a password. Save it without one."),
    Refusal.SWELLS: N_("The file becomes far too large when it is unpacked."),
    Refusal.HIDDEN: N_("The file holds something that does not belong into a spreadsheet."),
}
OTHER_REFUSAL = N_("The file is no spreadsheet. Choose a file that ends in .csv or .xlsx.")


class SheetWords:
    """Says what is wrong with a spreadsheet."""

    def __init__(self, say: Words) -> None:
        self.say = say

    def fault(self, fault: SheetFault) -> str:
        """What is wrong and what to write."""
        return self.say(SAYS[fault.code], **dict(fault.values))

    def where(self, fault: SheetFault) -> str:
        """Where: `Row 5, column D`."""
        if not fault.column:
            return self.say(N_("Row %(row)s"), row=fault.row)
        return self.say(N_("Row %(row)s, column %(column)s"), row=fault.row, column=fault.letters)

    def column(self, fault: SheetFault) -> str:
        """What the column is called: `Adress`."""
        return sheet_words.heading(fault.about, self.say.language) if fault.about in WRITTEN else ""


def refused(say: Words, why: FileRefused) -> str:
    """Why a file is not taken."""
    return say(REFUSALS.get(why.refusal, OTHER_REFUSAL))


def explained(say: Words, bodies: Mapping[str, str]) -> tuple[str, list[tuple[str, ...]]]:
    """The second sheet: what each column wants, and the words that bodies, seats and languages go by."""
    wants = {
        "body": say(N_("The body, by its word below.")),
        "called": say(N_("What the body is called. Alone it names the body too, where no other is called so.")),
        "seat": say(N_("The kind of seat, by a word below. A row more gives a body one more seat.")),
        "number": say(N_("The number of the seat, where a body has several of a kind.")),
        "address": say(N_("The e-mail address. One address is one person.")),
        "name": say(N_("The person's name. It may be left out.")),
        "language": say(N_("The language that the person is written to in. The process's own when left out.")),
    }
    spoken = [sheet_words.language_name(code, say.language) for code in Language]
    return say(N_("Explanations")), [
        (say(N_("Columns")),), *((sheet_words.heading(name, say.language), words) for name, words in wants.items()), (),
        (say(N_("Bodies")),), *bodies.items(), (),
        (say(N_("Kinds of seats")),), *((say.seat(seat), str(seat)) for seat in Seat), (),
        (say(N_("Languages")),), *((name, str(code)) for name, code in zip(spoken, Language, strict=True)),
    ]  # fmt: skip
