"""Columns that are younger than some rows: what the journal, which did not know them yet, is taken to say of them.

A migration that adds a column with a value to a journaled table says so in `ADDED`: table, column, and the value that
rows of before have been given, as the journal would write it. What it does not say is not taken for granted.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from models.chain import commitment
from models.images import columns

if TYPE_CHECKING:
    from pathlib import Path

    from sqlmodel import SQLModel

Added = dict[str, dict[str, Any]]
"""By table and column: the value that rows of before have."""


@cache
def added_by(migrations: Path | None = None) -> Added:
    """What the migrations say, those of this version unless others are named."""
    from alembic.script import ScriptDirectory

    from models.migrate import MIGRATIONS

    said: Added = {}
    for script in ScriptDirectory(str(migrations or MIGRATIONS)).walk_revisions():
        for table, given in getattr(script.module, "ADDED", {}).items():
            said.setdefault(table, {}).update(given)
    return said


def with_added(row: SQLModel, said: dict[str, Any], added: Added) -> dict[str, Any]:
    """What the journal says of a row, and of the columns that came later what their migrations say."""
    given = added.get(str(type(row).__tablename__), {})
    missing = {name: given[name] for name, _, _ in columns(type(row)) if name in given and name not in said}
    personal = {name for name, is_personal, _ in columns(type(row)) if is_personal}
    for name in missing.keys() & personal:
        missing[name] = commitment(row.salt, missing[name])  # type: ignore[attr-defined]
    return {**missing, **said}
