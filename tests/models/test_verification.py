"""Whatever is changed behind the register's back is found: in the state tables, and in the journal itself.

What cannot be found from inside: somebody who rewrites the whole journal with new hashes and the tables to match, or
who takes away the last entries together with every trace of them. For that the head must be known outside.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import JSON, Boolean, Date, Integer
from sqlmodel import select

from engine.verifying import verify_all
from models.base import Instant, Term
from models.files import FileContent, file_hash, keep_content
from models.journal import JournalEntry
from models.tables import JOURNALED
from models.verify import Verification, rebuilt, verify
from tests.models.rows import AT
from tests.tasks.world import SLUG, World, tiny

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

pytestmark = pytest.mark.sqlite  # which row is changed behind whose back does not depend on the database

DEFINITION = """
    milestones:
      described: {by: 2024-02-29, words: "by the end of February"}
    phases:
      describe: {kind: project_description, author: office, approved_by: board, due: described}
      adopt: {kind: adoption, after: describe, text: project-description, principals: towns}
"""
NEVER_NULL = "x"
FILE = file_hash(b"x")
COLUMNS = [
    pytest.param(table, column.name, id=f"{table.__tablename__}.{column.name}")
    for table in JOURNALED
    for column in table.__table__.columns  # type: ignore[attr-defined]
]


class Tampered:
    """A register that holds, and raw access to the database under it."""

    def __init__(self) -> None:
        self.world = World(tiny(DEFINITION))
        self.world.reply("describe/description", "office")
        for seat in ("chair-1", "member-1", "member-2"):
            self.world.reply("describe/approval", f"board.{seat}")
        self._fill()
        self.raw: sqlite3.Connection = self.world.register.engine.raw_connection().driver_connection  # type: ignore[assignment]
        self.raw.execute("PRAGMA foreign_keys=OFF")
        self.whole = self.raw.serialize()

    def _fill(self) -> None:
        """A row in every table that the phases of this cycle have no use for."""
        empty = [table for table in JOURNALED if not self.world.rows(table)]
        rows = [made_up(table, self.world) for table in empty]
        with self.world.register.change(SLUG, at=self.world.now, actor="test") as change:
            change.record("rows_made_up", SLUG)
            keep_content(change.session, FILE, b"x")
            for row in rows:
                change.add(row)

    def restore(self) -> None:
        """As it was."""
        self.raw.deserialize(self.whole)

    def sql(self, statement: str, *values: Any) -> None:
        """Behind the register's back."""
        assert self.raw.execute(statement, values).rowcount > 0

    def verified(self) -> Verification:
        """What verification says now."""
        with self.world.register.read() as session:
            return verify(session, SLUG)


def made_up(table: Any, world: World) -> Any:
    """A row with a value in every column that must have one."""
    values: dict[str, Any] = {"id": f"{SLUG}/made-up", "cycle_id": SLUG}
    for column in table.__table__.columns:
        if column.name in values or column.nullable or column.default is not None:
            continue
        if column.foreign_keys:
            [key] = column.foreign_keys
            if key.column.table is FileContent.__table__:  # type: ignore[attr-defined]
                values[column.name] = FILE
                continue
            [referred] = [known for known in JOURNALED if known.__table__ is key.column.table]
            values[column.name] = (world.rows(referred) or [made_up(referred, world)])[0].id
        else:
            values[column.name] = _value(column.type)
    return table(**values)


def _value(kind: Any) -> Any:
    for known, value in ((JSON, []), (Boolean, False), (Integer, 1), (Date, date(2024, 2, 1)), (Instant, AT)):
        if isinstance(kind, known):
            return value
    return next(iter(kind.terms)) if isinstance(kind, Term) else "made up"


@pytest.fixture(scope="module")
def built() -> Iterator[Tampered]:
    """One cycle with a row in every table, between its two phases."""
    world = Tampered()
    yield world
    world.world.register.close()


@pytest.fixture
def register(built: Tampered) -> Tampered:
    """The cycle, untouched."""
    built.restore()
    return built


def another(column: Any, value: Any) -> Any:  # noqa: PLR0911 - one answer for each type
    """A value that the column could hold, different from the one there."""
    kind = column.type
    if isinstance(kind, Term):
        return next(str(term) for term in kind.terms if str(term) != value)
    if isinstance(kind, JSON):
        return '["changed"]'
    if isinstance(kind, Boolean):
        return 0 if value else 1
    if isinstance(kind, Integer):
        return (value or 0) + 1
    if isinstance(kind, Instant):
        return "2001-01-01 00:00:00.000000"
    if isinstance(kind, Date):
        return "2001-01-01"
    return f"{value}{NEVER_NULL}"


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE file_content SET content = x'79'", f"file_content {FILE}: changed behind the register's back"),
        ("UPDATE file_content SET content = x''", f"file_content {FILE}: changed behind the register's back"),
        ("UPDATE file_content SET size = size + 1", f"file_content {FILE}: changed behind the register's back"),
        ("DELETE FROM file_content", f"file_content {FILE}: the file is gone"),
    ],
)
def test_changed_and_missing_files_are_found(register: Tampered, statement: str, found: str) -> None:
    """The journal holds the hash only; the bytes must fit it."""
    register.sql(statement)
    assert register.verified().faults == (found,)


