"""The floor: one durable one-row transaction, on the driver itself and with the register's own settings."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
from sqlalchemy import make_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TABLE = "CREATE TABLE IF NOT EXISTS floor (id text, said text)"


@contextmanager
def floor(url: str) -> Iterator[Callable[[], object]]:
    """What commits one row in the database of a register; call it as often as is to be measured."""
    with _on_sqlite(url) if url.startswith("sqlite") else _on_postgresql(url) as commit:
        yield commit


@contextmanager
def _on_sqlite(url: str) -> Iterator[Callable[[], object]]:
    """Beside the register's file, so that neither waits for the other."""
    connection = sqlite3.connect(f"{make_url(url).database}.floor", isolation_level=None, check_same_thread=False)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):  # as models/register.py sets them
        connection.execute(f"PRAGMA {pragma}")
    connection.execute(TABLE)
    yield lambda: connection.execute("INSERT INTO floor VALUES ('one', 'We agree.')")
    connection.close()


@contextmanager
def _on_postgresql(url: str) -> Iterator[Callable[[], object]]:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(TABLE)
        yield lambda: connection.execute("INSERT INTO floor VALUES ('one', 'We agree.')")
