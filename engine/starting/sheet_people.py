"""Rows of a spreadsheet become holders of seats; everything that is wrong is collected."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from config.faults import nearest
from config.terms import Language, Seat
from engine.starting.content import Held, seats_of
from engine.starting.sheet_address import address_fault
from engine.starting.sheet_faults import COLUMNS, SheetCode, SheetFault, fault
from notifications.i18n import tongue
from notifications.letter import UNSEEN
from notifications.terms import seat_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from config.definition import Definition
    from engine.starting.sheet_cells import Cell, SheetRow

LONGEST_NAME = 200
LONGEST_NUMBER = 4


class People:
    """Takes rows one by one, then says who holds which seat and what is wrong."""

    def __init__(self, definition: Definition, columns: dict[str, int]) -> None:
        self.definition = definition
        self.columns = columns
        self.faults: list[SheetFault] = []
        self._known = {held.key: held for held in seats_of(definition)}
        self._counts = Counter((body, seat) for body, seat, _ in self._known)
        self._bodies = _names(definition)
        self._taken: dict[tuple[str, Seat, int], tuple[int, Held]] = {}
        self._called: dict[str, tuple[int, Held]] = {}  # by address
        self._mentioned: set[tuple[str, Seat, int]] = set()

    def take(self, row: SheetRow) -> None:
        """One row below the headings."""
        if row.broken or row.empty:
            self._wrong(row, "", SheetCode.BROKEN_ROW if row.broken else SheetCode.EMPTY_ROW)
            return
        self._beside(row)
        before = len(self.faults)
        said = {name: self._said(row, name) for name in COLUMNS}
        seat = self._seat(row, said)
        address = self._address(row, said["address"])
        name = self._name(row, said["name"])
        language = self._language(row, said["language"])
        if seat is not None:
            self._mentioned.add(seat)
        if seat is None or address is None or len(self.faults) > before:
            return
        self._hold(row, Held(
            body=seat[0], seat=seat[1], number=seat[2], address=address, name=name,
            language=language or self.definition.language,
        ))  # fmt: skip

    def close(self, last: int) -> None:
        """After the last row: seats that nobody has, and who attests what she has written herself."""
        for body, seat, number in self._known:
            if (body, seat, number) not in self._mentioned:
                self.faults.append(fault(last + 1, 0, SheetCode.SEAT_UNFILLED, body=body, seat=seat, number=number))
        for (body, seat, _), (row, held) in self._taken.items():
            keeps = (where for where, other in self._taken.values() if _writes(other, body, held.address))
            if seat is Seat.ATTESTOR and (secretary := next(keeps, None)):
                column = self.columns["address"] + 1
                self.faults.append(fault(row, column, SheetCode.SECRETARY_ATTESTS, earlier=secretary))

    def in_order(self) -> list[Held]:
        """The holders in the definition's order."""
        return [self._taken[key][1] for key in self._known]

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

    def _seat(self, row: SheetRow, said: dict[str, str]) -> tuple[str, Seat, int] | None:
        body, seat = self._body(row, said["body"]), self._kind(row, said["seat"])
        number = self._number(row, said["number"])
        if body is None or seat is None or number is None:
            return None
        most = self._counts[body, seat]
        if not most:
            self._wrong(row, "seat", SheetCode.SEAT_NOT_THERE, body=said["body"], seat=said["seat"])
            return None
        if number == 0 and most > 1 and not said["number"]:
            self._wrong(row, "number", SheetCode.NUMBER_MISSING, most=most)
            return None
        if max(number, 1) > most or (number == 0 and said["number"]):
            self._wrong(row, "number", SheetCode.NUMBER_RANGE, found=said["number"], most=most)
            return None
        return body, seat, max(number, 1)

    def _body(self, row: SheetRow, said: str) -> str | None:
        if not said:
            self._wrong(row, "body", SheetCode.BODY_MISSING)
            return None
        found = self._bodies.get(said.casefold())
        if found is None:
            near = nearest(said, self._bodies) or ", ".join(sorted(set(self._bodies.values()))[:6])
            self._wrong(row, "body", SheetCode.BODY_UNKNOWN, found=said, near=near)
        return found

    def _kind(self, row: SheetRow, said: str) -> Seat | None:
        if not said:
            self._wrong(row, "seat", SheetCode.SEAT_MISSING)
            return None
        found = SEATS.get(said.casefold())
        if found is None:
            near = nearest(said, SEATS) or ", ".join(Seat)
            self._wrong(row, "seat", SheetCode.SEAT_UNKNOWN, found=said, near=near)
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
        if any(one.row == row.number and one.column == self.columns["address"] + 1 for one in self.faults[-8:]):
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
        if said and said.lower() not in set(Language):
            self._wrong(row, "language", SheetCode.LANGUAGE_UNKNOWN, found=said)
            return None
        return Language(said.lower()) if said else None

    def _hold(self, row: SheetRow, held: Held) -> None:
        if held.key in self._taken:
            self._wrong(row, "number", SheetCode.SEAT_TWICE, earlier=self._taken[held.key][0])
            return
        address = held.address.casefold()
        where, before = self._called.setdefault(address, (row.number, held))
        if before.name and held.name and before.name != held.name:
            self._wrong(row, "name", SheetCode.NAME_DIFFERS, earlier=where, found=before.name)
        elif before.language != held.language:
            self._wrong(row, "language", SheetCode.LANGUAGE_DIFFERS, earlier=where, found=before.language)
        same = (at for at, other in self._taken.values() if _same_seat(other, held))
        if at := next(same, None):
            self._wrong(row, "address", SheetCode.PERSON_TWICE, earlier=at)
        self._taken[held.key] = (row.number, held)

    def _wrong(self, row: SheetRow, name: str, code: SheetCode, **values: object) -> None:
        column = self.columns[name] + 1 if name in self.columns else 0
        self.faults.append(fault(row.number, column, code, **values))


def _names(definition: Definition) -> dict[str, str]:
    """The keys of all bodies, by key and by name in small letters."""
    found: dict[str, str] = {}
    for group, body in definition.bodies.items():
        for key, name in body.parts(group).items():
            for called in definition.by_language(name).values():
                found.setdefault(called.casefold(), key)
    keys = {key: key for members in definition.members_of.values() for key in members}
    return {**found, **keys}


def _seat_names() -> Iterator[tuple[str, Seat]]:
    for seat in Seat:
        yield f"{seat}s", seat
        for language in Language:
            yield seat_words(seat, tongue(str(language))).casefold(), seat
        yield str(seat), seat


SEATS = dict(_seat_names())
"""Seats by what people write: the key, and its name in every language."""


def _unreadable(cell: Cell) -> SheetCode | None:
    if cell.problem is not None:
        return cell.problem
    text = cell.text.strip(" ")
    if "\r" in text or "\n" in text or "\u2028" in text:
        return SheetCode.LINE_BREAK
    return SheetCode.CONTROL if UNSEEN.search(text) or "\t" in text else None


def _writes(held: Held, body: str, address: str) -> bool:
    return held.seat is Seat.SECRETARY and held.body == body and held.address.casefold() == address.casefold()


def _same_seat(one: Held, other: Held) -> bool:
    same = (one.body, one.seat) == (other.body, other.seat)
    return same and one.address.casefold() == other.address.casefold()
