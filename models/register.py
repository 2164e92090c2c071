"""The register: one transaction for each change.

A change is rows, its journal entry, the notices it causes and the phases' `wake_at`: all of them or none. Readers get
a session that cannot write. Operational rows (leases, deliveries, the stepped clock) have a door of their own.
"""

from __future__ import annotations

import secrets
import sqlite3
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from functools import cache
from hashlib import sha256
from itertools import count
from threading import RLock
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, create_engine, create_mock_engine, event, inspect, literal_column, make_url
from sqlalchemy import select as select_values
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.pool import StaticPool
from sqlmodel import Session, SQLModel, col

import models.tables as _tables  # noqa: F401 - every table must be known before one is used
from models.assignment import Link
from models.chain import GENESIS
from models.change import Change
from models.cycle import Cycle
from models.driver import driver_of
from models.finding import teach_sqlite
from models.journal import JournalEntry
from models.postgresql import SNAPSHOT, can_be_tried_again, open_engine
from models.rows import Query, first_of_each
from models.storable import Unstorable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.engine import Connection, Engine

    from models.rows import Found

BUSY_MS = 30_000
"""How long a SQLite writer waits for another before it gives up."""
CONNECTIONS = 64
"""The most that a process holds at once: more than a web server of ours has threads, so that none waits for one."""
LOCK = Query(select_values().where(col(Cycle.id) == bindparam("cycle")).with_for_update(of=Cycle), Cycle)
LOCK_BEHIND_LINK = Query(
    select_values(col(Link.person_id).label("person"))
    .join(Cycle, col(Cycle.id) == col(Link.cycle_id))
    .where(col(Link.id) == bindparam("link"))
    .with_for_update(of=Cycle),
    Cycle,
    without=("definition",),  # long, and no answer looks at it
)
"""What changes is not read in the statement that waits: all but the locked row PostgreSQL shows as it was before."""


def _head_of(cycle: ColumnElement[str]) -> Query:
    """The last entry of a cycle's journal."""
    entries = select_values(col(JournalEntry.seq), col(JournalEntry.hash)).where(col(JournalEntry.cycle_id) == cycle)
    return Query(entries.order_by(col(JournalEntry.seq).desc()).limit(literal_column("1")))


HEAD = _head_of(bindparam("cycle"))
HEAD_BEHIND_LINK = _head_of(
    select_values(col(Link.cycle_id)).where(col(Link.id) == bindparam("link")).scalar_subquery()
)  # fmt: skip


class RegisterError(Exception):
    """The register cannot do what was asked; the message is for a person."""


class UnknownCycle(RegisterError):  # noqa: N818
    """There is no such cycle."""


class AlreadyThere(RegisterError):  # noqa: N818
    """It has been done already; the constraint that says so is in the message."""


class RegisterBusy(RegisterError):  # noqa: N818
    """Nothing can be written because others write; nothing has been written, and it can be tried again."""


