"""The real register under the machine: in memory or in a file, killed at any statement, and built up again."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import event
from sqlmodel import SQLModel

from campaigns.statements import Watch
from models.register import Register

if TYPE_CHECKING:
    from collections.abc import Callable

TABLES = tuple(SQLModel.metadata.tables)


class Killed(Exception):  # noqa: N818 - a BaseException would make SQLAlchemy throw the connection away
    """The process is gone, in the middle of something."""


class Killable:
    """A register whose process may die before any statement or commit; what was committed is there afterwards."""

    def __init__(self) -> None:
        self.left: int | None = None  # statements until the kill
        self.register = self.opened()
        self.watch()

    def watch(self) -> None:
        """Count what is about to be done to the database."""
        self.watching = Watch(self.one_more, self.register.engine)
        event.listen(self.register.engine, "commit", self.one_more)

    def unwatch(self) -> None:
        """No more."""
        self.watching.end()
        event.remove(self.register.engine, "commit", self.one_more)

    def one_more(self, *_: Any) -> None:
        """A statement, or a commit."""
        if self.left is None:
            return
        self.left -= 1
        if self.left < 0:
            self.left = None
            self.die()
            raise Killed

    def opened(self) -> Register:
        """An empty register."""
        raise NotImplementedError

    def die(self) -> None:
        """What a kill leaves is as it is at this instant."""

    def rebuild(self) -> None:
        """Another process takes over what is left."""
        raise NotImplementedError

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """Behind the register's back."""
        raise NotImplementedError

    def close(self) -> None:
        """It is not needed any more."""
        raise NotImplementedError

    def counts(self) -> list[Any]:
        """How many rows each table has, and where the journal stands."""
        counted = ", ".join(f'(SELECT count(*) FROM "{table}")' for table in TABLES)  # noqa: S608
        return [*self.query(f"SELECT {counted}"), *self.query("SELECT max(seq), max(hash) FROM journal")]


class InMemory(Killable):
    """In memory. A kill takes the connection's open transaction and all that Python held; registers are used again."""

    free: list[tuple[Register, bytes]] = []  # noqa: RUF012

    def opened(self) -> Register:
        """One that was used before, emptied: what SQLAlchemy has compiled stays compiled."""
        if InMemory.free:
            register, empty = InMemory.free.pop()
            _raw(register).deserialize(empty)
        else:
            register = Register("sqlite://")
            SQLModel.metadata.create_all(register.engine)
            empty = _raw(register).serialize()
        self.empty = empty
        register.shown = False
        register.token = _tokens()
        return register

    def rebuild(self) -> None:
        """Only the bytes that were committed go over to another register."""
        committed, before = _raw(self.register).serialize(), (self.register, self.empty)
        self.unwatch()
        self.register = self.opened()
        _raw(self.register).deserialize(committed)
        self.register.token = before[0].token
        InMemory.free.append(before)
        self.watch()

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """On its one connection."""
        rows: list[tuple[Any, ...]] = _raw(self.register).execute(statement).fetchall()
        return rows

    def close(self) -> None:
        """Put it by."""
        self.unwatch()
        InMemory.free.append((self.register, self.empty))


class OnDisk(Killable):
    """In a file. A kill leaves file and log as they are in the midst of the transaction; another process opens them."""

    def opened(self) -> Register:
        """A new file."""
        self.folder = Path(tempfile.mkdtemp(prefix="samsyn-model-"))
        self.numbers = count(1)
        self.file = self.folder / "0.db"
        register = Register(f"sqlite:///{self.file}", token=_tokens())
        SQLModel.metadata.create_all(register.engine)
        register.shown = False
        self.left_file: Path | None = None
        return register

    def die(self) -> None:
        """Copy what the disk has."""
        self.left_file = self.folder / f"{next(self.numbers)}.db"
        for ending in ("", "-wal"):
            source = Path(f"{self.file}{ending}")
            if source.exists():
                shutil.copy(source, f"{self.left_file}{ending}")

    def rebuild(self) -> None:
        """Open what was left; without a kill, the same file."""
        self.register.close()
        token, self.file, self.left_file = self.register.token, self.left_file or self.file, None
        self.register = Register(f"sqlite:///{self.file}", token=token)
        self.register.shown = False
        self.watch()

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """On a connection of its own."""
        connection = sqlite3.connect(self.file)
        try:
            return connection.execute(statement).fetchall()
        finally:
            connection.close()

    def close(self) -> None:
        """Nothing stays."""
        self.register.close()
        shutil.rmtree(self.folder)


def _raw(register: Register) -> Any:
    return register.engine.raw_connection().driver_connection


def _tokens() -> Callable[[int], str]:
    numbers = count()
    return lambda size: sha256(f"model {next(numbers)}".encode()).hexdigest()[: 2 * size]
