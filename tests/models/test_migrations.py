"""An upgrade with a real second migration, while a cycle waits half-way."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from models.migrate import MIGRATIONS, NewerRegister, revision, upgrade
from models.register import Register, RegisterError
from tests.engine.going_on import OnDisk, settings_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.long

NAME = "jamtland-2012"
SECOND = '''
"""A column more on a table that others refer to, and a table more."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with op.batch_alter_table("cycle", recreate="always") as batch:
        batch.add_column(sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table("later", sa.Column("id", sa.String(), primary_key=True))
    op.execute("INSERT INTO later VALUES ('once')")
'''


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """The migrations of a later version."""
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "0002_later.py").write_text(SECOND, encoding="utf-8")
    return folder


@pytest.fixture
def waiting(tmp_path: Path) -> Iterator[OnDisk]:
    """A cycle that waits half-way."""
    cycle = OnDisk.begun(settings_in(tmp_path / "data"), NAME)
    cycle.on_to(date(2013, 6, 20))
    cycle.register.close()
    yield cycle
    cycle.register.close()


def test_cycle_that_waits_goes_on_after_an_upgrade(waiting: OnDisk, newer: Path) -> None:
    """A table that half of the others refer to is made anew; nothing is lost, and the cycle ends as ever."""
    url = waiting.register.url
    upgrade(url, newer)
    assert revision(Register(url), newer).current
    told = waiting.to_the_end()
    assert (told["outcome"], told["journal"]["verified"]) == ("adopted", True)


def test_what_was_there_before_is_kept_beside(waiting: OnDisk, newer: Path, caplog: pytest.LogCaptureFixture) -> None:
    """For a way back; who starts it is told where."""
    file = waiting.register.url.removeprefix("sqlite:///")
    before = rows(file)
    upgrade(waiting.register.url, newer)
    copy = f"{file}.before-0002"
    assert rows(copy) == before
    assert "from revision 0001 to 0002" in caplog.text
    assert copy in caplog.text


def test_newer_register_is_refused(waiting: OnDisk, newer: Path) -> None:
    """An older program would write rows that the newer one takes for damaged."""
    upgrade(waiting.register.url, newer)
    with pytest.raises(NewerRegister, match="made by a newer Samsyn: its tables are of revision 0002"):
        upgrade(waiting.register.url)


def test_processes_that_start_at_once_migrate_once(waiting: OnDisk, newer: Path) -> None:
    """Portal, worker and two more; the insert of the migration is there once, and all of them start."""
    program = dedent(f"""
        from pathlib import Path
        from models.migrate import upgrade
        upgrade({waiting.register.url!r}, Path({str(newer)!r}))
    """)
    started = [subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True) for _ in range(4)]
    said = [process.communicate(timeout=120)[1] for process in started]
    assert [process.returncode for process in started] == [0, 0, 0, 0], said
    assert sum("are brought from revision" in err for err in said) == 1
    with Register(waiting.register.url).read() as session:
        assert session.connection().execute(text("SELECT id FROM later")).all() == [("once",)]


def test_migration_that_fails_changes_nothing(waiting: OnDisk, newer: Path) -> None:
    """What it had done before it failed is taken back."""
    with (newer / "versions" / "0002_later.py").open("a", encoding="utf-8") as file:
        file.write("    op.execute('INSERT INTO nowhere VALUES (1)')\n")
    before = rows(waiting.register.url.removeprefix("sqlite:///"))
    with pytest.raises(Exception, match="nowhere"):
        upgrade(waiting.register.url, newer)
    assert rows(waiting.register.url.removeprefix("sqlite:///")) == before
    upgrade(waiting.register.url)


def test_migration_that_leaves_rows_without_their_cycle_is_taken_back(waiting: OnDisk, newer: Path) -> None:
    """Foreign keys are not looked at while tables are made anew, but before it counts."""
    with (newer / "versions" / "0002_later.py").open("a", encoding="utf-8") as file:
        file.write("    op.execute('DELETE FROM cycle')\n")
    with pytest.raises(RegisterError, match=r"refer to nothing, in: .*phase"):
        upgrade(waiting.register.url, newer)
    assert waiting.to_the_end()["outcome"] == "adopted"


def rows(file: str) -> dict[str, int]:
    """How many rows each table has."""
    with closing(sqlite3.connect(file)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in names}  # noqa: S608