@pytest.mark.parametrize(
    ("key", "content", "found"),
    [
        ("0" * 64, b"put there", True),
        (file_hash(b"staged"), b"put there", True),
        (file_hash(b"staged"), b"staged", False),  # a text that was looked over and never published
        (file_hash(b"staged"), b"", False),  # disposed of
    ],
)
def test_bytes_that_nobody_handed_in_are_found(register: Tampered, key: str, content: bytes, found: bool) -> None:  # noqa: FBT001
    """A file that nothing refers to is kept by its hash like any other; whoever looks at one cycle is not told."""
    register.sql("INSERT INTO file_content (sha256, size, content) VALUES (?, ?, ?)", key, len(content), content)
    assert register.verified().holds
    [cycle, *strays] = verify_all(register.world.register)
    assert cycle.holds
    assert [one.faults for one in strays] == [(f"file_content {key}: changed behind the register's back",)] * found


def test_untouched_register_holds(register: Tampered) -> None:
    """Every table has a row, or the tests below would prove nothing."""
    assert register.verified().faults == ()
    for table in JOURNALED:
        assert register.world.rows(table), table.__tablename__


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_every_changed_value_is_found(register: Tampered, table: Any, column: str) -> None:
    """The fault names the table, the row and the column."""
    name = table.__tablename__
    key, value = register.raw.execute(f'SELECT id, "{column}" FROM "{name}" ORDER BY id').fetchone()  # noqa: S608
    new = another(table.__table__.columns[column], value)
    register.sql(f'UPDATE "{name}" SET "{column}" = ? WHERE id = ?', new, key)  # noqa: S608
    faults = register.verified().faults
    if column == "id" and name == "cycle":
        assert f"cycle {key}: the row is gone" in faults
    elif column == "id":
        assert faults == (f"{name} {key}: the row is gone", f"{name} {new}: a row that the journal does not know")
    elif column == "cycle_id":
        assert faults == (f"{name} {key}: the row is gone",)
    else:
        personal = sorted(one.name for one in table.__table__.columns if one.info.get("personal"))
        named = ", ".join(personal) if column == "salt" else column
        assert faults == (f"{name} {key}: changed behind the register's back: {named}",)


@pytest.mark.parametrize("table", JOURNALED, ids=lambda table: str(table.__tablename__))
def test_every_deleted_row_is_found(register: Tampered, table: Any) -> None:
    """A row that the journal tells of must be there."""
    name = table.__tablename__
    key = register.raw.execute(f'SELECT max(id) FROM "{name}"').fetchone()[0]  # noqa: S608
    register.sql(f'DELETE FROM "{name}" WHERE id = ?', key)  # noqa: S608
    assert f"{name} {key}: the row is gone" in register.verified().faults


@pytest.mark.parametrize("table", [t for t in JOURNALED if t.__tablename__ != "cycle"], ids=lambda t: t.__tablename__)
def test_every_inserted_row_is_found(register: Tampered, table: Any) -> None:
    """A copy of a row under another key is a row that nobody wrote."""
    name = table.__tablename__
    columns = [column.name for column in table.__table__.columns]
    unique = {"id", "token_sha256", "nonce", "version", "round", "occurrence", "key"}
    plain = {"version": "99", "round": "99", "occurrence": "99"}
    copied = ", ".join(plain.get(c, f"\"{c}\" || 'x'") if c in unique else f'"{c}"' for c in columns)
    register.sql(f'INSERT INTO "{name}" SELECT {copied} FROM "{name}" LIMIT 1')  # noqa: S608
    [fault] = register.verified().faults
    assert fault.startswith(f"{name} ")
    assert fault.endswith("a row that the journal does not know")


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [("phase", "status", "'paused'"), ("milestone", "due_on", "'soon'"), ("step", "offers", "'{'")],
)
def test_value_that_cannot_be_read_is_a_finding(register: Tampered, table: str, column: str, value: str) -> None:
    """Verification goes on where the rest of the program could not."""
    register.sql(f"UPDATE {table} SET {column} = {value}")  # noqa: S608
    assert any(fault.startswith(table) and "cannot be read" in fault for fault in register.verified().faults)


