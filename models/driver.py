"""The database's own driver behind a connection, where SQLAlchemy has nothing to add to a statement."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection


def execute(connection: Connection, text: str, values: Sequence[Any]) -> Any:
    """Execute a statement for each of several sets of values, in the transaction of the connection; its cursor.

    SQLAlchemy does not see it, nor do those who listen to SQLAlchemy.
    """
    cursor: Any = driver_of(connection).cursor()
    if len(values) == 1:
        cursor.execute(text, values[0])
    else:
        cursor.executemany(text, values)
    return cursor


@contextmanager
def together(connection: Connection) -> Iterator[None]:
    """For statements of which none needs what another comes to.

    On PostgreSQL they are waited for once, at the end: libpq's pipeline mode (PostgreSQL's documentation, 32.5). Where
    one is refused, those after it are not executed.
    """
    with driver_of(connection).pipeline() if connection.dialect.name == "postgresql" else nullcontext():
        yield


@contextmanager
def translated(connection: Connection) -> Iterator[None]:
    """What the driver refuses is refused as SQLAlchemy says it, and a connection that is gone is not used again."""
    known: Any = connection.dialect.loaded_dbapi
    try:
        yield
    except known.Error as refused:
        dialect, gone = connection.dialect, connection.dialect.is_disconnect(refused, driver_of(connection), None)
        if gone:
            connection.invalidate(refused)
        raise DBAPIError.instance(
            None, None, refused, known.Error, dialect=dialect, connection_invalidated=gone
        ) from refused  # fmt: skip


def driver_of(connection: Connection) -> Any:
    """The driver's own connection."""
    return connection.connection.dbapi_connection


__all__ = ["driver_of", "execute", "together", "translated"]
