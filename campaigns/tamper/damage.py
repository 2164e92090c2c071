"""Ways of changing a register behind its back. Each is a statement or a few, and a line that says what was done."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

from models.files import FileContent
from models.journal import JournalEntry
from models.tables import JOURNALED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from campaigns.tamper.registers import Stored

COVERED = (*JOURNALED, FileContent, JournalEntry)
"""Every table that verification answers for."""


class Void(Exception):  # noqa: N818
    """The database refused it, or it says the same as before."""


def values(stored: Stored) -> Iterator[tuple[str, str, Any]]:
    """Every column that holds something, as table and column, each with the ways of changing one value in it."""
    for table in COVERED:
        name = str(table.__tablename__)
        if not stored.raw.execute(f'SELECT 1 FROM "{name}"').fetchone():  # noqa: S608
            continue
        for column in table.__table__.columns:  # type: ignore[union-attr]
            yield name, column.name, (flipped, emptied, swapped)


def rows(stored: Stored) -> Iterator[tuple[str, str, Any]]:
    """Every table that has rows, with the ways of changing which rows there are."""
    for table in COVERED:
        name = str(table.__tablename__)
        if stored.raw.execute(f'SELECT 1 FROM "{name}"').fetchone():  # noqa: S608
            yield name, "", (deleted, doubled)


def flipped(stored: Stored, table: str, column: str, chance: Random) -> str:
    """One bit of a text or of bytes, one more or less of a number."""
    row = _row(stored, table, chance, f'"{column}" IS NOT NULL')
    [value] = stored.raw.execute(f'SELECT "{column}" FROM "{table}" WHERE rowid = ?', (row,)).fetchone()  # noqa: S608
    new, said = _other(value, chance)
    _set(stored, table, column, row, new)
    return f"{table}.{column} of row {row}: {said}"


def _other(value: Any, chance: Random) -> tuple[Any, str]:
    if isinstance(value, int | float):
        step = chance.choice((-1, 1))
        return value + step, f"{value} became {value + step}"
    octets = bytearray(value.encode() if isinstance(value, str) else value)
    if not octets:
        return ("x" if isinstance(value, str) else b"x"), "nothing became something"
    while True:  # a bit that leaves a text readable: others are refused by whoever reads it
        at, bit = chance.randrange(len(octets)), 1 << chance.randrange(8)
        octets[at] ^= bit
        try:
            return (octets.decode() if isinstance(value, str) else bytes(octets)), f"bit {bit} of octet {at}"
        except UnicodeDecodeError:
            octets[at] ^= bit


def emptied(stored: Stored, table: str, column: str, chance: Random) -> str:
    """NULL where something stood, something where NULL stood."""
    row = _row(stored, table, chance)
    [value] = stored.raw.execute(f'SELECT "{column}" FROM "{table}" WHERE rowid = ?', (row,)).fetchone()  # noqa: S608
    new = "1" if value is None else None
    _set(stored, table, column, row, new)
    return f"{table}.{column} of row {row}: {'something' if value is None else 'NULL'}"


def swapped(stored: Stored, table: str, column: str, chance: Random) -> str:
    """The values of two rows, each in the other's place."""
    query = f'SELECT min(rowid), "{column}" FROM "{table}" GROUP BY "{column}" ORDER BY 1'  # noqa: S608
    found = stored.raw.execute(query).fetchall()
    if len(found) < 2:
        raise Void
    (one, first), (other, second) = chance.sample(found, 2)
    _set(stored, table, column, one, f"{first}-away" if isinstance(first, str) else -1)
    _set(stored, table, column, other, first)
    _set(stored, table, column, one, second)
    return f"{table}.{column}: rows {one} and {other} swapped"


def deleted(stored: Stored, table: str, _column: str, chance: Random) -> str:
    """A row is gone."""
    row = _row(stored, table, chance)
    stored.raw.execute(f'DELETE FROM "{table}" WHERE rowid = ?', (row,))  # noqa: S608
    return f"{table}: row {row} deleted"


def doubled(stored: Stored, table: str, _column: str, chance: Random) -> str:
    """A row once more, under a name of its own."""
    row = _row(stored, table, chance)
    names = [name for _, name, *_ in stored.raw.execute(f'PRAGMA table_info("{table}")')]
    unique = {"id", "sha256", "token_sha256", "nonce", "key"}
    numbers = {"seq", "version", "round", "occurrence", "ordinal", "number"}
    copied = [
        f"\"{name}\" || 'x'" if name in unique else f'"{name}" + 1000' if name in numbers else f'"{name}"'
        for name in names
    ]
    _run(stored, f'INSERT INTO "{table}" SELECT {", ".join(copied)} FROM "{table}" WHERE rowid = ?', row)  # noqa: S608
    return f"{table}: row {row} doubled"


def cut(stored: Stored, chance: Random) -> str:
    """The last entries of the journal are gone, and the tables are as they were."""
    [last] = stored.raw.execute("SELECT max(seq) FROM journal").fetchone()
    from_ = chance.randint(2, last)
    stored.raw.execute("DELETE FROM journal WHERE seq >= ?", (from_,))
    return f"journal: cut from entry {from_}"


def _row(stored: Stored, table: str, chance: Random, where: str = "1") -> int:
    found = stored.raw.execute(f'SELECT rowid FROM "{table}" WHERE {where} ORDER BY rowid').fetchall()  # noqa: S608
    if not found:
        raise Void
    return int(chance.choice(found)[0])


def _set(stored: Stored, table: str, column: str, row: int, value: Any) -> None:
    _run(stored, f'UPDATE "{table}" SET "{column}" = ? WHERE rowid = ?', value, row)  # noqa: S608


def _run(stored: Stored, statement: str, *given: Any) -> None:
    try:
        stored.raw.execute(statement, given)
    except (sqlite3.IntegrityError, OverflowError) as refused:
        raise Void from refused
