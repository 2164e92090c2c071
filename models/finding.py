"""What is looked for in names and addresses, whatever the case: also of Å, Ä, Ö, Æ and Ø."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from unicodedata import normalize

from sqlalchemy import String, or_, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction
from sqlmodel import col

if TYPE_CHECKING:
    import sqlite3

    from sqlalchemy import ColumnElement
    from sqlalchemy.sql.compiler import SQLCompiler

LOWERED = "samsyn_lowered"
"""SQLite's own `lower` knows the 26 letters of English only."""
ANY_LANGUAGE = '"und-x-icu"'
"""PostgreSQL's collation for no language in particular; `lower` otherwise goes by the database's, which may be "C"."""


class Lowered(GenericFunction[str]):
    """A text in lower case, with one spelling of each letter (Unicode's normal form C)."""

    name = LOWERED
    type = String()
    inherit_cache = True


@compiles(Lowered, "postgresql")
def _postgresql(element: Lowered, compiler: SQLCompiler, **kw: Any) -> str:
    return f"lower(normalize({compiler.process(element.clauses, **kw)}, NFC) COLLATE {ANY_LANGUAGE})"


def teach_sqlite(connection: sqlite3.Connection) -> None:
    """Let this connection put texts in lower case."""
    connection.create_function(LOWERED, 1, _lowered, deterministic=True)


def _lowered(text: str | None) -> str:
    return normalize("NFC", text or "").lower()


def has(wanted: str, *texts: str | None) -> bool:
    """Whether one of several texts has the one in it that is wanted."""
    sought = _lowered(wanted.strip())
    return not sought or any(sought in _lowered(text) for text in texts)


def holds(wanted: str, *columns: Any) -> ColumnElement[bool]:
    """The same of several columns; every row, when nothing is wanted."""
    sought = _lowered(wanted.strip())
    if not sought:
        return true()
    return or_(*(Lowered(col(one)).contains(sought, autoescape=True) for one in columns))


__all__ = ["has", "holds", "teach_sqlite"]
