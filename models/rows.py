"""Rows as they are written: one statement for each table, built once, in place of one for each row.

The session still knows the rows it has read; what a change writes goes past its unit of work. Why:
docs/decisions, "A change writes its rows itself".
"""

from __future__ import annotations

from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, update

from models.images import columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from sqlalchemy import Connection, Insert, Update
    from sqlmodel import SQLModel

KEY = "key_of_the_row"
"""What an update finds its row by; no column is called so."""


def insert_rows(connection: Connection, rows: Sequence[SQLModel]) -> None:
    """Write new rows of one table, in one statement."""
    names = [name for name, _, _ in columns(type(rows[0]))]
    execute(connection, _insert_of(type(rows[0])), [_values(row, names) for row in rows])


def update_rows(connection: Connection, changed: Iterable[tuple[SQLModel, AbstractSet[str]]]) -> None:
    """Write the columns that changed of rows that are there; neighbours that changed alike in one statement.

    Raises:
        AssertionError: one of them is not there.
    """
    for (table, names), alike in groupby(changed, _table_and_names):
        values = [{KEY: row.id, **_values(row, names)} for row, _ in alike]  # type: ignore[attr-defined]
        if (found := execute(connection, _update_of(table), values)) != len(values):
            raise AssertionError(f"{found} rows of {table.__tablename__} were there, and {len(values)} changed")


def execute(connection: Connection, statement: Insert | Update, values: Sequence[dict[str, Any]]) -> int:
    """Execute a statement for each of several values; how many rows that concerned."""
    return connection.execute(statement, values if len(values) > 1 else values[0]).rowcount


def _table_and_names(changed: tuple[SQLModel, AbstractSet[str]]) -> tuple[type[SQLModel], AbstractSet[str]]:
    return type(changed[0]), changed[1]


def _values(row: SQLModel, names: Iterable[str]) -> dict[str, Any]:
    held = vars(row)
    return {name: held[name] for name in names}


@cache
def _insert_of(table: type[SQLModel]) -> Insert:
    return insert(table.__table__)  # type: ignore[attr-defined]


@cache
def _update_of(table: type[SQLModel]) -> Update:
    mapped = table.__table__  # type: ignore[attr-defined]
    return update(mapped).where(mapped.c.id == bindparam(KEY))