@pytest.mark.parametrize("column", ["body", "hash", "previous", "actor", "event"])
def test_every_changed_text_of_an_entry_is_found(register: Tampered, column: str) -> None:
    """The chain breaks at the entry, for whichever entry it is."""
    entries = register.world.journal_length()
    for seq in range(1, entries + 1):
        register.restore()
        register.sql(f"UPDATE journal SET {column} = {column} || ' ' WHERE seq = ?", seq)  # noqa: S608
        assert f"{SLUG}: journal entry {seq} (" in " ".join(register.verified().faults)


def test_changed_instant_of_an_entry_is_found(register: Tampered) -> None:
    """When it happened is part of what happened."""
    register.sql("UPDATE journal SET at = '2024-01-15 07:00:00.000001' WHERE seq = 2")
    assert "journal entry 2" in register.verified().faults[0]


def test_unreadable_instant_of_an_entry_is_a_finding(register: Tampered) -> None:
    """A journal that cannot be read does not hold."""
    register.sql("UPDATE journal SET at = 'yesterday' WHERE seq = 2")
    assert any("cannot be read" in fault for fault in register.verified().faults)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_one_sign_of_a_body_matters(register: Tampered, data: st.DataObject) -> None:
    """One sign, anywhere in any entry, replaced by any other."""
    register.restore()
    seq = data.draw(st.integers(1, register.world.journal_length()))
    body = register.raw.execute("SELECT body FROM journal WHERE seq = ?", (seq,)).fetchone()[0]
    at = data.draw(st.integers(0, len(body) - 1))
    sign = data.draw(st.characters(codec="utf-8", exclude_characters=f"\0{body[at]}"))
    register.sql("UPDATE journal SET body = ? WHERE seq = ?", body[:at] + sign + body[at + 1 :], seq)
    assert f"journal entry {seq} (" in register.verified().faults[0]


def test_swapped_entries_are_found(register: Tampered) -> None:
    """Order is part of the history."""
    for old, new in ((2, -1), (3, 2), (-1, 3)):
        register.sql("UPDATE journal SET seq = ? WHERE seq = ?", new, old)
    assert "journal entry 2" in register.verified().faults[0]


def test_removed_entry_is_found(register: Tampered) -> None:
    """A gap in the numbers."""
    register.sql("DELETE FROM journal WHERE seq = 2")
    assert register.verified().faults[0] == f"{SLUG}: journal entry 2 is missing before 3"


def test_removed_last_entry_is_found_by_what_it_wrote(register: Tampered) -> None:
    """The chain alone would hold; but the tables then know more than the journal."""
    last = register.world.journal_length()
    register.sql("DELETE FROM journal WHERE seq = ?", last)
    faults = register.verified().faults
    assert faults
    assert not any("journal entry" in fault for fault in faults)


def test_emptied_journal_is_found(register: Tampered) -> None:
    """Nothing to compare with is no agreement."""
    register.sql("DELETE FROM journal")
    assert register.verified().faults[0] == f"{SLUG}: the journal is empty"


def test_inserted_entry_is_found(register: Tampered) -> None:
    """An entry after the last one must carry on the chain."""
    last = register.world.journal_length()
    columns = "cycle_id, seq + 1, at, actor, event, body, previous, hash"
    register.sql(f"INSERT INTO journal SELECT {columns} FROM journal WHERE seq = ?", last)  # noqa: S608
    assert f"journal entry {last + 1}" in register.verified().faults[0]


def test_state_is_rebuilt_from_the_journal_alone(register: Tampered) -> None:
    """Every row of every table, column by column, without the tables."""
    with register.world.register.read() as session:
        entries = session.exec(select(JournalEntry).order_by(JournalEntry.seq)).all()  # type: ignore[arg-type]
    said = rebuilt(entries)
    for table in JOURNALED:
        name = str(table.__tablename__)
        found = {row.id: vars(row) for row in register.world.rows(table)}  # type: ignore[attr-defined]
        assert said[name].keys() == found.keys()
        for key, values in said[name].items():
            for column, value in values.items():
                held = found[key][column]
                if isinstance(held, (bool, int, str)) and not str(value).startswith("sha256:"):
                    assert value == held, (name, key, column)
                elif isinstance(held, (date, datetime)):
                    assert held.isoformat()[:10] in value


def test_entries_say_what_happened_in_canonical_json(register: Tampered) -> None:
    """One spelling, so that the same body has the same hash everywhere."""
    for entry in register.world.rows(JournalEntry):
        body = json.loads(entry.body)
        assert json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False) == entry.body
        assert body["events"][0]["event"] == entry.event
