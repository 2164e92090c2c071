"""Where tests keep registers: SQLite, or with `--register=postgresql` a real PostgreSQL, from this one place.

PostgreSQL is started when the first register is wanted. Every register is a database of its own, cloned from one that
has the tables.
"""

from __future__ import annotations

import atexit
import warnings
from hashlib import sha256
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel

from campaigns.cluster import Cluster, NoPostgreSQL
from models.migrate import upgrade
from models.register import Register
from tests.tools import missed

if TYPE_CHECKING:
    from pathlib import Path

SQLITE, POSTGRESQL = "sqlite", "postgresql"
KINDS = (SQLITE, POSTGRESQL)
LEFT_OPEN = "<psycopg.Connection .* was deleted"
TEMPLATE = "template_of_registers"
TEMPLATE_OF_ALL = (
    f'CREATE DATABASE "{TEMPLATE}" TEMPLATE template0 ENCODING UTF8 '
    "LOCALE 'C.UTF-8' LOCALE_PROVIDER icu ICU_LOCALE 'sv-SE'"
)
"""In a collation as unlike SQLite's as a Swedish installation may choose: what depends on an order must ask for it."""
HASTY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
"""Nobody pulls the plug on these; what a disk keeps is tried by the campaigns."""
EMPTY = "SET LOCAL session_replication_role = replica; "
"""References are not looked at while everything goes."""


class Registers:
    """The registers of this test process."""

    def __init__(self) -> None:
        self.kind = SQLITE
        self._cluster: Cluster | None = None
        self._names = count(1)
        self._known: dict[Path, str] = {}  # a place, and the database that stands for a file there
        self._free: list[Register] = []

    @property
    def cluster(self) -> Cluster:
        """The server, which is started when somebody first asks."""
        if self._cluster is None:
            try:
                self._cluster = Cluster(options=HASTY).start()
            except NoPostgreSQL as absent:
                missed(str(absent))
            atexit.register(self.end)
            self._cluster.do(TEMPLATE_OF_ALL)
            upgrade(self._cluster.url(TEMPLATE))
        return self._cluster

    def at(self, place: Path) -> str:
        """The address of the register at a place: a file there, which may not exist, or a database with its tables."""
        if self.kind == SQLITE:
            return f"sqlite:///{place}"
        return self.cluster.url(self._known.get(place) or self._cloned(place, TEMPLATE))

    def copied(self, source: Path, place: Path) -> str:
        """The address of a copy of a register that nobody has open."""
        if self.kind == SQLITE:
            place.write_bytes(source.read_bytes())
            return f"sqlite:///{place}"
        return self.cluster.url(self._cloned(place, self._known[source]))

    def bare(self, place: Path) -> str:
        """The address of a register without any tables."""
        return self.at(place) if self.kind == SQLITE else self.cluster.create(f"bare_{next(self._names)}")

    def fresh(self) -> Register:
        """An empty register that nothing else sees, with the same tokens each time; give it back when it is done with.

        It is in memory, or a database that is emptied and used again.
        """
        if self.kind == SQLITE:
            return Register.in_memory()
        register = self._free.pop() if self._free else Given(self)
        numbers = count()
        register.token = lambda size: sha256(f"rehearsal {next(numbers)}".encode()).hexdigest()[:size]
        return register

    def database(self) -> str:
        """The address of a new database with tables, which is nobody's file."""
        return self.cluster.create(f"fresh_{next(self._names)}", like=TEMPLATE)

    def give_back(self, register: Register) -> None:
        """Empty a register, to be used again."""
        everything = "; ".join(str(table.delete()) for table in SQLModel.metadata.sorted_tables)
        with register.engine.begin() as connection:
            connection.execute(text(EMPTY + everything))
        self._free.append(register)

    def forget(self, folder: Path) -> None:
        """Drop the databases that stand for files in a folder."""
        for place in [place for place in self._known if place.is_relative_to(folder)]:
            self.cluster.drop(self._known.pop(place))

    def end(self) -> None:
        """Stop the server."""
        for register in self._free:
            register.engine.dispose()
        if self._cluster is not None:
            self._cluster.stop()
            self._cluster.remove()
            self._cluster = None

    def _cloned(self, place: Path, source: str) -> str:
        name = self._known[place] = f"register_{next(self._names)}"
        self.cluster.create(name, like=source)
        return name


class Given(Register):
    """A register in PostgreSQL that is emptied instead of closed."""

    def __init__(self, registers: Registers) -> None:
        super().__init__(registers.database())
        self.shown = False
        self._registers = registers

    def close(self) -> None:
        """Empty it and put it by."""
        self._registers.give_back(self)


registers = Registers()

ELSEWHERE = (
    "test_catalogues.py",
    "test_deploy.py",
    "test_performance.py",
    "test_promises.py",
    "test_structure.py",
    "config",
    "documents",
)
"""Tests at the top of tests/ that no register is touched by."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--register`."""
    parser.addoption("--register", choices=KINDS, default=SQLITE, help="where the tests' registers are kept")


def pytest_configure(config: pytest.Config) -> None:
    """Take the option's word."""
    registers.kind = config.getoption("--register")
    # A test that leaves a register open says nothing of the product, and on SQLite nobody notices.
    config.addinivalue_line("filterwarnings", f"ignore:{LEFT_OPEN}:ResourceWarning")
    warnings.filterwarnings("ignore", LEFT_OPEN, ResourceWarning)  # the former is not asked once the tests are over


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, leave out what another database makes no difference to."""
    if registers.kind == SQLITE:
        return
    chosen = [item for item in items if not _indifferent(config, item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(chosen)])
    items[:] = chosen


def _indifferent(config: pytest.Config, item: pytest.Item) -> bool:
    top = item.path.relative_to(config.rootpath / "tests").parts[0]
    return top in ELSEWHERE or item.get_closest_marker("sqlite") is not None


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """What a test has kept in its own folder goes with it."""
    arguments: dict[str, Any] = getattr(item, "funcargs", {})
    if registers.kind == POSTGRESQL and "tmp_path" in arguments:
        registers.forget(arguments["tmp_path"])
