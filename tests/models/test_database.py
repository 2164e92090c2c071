"""What the register asks of its database, and that the migrations give it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import PrimaryKeyConstraint, Table, UniqueConstraint, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import CreateIndex, CreateTable

from models.base import metadata
from models.migrate import upgrade
from models.register import Register, table_names
from models.tables import CONTENT, JOURNALED, OPERATIONAL
from tests.registers import registers

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("pragma", "expected"), [("synchronous", 2), ("foreign_keys", 1), ("journal_mode", "wal"), ("busy_timeout", 30_000)]
)
def test_every_connection_to_sqlite_keeps_the_promises(on_disk: Register, pragma: str, expected: object) -> None:
    """FULL, so that an acknowledged answer is on disk; foreign keys on; readers do not block the writer."""
    for engine in (on_disk.engine, on_disk.writing):
        with engine.connect() as connection:
            assert connection.execute(text(f"PRAGMA {pragma}")).scalar() == expected


def test_row_that_refers_to_nothing_is_refused(on_disk: Register) -> None:
    """A body of no cycle cannot be written, not even with SQL."""
    stray = text("INSERT INTO journal VALUES ('nowhere', 1, '2024-01-01', 'a', 'e', '{}', '0', '0')")
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"), on_disk.operate() as session:
        session.connection().execute(stray)


def test_every_table_can_be_made_on_postgresql() -> None:
    """Nothing in the schema is SQLite's alone."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    for table in metadata.sorted_tables:
        assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=dialect))
        for index in table.indexes:
            assert "CREATE" in str(CreateIndex(index).compile(dialect=dialect))


def test_names_fit_postgresql() -> None:
    """PostgreSQL cuts names at 63 signs, and an error could then not be told from another by its name."""
    names = [str(c.name) for table in metadata.sorted_tables for c in (*table.constraints, *table.indexes) if c.name]
    assert max(map(len, names)) <= 63
    assert len(set(names)) == len(names)


def test_journaled_and_operational_tables_are_all_there_are() -> None:
    """A new table is covered by the journal, referred to from there by its hash, or named as one that may be lost."""
    known = {str(table.__tablename__) for table in (*JOURNALED, *CONTENT, *OPERATIONAL)}
    assert known == set(metadata.tables)


def test_migrations_make_what_the_models_say(url: str) -> None:
    """A database brought up by Alembic and the models have no differences."""
    register = Register(url)
    with register.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    register.close()


@pytest.mark.sqlite
def test_upgrading_again_changes_nothing(url: str) -> None:
    """Every start upgrades; nearly always there is nothing to do."""

    def schema() -> list[tuple[str, ...]]:
        with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
            return connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()

    before = schema()
    upgrade(url)
    assert schema() == before


def test_two_processes_may_upgrade_at_once(tmp_path: Path) -> None:
    """Worker and portal start together on an empty folder; both find a complete register."""
    url = registers.bare(tmp_path / "fresh.db")
    program = f"from models.migrate import upgrade; upgrade({url!r})"
    running = [subprocess.Popen([sys.executable, "-c", program]) for _ in range(2)]
    assert [process.wait(60) for process in running] == [0, 0]
    register = Register(url)
    assert set(metadata.tables) < table_names(register)
    register.close()


def test_no_index_is_covered_by_another() -> None:
    """Each is written with every row: one whose columns another begins with is paid for and never needed."""
    covered = [
        f"{table.name}: {', '.join(columns)}"
        for table in metadata.sorted_tables
        for number, columns in enumerate(_indexed(table))
        for other, longer in enumerate(_indexed(table))
        if number != other and longer[: len(columns)] == columns
    ]
    assert not covered


def _indexed(table: Table) -> list[tuple[str, ...]]:
    """What finds rows among all of them: indexes over a part of the table are for that part."""
    unique = [one for one in table.constraints if isinstance(one, (PrimaryKeyConstraint, UniqueConstraint))]
    whole = [one for one in table.indexes if one.dialect_options["sqlite"]["where"] is None]
    return [tuple(column.name for column in one.columns) for one in (*unique, *whole)]
