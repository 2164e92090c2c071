"""What one look costs the database: which way its statements go, and how much they pass on the way."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from campaigns import statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from models.register import Register

EXPLAINED = ("SELECT", "UPDATE", "DELETE")


@dataclass
class Seen:
    """The statements of a look, each with its values."""

    register: Register
    statements: list[tuple[str, Any]] = field(default_factory=list)

    @property
    def on_sqlite(self) -> bool:
        """Whether the register is a file."""
        return self.register.engine.dialect.name == "sqlite"

    def scanned(self, tables: tuple[str, ...]) -> list[str]:
        """Which of these tables a statement goes through from one end to the other, with or without an index."""
        ways = self._ways_of_sqlite() if self.on_sqlite else self._ways_of_postgresql()
        return [f"{table}: {statement}" for table, statement in ways if table in tables]

    def passed(self) -> int:
        """Rows that the statements have gone past (PostgreSQL), or steps of its machine (SQLite)."""
        return sum(self._steps(*one) if self.on_sqlite else self._rows(*one) for one in self.statements)

    def _ways_of_sqlite(self) -> Iterator[tuple[str, str]]:
        with self.register.engine.connect() as connection:
            for statement, values in self.statements:
                for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values):
                    words = str(row[3]).split()
                    if words[0] == "SCAN":
                        yield words[1], statement

    def _ways_of_postgresql(self) -> Iterator[tuple[str, str]]:
        for statement, values in self.statements:
            for node in _nodes(self._plan("EXPLAIN (FORMAT JSON)", statement, values)):
                if node["Node Type"] == "Seq Scan":
                    yield node["Relation Name"], statement

    def _rows(self, statement: str, values: Any) -> int:
        nodes = _nodes(self._plan("EXPLAIN (ANALYZE, FORMAT JSON)", statement, values))
        met = [node for node in nodes if "Scan" in node["Node Type"]]
        return sum(int(node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) for node in met)

    def _plan(self, how: str, statement: str, values: Any) -> dict[str, Any]:
        with self.register.writing.connect() as connection:  # undone at the end
            found = connection.exec_driver_sql(f"{how} {statement}", values).scalar_one()
        plans = json.loads(found) if isinstance(found, str) else found
        return dict(plans[0]["Plan"])

    def _steps(self, statement: str, values: Any) -> int:
        steps = 0

        def step() -> int:
            nonlocal steps
            steps += 1
            return 0

        with self.register.writing.connect() as connection:
            driver: Any = connection.connection.dbapi_connection
            driver.set_progress_handler(step, 1)
            try:
                result = connection.exec_driver_sql(statement, values)
                if result.returns_rows:
                    result.fetchall()
            finally:
                driver.set_progress_handler(None, 0)
        return steps


@contextmanager
def watched(register: Register) -> Iterator[Seen]:
    """The statements that go to the register meanwhile."""
    seen = Seen(register)

    def see(_connection: Any, statement: str, values: Any) -> None:
        if statement.lstrip().upper().startswith(EXPLAINED):
            seen.statements.append((statement, values))

    with statements.watched(see, register.engine):
        yield seen


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from _nodes(inner)