class Register:
    """A database with cycles in it."""

    def __init__(
        self, url: str, *, mail_domain: str = "samsyn.example", token: Callable[[int], str] = secrets.token_urlsafe
    ) -> None:
        self.url = url
        self.mail_domain = mail_domain
        self.token = token
        self.shown = True
        self.engine = _engine(url)
        self.writing = self.engine.execution_options(samsyn_write=True)
        self._reading = self.engine if _is_sqlite(self.engine) else self.engine.execution_options(**SNAPSHOT)
        self._turn = _turn(self.engine)

    @classmethod
    def in_memory(cls) -> Register:
        """An empty register that nothing else sees, with the same tokens each time; for rehearsals."""
        counter = count()
        register = cls("sqlite://", token=lambda size: sha256(f"rehearsal {next(counter)}".encode()).hexdigest()[:size])
        register.shown = False
        with register.engine.connect() as connection:
            driver_of(connection).executescript(_all_tables())
        return register

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A consistent view; nothing written through it is kept."""
        with Session(self._reading, expire_on_commit=False, autoflush=False) as session:
            yield session

    @contextmanager
    def operate(self) -> Iterator[Session]:
        """A transaction over operational rows, which the journal does not cover."""
        with self._turn, Session(self.writing, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def change(self, cycle_id: str, *, at: datetime, actor: str) -> Iterator[Change]:
        """One change of one cycle, in serial order with every other change of it.

        Raises:
            UnknownCycle: there is no such cycle.
            AlreadyThere: a uniqueness constraint says that it has happened before.
        """
        with self._writer() as connection:
            locked, head = first_of_each(connection, (LOCK, {"cycle": cycle_id}), (HEAD, {"cycle": cycle_id}))
            if locked is None:
                raise UnknownCycle(f"there is no cycle '{cycle_id}'")
            with self._changing(connection, locked.rows[0], head, at=at, actor=actor) as change:
                yield change

    @contextmanager
    def change_behind(
        self, link_id: str, reading: Query, *, at: datetime, **values: Any
    ) -> Iterator[tuple[Change, Found]]:
        """A change of the cycle that a link belongs to, by the person whose link it is.

        With it comes what a query finds of the `link`, given these values besides; the change has its rows.

        Raises:
            UnknownCycle: there is no such link.
            AlreadyThere: a uniqueness constraint says that it has happened before.
        """
        link = {"link": link_id}
        with self._writer() as connection:
            locked, head, found = first_of_each(
                connection, (LOCK_BEHIND_LINK, link), (HEAD_BEHIND_LINK, link), (reading, {**link, **values})
            )
            if locked is None or found is None:
                raise UnknownCycle("there is no such link")
            with self._changing(connection, locked.rows[0], head, at=at, actor=locked.values["person"]) as change:
                change.keep(found.rows)
                yield change, found

    @contextmanager
    def begin_cycle(self, cycle: Cycle, *, at: datetime, actor: str) -> Iterator[Change]:
        """The first change of a cycle, which brings it into being.

        Raises:
            AlreadyThere: a cycle of that name exists.
        """
        with self._writer() as connection:
            if LOCK.first(connection, {"cycle": cycle.id}) is not None:
                raise AlreadyThere(f"there is a cycle '{cycle.id}' already; choose another name")
            change = Change(self, connection, cycle, at=at, actor=actor)
            with closing(change):
                change.add(cycle)
                yield change
                change.finish()

    @contextmanager
    def _changing(
        self, connection: Connection, cycle: Cycle, head: Found | None, *, at: datetime, actor: str
    ) -> Iterator[Change]:
        last = (head.values["seq"], head.values["hash"]) if head else (0, GENESIS)
        with closing(Change(self, connection, cycle, at=at, actor=actor, head=last)) as change:
            change.keep([cycle])
            yield change
            change.finish()

    @contextmanager
    def _writer(self) -> Iterator[Connection]:
        with self._turn, _translated(), self.writing.begin() as connection:
            yield connection


class Turn:
    """What the writers of this process queue at, for as long as a writer would wait for another process.

    SQLite has one writer at a time, and lets the others ask again and again, in no order: fifty at once keep each
    other waiting for longer than their patience. So each waits here for its turn, and only other processes there.
    """

    def __init__(self) -> None:
        self._lock = RLock()

    def __enter__(self) -> None:
        """Wait for the turn.

        Raises:
            RegisterBusy: it did not come.
        """
        if not self._lock.acquire(timeout=BUSY_MS / 1000):
            raise RegisterBusy(f"the register has been written to by others for {BUSY_MS / 1000:g} s; try again")

    def __exit__(self, *_: object) -> None:
        """The next one's turn."""
        self._lock.release()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except Unstorable as refused:
        raise RegisterError(str(refused)) from refused
    except IntegrityError as refused:
        raise AlreadyThere(f"refused by the register: {refused.orig}") from refused
    except DBAPIError as refused:
        if can_be_tried_again(refused):
            raise RegisterBusy(f"others are writing to the register: {refused.orig}") from refused
        raise


def _turn(engine: Engine) -> AbstractContextManager[object]:
    """SQLite's writers queue; PostgreSQL sees to it itself, and nobody else writes to a register in memory."""
    return Turn() if _is_sqlite(engine) and engine.url.database is not None else nullcontext()


def _is_sqlite(engine: Engine) -> bool:
    return engine.dialect.name == "sqlite"


def _engine(url: str) -> Engine:
    if url == "sqlite://":
        engine = create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False})
    elif url.startswith("sqlite"):
        engine = create_engine(url, connect_args={"timeout": BUSY_MS / 1000}, max_overflow=CONNECTIONS)
    else:
        return open_engine(url, CONNECTIONS)
    event.listen(engine, "connect", _sqlite_connect)
    event.listen(engine, "begin", _sqlite_begin)
    return engine


def _sqlite_connect(connection: Any, record: Any) -> None:  # noqa: ARG001
    connection.isolation_level = None  # transactions are ours: see _sqlite_begin
    teach_sqlite(connection)
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    # A writer takes its lock at once: a reader that becomes a writer half-way can be refused and lose its work.
    if connection.get_execution_options().get("samsyn_write", False):
        try:
            driver_of(connection).execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as refused:  # SQLAlchemy does not see this one
            raise RegisterBusy(f"the register cannot be written to just now ({refused}); try again") from refused
    elif connection.engine.url.database is not None:  # in memory there is nobody to read past
        driver_of(connection).execute("BEGIN")
    elif driver_of(connection).in_transaction:  # they share one connection: the reader's end would undo the change
        raise AssertionError("a reader was opened inside a change; ask the change's own session")


@cache
def _all_tables() -> str:
    """What makes every table in an empty SQLite database: said once, and not anew for each rehearsal."""
    said: list[str] = []
    dialect = make_url("sqlite://").get_dialect()()
    mock = create_mock_engine("sqlite://", lambda sql, *_, **__: said.append(str(sql.compile(dialect=dialect))))
    SQLModel.metadata.create_all(mock, checkfirst=False)
    return ";".join(said)


def table_names(register: Register) -> set[str]:
    """The tables that the database has."""
    return set(inspect(register.engine).get_table_names())


__all__ = ["AlreadyThere", "Register", "RegisterBusy", "RegisterError", "UnknownCycle", "table_names"]
