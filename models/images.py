"""Row images: how the journal writes down what a change did to a row."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy.orm.attributes import get_history, instance_state

from models.chain import commitment
from models.storable import storable

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from sqlmodel import SQLModel

Operation = Literal["insert", "update"]


@cache
def columns(table: type[SQLModel]) -> tuple[tuple[str, bool, bool], ...]:
    """The columns of a table: name, whether personal, whether secret."""
    return tuple(
        (c.key, bool(c.info.get("personal")), bool(c.info.get("secret")))
        for c in table.__table__.columns  # type: ignore[attr-defined]
    )


def image(row: SQLModel, operation: Operation, changed: AbstractSet[str] | None = None) -> list[Any]:
    """`[table, primary key, operation, columns]`; of an update only the columns that changed."""
    table, held = type(row), vars(row)
    said = None if changed is None else changed | _salted(table, changed)
    values = {
        name: commitment(held["salt"], held[name]) if personal else held[name]
        for name, personal, secret in columns(table)
        if not secret and (said is None or name in said)
    }
    return [str(table.__tablename__), primary_key(row), operation, values]


def noted(row: SQLModel, changed: AbstractSet[str] | None = None) -> list[Any]:
    """The image of a row that is about to be written; what a database may refuse is refused here, in plain words.

    Raises:
        Unstorable: a text holds what no database takes.
    """
    table, held = type(row), vars(row)
    for name in changed or [name for name, _, _ in columns(table)]:
        storable(held[name], f"{table.__tablename__}.{name}")
    return image(row, "update" if changed else "insert", changed)


def _salted(table: type[SQLModel], changed: AbstractSet[str]) -> set[str]:
    """With a new salt every commitment that is made with it is written down anew."""
    return {name for name, personal, _ in columns(table) if personal} if "salt" in changed else set()


def primary_key(row: SQLModel) -> str:
    """Every journaled table has one key column of text."""
    return str(row.id)  # type: ignore[attr-defined]


def changed_columns(row: SQLModel) -> set[str]:
    """The columns whose value differs from what the database holds: of those that were set, what was not set again."""
    return {name for name in instance_state(row).committed_state if get_history(row, name).has_changes()}
