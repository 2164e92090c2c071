"""A column younger than the rows: what the journal cannot have known is taken from the migration that added it."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from models import images
from models.added import added_by
from models.migrate import MIGRATIONS
from models.verify import verify
from tests.models.rows import AT as NOW
from tests.models.rows import a_body, a_person, begin
from tests.tasks.world import Reused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.sqlite

LATER = '''
    """Columns that came later."""

    revision = "9999"
    down_revision = "0001"

    ADDED = {said}


    def upgrade() -> None:
        """The test's tables have them already."""
'''
BEFORE = {"body.withdrawn", "person.name", "cycle.registry_no"}
"""What the program that wrote the journal did not know: with a value, personal, and empty for rows of before."""


@pytest.fixture
def older(monkeypatch: pytest.MonkeyPatch) -> Iterator[Reused]:
    """A register whose rows were written when some columns were not there."""
    known = images.columns
    with monkeypatch.context() as past:
        past.setattr(
            images, "columns",
            lambda table: tuple(one for one in known(table) if f"{table.__tablename__}.{one[0]}" not in BEFORE),
        )  # fmt: skip
        register = Reused.taken()
        begin(register)
        with register.change("c", at=NOW, actor="test") as change:
            change.add(a_body("board"))
            person = a_person()
            person.name = "unknown"
            change.add(person)
            change.record("people_added", "c")
    yield register
    register.close()


def later(tmp_path: Path, said: str) -> Path:
    """The migrations with one more, that says this of its columns."""
    import shutil

    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    text = dedent(LATER).replace("{said}", said)
    (folder / "versions" / "9999_later.py").write_text(text.lstrip(), encoding="utf-8")
    return folder


SAID = '{"body": {"withdrawn": False}, "person": {"name": "unknown"}}'


def faults(register: Reused, migrations: Path | None) -> tuple[str, ...]:
    with register.read() as session:
        return verify(session, "c", migrations=migrations).faults


def test_value_that_the_migration_gave_is_no_fault(older: Reused, tmp_path: Path) -> None:
    """Plain and personal ones; an empty one needs no word."""
    assert faults(older, later(tmp_path, SAID)) == ()


def test_without_the_migrations_word_it_is_one(older: Reused) -> None:
    """Nothing is taken for granted."""
    assert faults(older, None) == (
        "body c/@board: changed behind the register's back: withdrawn",
        "person c/p1: changed behind the register's back: name",
    )


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE body SET withdrawn = 1", "body c/@board: changed behind the register's back: withdrawn"),
        ("UPDATE person SET name = 'Anna'", "person c/p1: changed behind the register's back: name"),
    ],
)
def test_another_value_is_found(older: Reused, tmp_path: Path, statement: str, found: str) -> None:
    """What the migration did not give was written behind the register's back."""
    older.raw.execute(statement)
    assert faults(older, later(tmp_path, SAID)) == (found,)


def test_what_was_written_since_counts(older: Reused, tmp_path: Path) -> None:
    """A change after the upgrade is in the journal, and the migration says nothing of it any more."""
    from models.cycle import Body

    with older.change("c", at=NOW, actor="test") as change:
        change.get(Body, "c/@board").withdrawn = True
        change.record("body_withdrawn", "c/@board")
    migrations = later(tmp_path, SAID)
    assert faults(older, migrations) == ()
    older.raw.execute("UPDATE body SET withdrawn = 0")
    assert faults(older, migrations) == ("body c/@board: changed behind the register's back: withdrawn",)


def test_migrations_of_this_version_can_be_read() -> None:
    """Each names columns that there are."""
    from models.tables import JOURNALED

    tables = {str(table.__tablename__): table for table in JOURNALED}
    for table, given in added_by().items():
        assert given.keys() <= {name for name, _, _ in images.columns(tables[table])}
