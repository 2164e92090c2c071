"""Participants from a CSV file: who really holds the seats that a definition names."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from config.definition import Address
from config.seats import SeatHolder, occupants
from config.terms import Language, Seat
from models.register import RegisterError

if TYPE_CHECKING:
    from pathlib import Path

    from config.definition import Definition

COLUMNS = ("body", "seat", "number", "address", "name", "language")
REQUIRED = ("body", "seat", "address")
ADDRESS: TypeAdapter[str] = TypeAdapter(Address)


class BadParticipants(RegisterError):  # noqa: N818
    """A file of participants with faults, one line each: `FILE:LINE: message`."""


def read_participants(path: Path, definition: Definition) -> list[SeatHolder]:
    """Read `body,seat,number,address,name,language`; number is 1 and language the cycle's when left out.

    Raises:
        BadParticipants: with every fault in the file, by line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as unread:
        raise BadParticipants(f"{path}: cannot be read: {unread}") from None
    absent = [name for name in REQUIRED if rows and name not in rows[0]]
    if absent or not rows:
        raise BadParticipants(f"{path}:1: the first line must name the columns {', '.join(COLUMNS)}")
    known = {(held.body, held.seat, held.ordinal) for key in definition.bodies for held in occupants(definition, key)}
    faults: list[str] = []
    people = [_holder(row, definition, known, faults, f"{path}:{line}") for line, row in enumerate(rows, start=2)]
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
    try:
        seat, number = Seat(said["seat"]), int(said["number"] or 1)
        language = Language(said["language"] or definition.language)
        address = ADDRESS.validate_python(said["address"])
    except ValidationError:
        faults.append(f"{place}: '{said['address']}' is no e-mail address")
        return None
    except ValueError as wrong:
        faults.append(f"{place}: {wrong}")
        return None
    if (said["body"], seat, number) not in known:
        faults.append(f"{place}: the definition has no seat {seat} {number} in '{said['body']}'")
        return None
    return SeatHolder(said["body"], seat, number, address, said["name"] or None, language)
