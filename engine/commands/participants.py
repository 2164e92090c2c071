"""Participants from a CSV file: who really holds the seats that a definition names."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from config.definition import Address
from config.faults import unknown
from config.seats import SeatHolder, occupants
from config.terms import Language, Seat
from engine.unusable import UnusableFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from config.definition import Definition

COLUMNS = ("body", "seat", "number", "address", "name", "language")
REQUIRED = ("body", "seat", "address")
ADDRESS: TypeAdapter[str] = TypeAdapter(Address)


class BadParticipants(UnusableFile):
    """A file of participants with faults, one line each: `FILE:LINE: message`."""


def read_participants(path: Path, definition: Definition) -> list[SeatHolder]:
    """Read `body,seat,number,address,name,language`; number is 1 and language the cycle's when left out.

    Raises:
        BadParticipants: with every fault in the file, by line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            rows = [(reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as unread:
        raise BadParticipants(f"{path}:1: cannot be read: {getattr(unread, 'strerror', None) or unread}") from None
    if not rows or any(name not in rows[0][1] for name in REQUIRED):
        raise BadParticipants(f"{path}:1: the first line must name the columns {', '.join(COLUMNS)}")
    known = {(held.body, held.seat, held.ordinal) for key in definition.bodies for held in occupants(definition, key)}
    faults: list[str] = []
    people = [_holder(row, definition, known, faults, f"{path}:{line}") for line, row in rows]
    if faults:
        raise BadParticipants("\n".join(faults))
    return [held for held in people if held is not None]


def _holder(
    row: dict[str, str | None],
    definition: Definition,
    known: set[tuple[str, Seat, int]],
    faults: list[str],
    place: str,
) -> SeatHolder | None:
    said = {name: (row.get(name) or "").strip() for name in COLUMNS}
    wrong = list(_wrong(said))
    if wrong:
        faults.extend(f"{place}: {message}" for message in wrong)
        return None
    seat, number, address = Seat(said["seat"]), int(said["number"] or 1), said["address"]
    language = Language(said["language"] or definition.language)
    if (said["body"], seat, number) not in known:
        faults.append(f"{place}: the definition has no seat {seat} {number} in '{said['body']}'")
        return None
    return SeatHolder(said["body"], seat, number, address, said["name"] or None, language)


def _wrong(said: dict[str, str]) -> Iterator[str]:
    """What is wrong with one line's words by themselves."""
    if said["seat"] not in set(Seat):
        yield unknown("seat", said["seat"], Seat)
    if said["language"] and said["language"] not in set(Language):
        yield unknown("language", said["language"], Language)
    if said["number"] and not said["number"].isdecimal():
        yield f"'{said['number']}' is no number; the seats of a kind count from 1"
    try:
        ADDRESS.validate_python(said["address"])
    except ValidationError:
        yield f"'{said['address']}' is no e-mail address"
