"""What a register asks of PostgreSQL, and SQLite gives by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import func, select

from campaigns.cluster import Cluster, NoPostgreSQL
from models.cycle import Cycle
from models.journal import JournalEntry
from models.migrate import upgrade
from models.register import Register, RegisterBusy
from tests.models.rows import AT, begin
from tests.tools import missed

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A server of its own."""
    try:
        made = Cluster()
    except NoPostgreSQL as absent:
        missed(str(absent))
    with made:
        yield made


@pytest.fixture
def register(cluster: Cluster) -> Iterator[Register]:
    """One bare cycle, `c`."""
    cluster.drop("register")
    url = cluster.create("register")
    upgrade(url)
    opened = Register(url)
    begin(opened)
    yield opened
    opened.close()


def test_reader_sees_one_moment_however_many_write_meanwhile(register: Register) -> None:
    """So that verification compares tables and journal of the same moment."""
    entries = select(func.count()).select_from(JournalEntry)
    with register.read() as session:
        before = session.exec(entries).one()
        with register.change("c", at=AT, actor="test") as change:
            change.record("noted", "c")
        assert session.exec(entries).one() == before
    with register.read() as session:
        assert session.exec(entries).one() == before + 1


def test_reader_cannot_write(register: Register) -> None:
    """PostgreSQL refuses it at once."""
    with register.read() as session:
        session.get(Cycle, "c").title = "Scribbled"  # type: ignore[union-attr]
        with pytest.raises(DBAPIError, match="read-only transaction"):
            session.flush()


def test_writer_that_waits_too_long_is_told_to_try_again(register: Register) -> None:
    """Nothing is written; what the address says of the patience stands."""
    hurried = Register(f"{register.url}?options=-c%20lock_timeout%3D50ms")

    def write() -> None:
        with hurried.change("c", at=AT, actor="late") as change:
            change.record("noted", "c")

    with register.change("c", at=AT, actor="slow") as change:
        with pytest.raises(RegisterBusy, match="others are writing"):
            write()
        change.record("noted", "c")
    write()
    hurried.close()


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("tcp_keepalives_idle", "10"),
        ("tcp_user_timeout", "20000"),
        ("lock_timeout", "30s"),
        ("synchronous_commit", "on"),
    ],
)
def test_server_notices_soon_that_a_host_is_gone(register: Register, setting: str, value: str) -> None:
    """And a commit is on disk, as PostgreSQL has it by default."""
    with register.read() as session:
        assert session.connection().execute(text(f"SHOW {setting}")).scalar() == value


def test_connection_that_is_gone_is_replaced(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a pause it is asked whether it is still there: somebody has ended it, as when a server starts again."""
    monkeypatch.setattr("models.postgresql.IDLE", 0.0)
    with register.read() as session:
        mine = session.exec(select(func.pg_backend_pid())).one()
    other = Register(register.url)
    with other.operate() as session:
        session.connection().execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": mine})
    other.close()
    with register.change("c", at=AT, actor="test") as change:
        change.record("noted", "c")
    with register.read() as session:
        assert session.exec(select(func.pg_backend_pid())).one() != mine


def test_connection_that_goes_within_a_change_is_not_used_again(register: Register) -> None:
    """The change is refused and nothing is written; the next one finds another connection."""

    def cut_off() -> None:
        with register.change("c", at=AT, actor="test") as change:
            mine = change.connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
            other = Register(register.url)
            with other.operate() as session:
                session.connection().execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": mine})
            other.close()
            change.record("noted", "c")

    with pytest.raises(DBAPIError):
        cut_off()
    with register.change("c", at=AT, actor="test") as change:
        change.record("noted", "c")
    with register.read() as session:
        assert session.exec(select(func.count()).select_from(JournalEntry)).one() == 2
