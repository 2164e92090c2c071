"""Rows of a spreadsheet become holders of seats; everything that is wrong is collected."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from config.faults import nearest
from config.terms import Language, Seat
from engine.starting import sheet_words
from engine.starting.content import Held, seats_of
from engine.starting.seating import entries, in_order, may_have
from engine.starting.sheet_address import address_fault
from engine.starting.sheet_bodies import BodyNames
from engine.starting.sheet_faults import WRITTEN, SheetCode, SheetFault, fault
from notifications.letter import UNSEEN

if TYPE_CHECKING:
    from config.definition import Definition
    from engine.starting.sheet_cells import Cell, SheetRow

LONGEST_NAME = 200
LONGEST_NUMBER = 4
MOST_OF_A_KIND = 500
Key = tuple[str, Seat, int]


class People:
    """Takes rows one by one, then says who holds which seat and what is wrong."""

    def __init__(self, definition: Definition, columns: dict[str, int], language: str) -> None:
        self.definition = definition
        self.columns = columns
        self.language = language
        self.faults: list[SheetFault] = []
        self._known = {held.key: held for held in seats_of(definition)}
        self._counts = Counter((body, seat) for body, seat, _ in self._known)
        self._entries = entries(definition)
        self._bodies = BodyNames(definition, language)
        self._taken: dict[Key, tuple[int, Held]] = {}
        self._called: dict[str, tuple[int, Held]] = {}  # by address
        self._sitting: dict[tuple[str, Seat, str], int] = {}  # rows, by body, kind of seat and address
        self._mentioned: dict[Key, SheetRow] = {}

    def take(self, row: SheetRow) -> None:
        """One row below the headings."""
        if row.broken or row.empty:
            self._wrong(row, "", SheetCode.BROKEN_ROW if row.broken else SheetCode.EMPTY_ROW)
            return
        self._beside(row)
        before = len(self.faults)
        said = {name: self._said(row, name) for name in WRITTEN}
        seat = self._seat(row, said)
        address = self._address(row, said["address"])
        name = self._name(row, said["name"])
        language = self._language(row, said["language"])
        if seat is not None:
            self._mentioned.setdefault(seat, row)
        if seat is None or address is None or len(self.faults) > before:
            return
        self._hold(row, Held(
            body=seat[0], seat=seat[1], number=seat[2], address=address, name=name,
            language=language or self.definition.language,
        ))  # fmt: skip

    def close(self, last: int) -> None:
        """After the last row: seats that nobody has, numbers with a gap, and who attests what she has written."""
        for body, seat, number in self._known:
            if (body, seat, number) not in self._mentioned:
                named, kind = self._bodies.name(body), sheet_words.seat_name(seat, self.language)
                self.faults.append(fault(last + 1, 0, SheetCode.SEAT_UNFILLED, body=named, seat=kind, number=number))
        for (body, seat, number), row in self._mentioned.items():
            further = number > self._counts[body, seat] and number > 1
            if further and (body, seat, number - 1) not in self._mentioned:
                self._out_of_range(row, body, seat, str(number))
        column = self.columns["address"] + 1
        for (body, seat, address), at in self._sitting.items():
            keeps = self._sitting.get((body, Seat.SECRETARY, address))
            if seat is Seat.ATTESTOR and keeps is not None:
                self.faults.append(fault(at, column, SheetCode.SECRETARY_ATTESTS, "address", earlier=keeps))

    def in_order(self) -> list[Held]:
        """The holders in the definition's order, each kind of seat by its numbers."""
        own = [self._taken[key][1] for key in self._known]
        further = sorted((key for key in self._taken if key not in self._known), key=lambda key: (key[0], key[2]))
        return in_order(self.definition, [*own, *(self._taken[key][1] for key in further)])

    def _said(self, row: SheetRow, name: str) -> str:
        """What a cell says; what cannot be taken as text is a fault."""
        position = self.columns.get(name)
        if position is None or position >= len(row.cells):
            return ""
        cell = row.cells[position]
        code = _unreadable(cell)
        if code is not None:
            self._wrong(row, name, code, found=cell.text)
        return UNSEEN.sub(" ", cell.text).strip() if code else cell.text.strip()

    def _beside(self, row: SheetRow) -> None:
        last = max(self.columns.values())
        for position, cell in enumerate(row.cells):
            if position > last and not cell.empty:
                self.faults.append(fault(row.number, position + 1, SheetCode.CELL_BESIDE, found=cell.text))

    def _seat(self, row: SheetRow, said: dict[str, str]) -> Key | None:
        body, seat = self._body(row, said), self._kind(row, said["seat"])
        number = self._number(row, said["number"])
        if body is None or seat is None or number is None:
            return None
        most = self._counts[body, seat]
        if number == 0 and most > 1 and not said["number"]:
            self._wrong(row, "number", SheetCode.NUMBER_MISSING, most=most)
            return None
        if number == 0 and said["number"]:
            self._out_of_range(row, body, seat, said["number"])
            return None
        number = number or (1 if most else self._next(body, seat))
        return (body, seat, number) if number <= most or self._may_be(row, body, seat, number) else None

    def _next(self, body: str, seat: Seat) -> int:
        return 1 + max((number for key, kind, number in self._mentioned if (key, kind) == (body, seat)), default=0)

    def _may_be(self, row: SheetRow, body: str, seat: Seat, number: int) -> bool:
        """Whether a body may have this seat, which its definition does not give it."""
        if (body, seat, number) in self._mentioned:
            return True  # twice, which is told of whoever holds it
        held = [kind for key, kind, _ in (*self._known, *self._mentioned) if key == body]
        allowed = may_have(self._entries[body], held)
        if seat not in allowed:
            kinds = ", ".join(sheet_words.seat_name(kind, self.language) for kind in allowed)
            self._wrong(
                row, "seat", SheetCode.SEAT_NOT_ALLOWED, body=self._bodies.name(body),
                seat=sheet_words.seat_name(seat, self.language), allowed=kinds,
            )  # fmt: skip
        elif number > MOST_OF_A_KIND:
            self._out_of_range(row, body, seat, str(number))
            return False
        return seat in allowed

    def _out_of_range(self, row: SheetRow, body: str, seat: Seat, found: str) -> None:
        free = self._counts[body, seat] + 1
        while (body, seat, free) in self._mentioned:
            free += 1
        self._wrong(row, "number", SheetCode.NUMBER_RANGE, found=found, next=free)

    def _body(self, row: SheetRow, said: dict[str, str]) -> str | None:
        column = "body" if said["body"] or "body" in self.columns else "called"
        written = said["body"] or said["called"]
        if not written:
            self._wrong(row, column, SheetCode.BODY_MISSING)
            return None
        found = self._bodies.found(written)
        if found is None:
            column = "body" if said["body"] else "called"
            self._wrong(row, column, SheetCode.BODY_UNKNOWN, found=written, near=self._bodies.like(written))
        elif said["body"] and said["called"] and self._bodies.another(found, said["called"]):
            self._wrong(row, "called", SheetCode.BODY_DIFFERS, found=said["called"], body=written)
            return None
        return found

    def _kind(self, row: SheetRow, said: str) -> Seat | None:
        if not said:
            self._wrong(row, "seat", SheetCode.SEAT_MISSING)
            return None
        known = sheet_words.seats()
        found = known.get(said.casefold())
        if found is None:
            near = nearest(said.casefold(), known)
            kinds = [known[near]] if near else list(Seat)
            names = ", ".join(sheet_words.seat_name(kind, self.language) for kind in kinds)
            self._wrong(row, "seat", SheetCode.SEAT_UNKNOWN, found=said, near=names)
        return found

    def _number(self, row: SheetRow, said: str) -> int | None:
        """The number; 0 where none is given."""
        if not said:
            return 0
        if not (said.isascii() and said.isdecimal() and len(said) <= LONGEST_NUMBER):
            self._wrong(row, "number", SheetCode.NUMBER_BAD, found=said)
            return None
        return int(said)

    def _address(self, row: SheetRow, said: str) -> str | None:
        if any(one.row == row.number and one.about == "address" for one in self.faults[-8:]):
            return None  # what stands there could not be read, which is told already
        code = address_fault(said)
        if code is not None:
            self._wrong(row, "address", code, found=said)
            return None
        return said

    def _name(self, row: SheetRow, said: str) -> str:
        if len(said) > LONGEST_NAME:
            self._wrong(row, "name", SheetCode.NAME_LONG, most=LONGEST_NAME)
        return said

    def _language(self, row: SheetRow, said: str) -> Language | None:
        found = sheet_words.languages().get(said.casefold())
        if said and found is None:
            known = ", ".join(sheet_words.language_name(code, self.language) for code in Language)
            self._wrong(row, "language", SheetCode.LANGUAGE_UNKNOWN, found=said, known=known)
        return found

    def _hold(self, row: SheetRow, held: Held) -> None:
        if held.key in self._taken:
            self._wrong(row, "number", SheetCode.SEAT_TWICE, earlier=self._taken[held.key][0])
            return
        address = held.address.casefold()
        where, before = self._called.setdefault(address, (row.number, held))
        if before.name and held.name and before.name != held.name:
            self._wrong(row, "name", SheetCode.NAME_DIFFERS, earlier=where, found=before.name)
        elif before.language != held.language:
            spoken = sheet_words.language_name(before.language, self.language)
            self._wrong(row, "language", SheetCode.LANGUAGE_DIFFERS, earlier=where, found=spoken)
        at = self._sitting.setdefault((held.body, held.seat, address), row.number)
        if at != row.number:
            self._wrong(row, "address", SheetCode.PERSON_TWICE, earlier=at)
        self._taken[held.key] = (row.number, held)

    def _wrong(self, row: SheetRow, name: str, code: SheetCode, **values: object) -> None:
        column = self.columns[name] + 1 if name in self.columns else 0
        self.faults.append(fault(row.number, column, code, name, **values))


def _unreadable(cell: Cell) -> SheetCode | None:
    if cell.problem is not None:
        return cell.problem
    text = cell.text.strip(" ")
    if "\r" in text or "\n" in text or "\u2028" in text:
        return SheetCode.LINE_BREAK
    return SheetCode.CONTROL if UNSEEN.search(text) or "\t" in text else None
