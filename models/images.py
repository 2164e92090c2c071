"""Row images: how the journal writes down what a change did to a row."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import inspect

from models.chain import commitment

if TYPE_CHECKING:
    from sqlmodel import SQLModel

Operation = Literal["insert", "update"]


@cache
def columns(table: type[SQLModel]) -> tuple[tuple[str, bool, bool], ...]:
    """The columns of a table: name, whether personal, whether secret."""
    return tuple(
        (c.key, bool(c.info.get("personal")), bool(c.info.get("secret")))
        for c in table.__table__.columns  # type: ignore[attr-defined]
    )


def image(row: SQLModel, operation: Operation) -> list[Any]:
    """`[table, primary key, operation, columns]`; of an update only the columns that changed."""
    table, held = type(row), vars(row)
    changed = None if operation == "insert" else _written(row)
    values = {
        name: commitment(held["salt"], held[name]) if personal else held[name]
        for name, personal, secret in columns(table)
        if not secret and (changed is None or name in changed)
    }
    return [str(table.__tablename__), primary_key(row), operation, values]


def _written(row: SQLModel) -> set[str]:
    """What an update writes down: the columns that changed, and with a new salt every commitment made with it."""
    changed = changed_columns(row)
    salted = {name for name, personal, _ in columns(type(row)) if personal} if "salt" in changed else set()
    return changed | salted


def primary_key(row: SQLModel) -> str:
    """Every journaled table has one key column of text."""
    return str(row.id)  # type: ignore[attr-defined]


def changed_columns(row: SQLModel) -> set[str]:
    """The columns whose value differs from what the database holds: of those that were set, what was not set again."""
    state = inspect(row)
    return {name for name in state.committed_state if state.attrs[name].history.has_changes()}
