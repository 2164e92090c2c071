"""Rows as a change reads and writes them: statements that are compiled once, and rows made of what comes back.

SQLAlchemy says what a statement is in each database and how each value is given to it; what goes past it is only the
work that it would do anew for every execution. Why: docs/decisions, "A change writes its rows itself".
"""

from __future__ import annotations

from contextlib import closing
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from sqlalchemy import bindparam, insert, inspect, select, update
from sqlalchemy.orm import make_transient_to_detached

from models import driver
from models.images import columns

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from sqlalchemy import ClauseElement, Column, ColumnElement, Connection, Dialect, Select
    from sqlmodel import SQLModel

    Process = Callable[[Any], Any]

RowT = TypeVar("RowT", bound="SQLModel")

KEY = "key_of_the_row"
"""What a row is found by; no column is called so."""


class Compiled:
    """A statement as one kind of database takes it, and how its values are given."""

    def __init__(self, statement: ClauseElement, dialect: Dialect) -> None:
        said: Any = statement.compile(dialect=dialect)
        self.text: str = said.string
        self._positional: bool = said.positional
        names: Sequence[str] = said.positiontup if said.positional else list(said.binds)
        self._processes: list[tuple[str, Process | None]] = [
            (name, said.binds[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in names
        ]
        self._fixed = {name: said.binds[name].value for name in names if not said.binds[name].required}

    def given(self, values: Mapping[str, Any]) -> Any:
        """Values as the driver takes them."""
        if self._fixed:
            values = {**self._fixed, **values}
        if self._positional:
            return tuple([process(values[name]) if process else values[name] for name, process in self._processes])
        return {name: process(values[name]) if process else values[name] for name, process in self._processes}


class Statement:
    """A statement that is executed again and again, each time with other values."""

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._compiled: dict[str, Compiled] = {}

    def in_words_of(self, dialect: Dialect) -> Compiled:
        """As this kind of database takes it."""
        if dialect.name not in self._compiled:
            self._compiled[dialect.name] = Compiled(self._statement, dialect)
        return self._compiled[dialect.name]


class Write(NamedTuple):
    """A statement for each of several sets of values; in `must_be_in`, a table, each of them is to find its row."""

    statement: Statement
    values: Sequence[Mapping[str, Any]]
    must_be_in: type[SQLModel] | None = None


class Found(NamedTuple):
    """What a query found: the values that were asked for by their names, and the whole rows beside them."""

    values: dict[str, Any]
    rows: tuple[Any, ...]


class Query(Statement):
    """Values by their names, and one whole row of each of some tables, or None where an outer join found none."""

    def __init__(
        self, statement: Select[*tuple[Any, ...]], *tables: type[SQLModel], without: Collection[str] = ()
    ) -> None:
        self._names = [str(column.key) for column in statement.selected_columns]
        self.tables = tables
        self._taken = [(table, [c for c in _columns_of(table) if c.key not in without]) for table in tables]
        whole = statement.add_columns(*(column for _, taken in self._taken for column in taken))
        super().__init__(whole)
        self._types = [column.type for column in whole.selected_columns]
        self._processes: dict[str, list[Process | None]] = {}

    def first(self, connection: Connection, values: Mapping[str, Any]) -> Found | None:
        """What is found first, if anything is. The rows are as if a session had read them and let go of them."""
        with driver.translated(connection), closing(self.asked(connection, values)) as cursor:
            return self.first_of(cursor, connection.dialect)

    def all(self, connection: Connection, values: Mapping[str, Any]) -> list[Found]:
        """All that is found, likewise; a row that is found twice is two."""
        with driver.translated(connection), closing(self.asked(connection, values)) as cursor:
            processes = self._processes_in(connection.dialect, cursor)
            return [self._found(one, processes) for one in cursor.fetchall()]

    def asked(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """The driver's cursor, from which what is found can be read."""
        said = self.in_words_of(connection.dialect)
        return driver.execute(connection, said.text, [said.given(values)])

    def first_of(self, cursor: Any, dialect: Dialect) -> Found | None:
        """What a cursor has found first, if anything."""
        came = cursor.fetchone()
        return None if came is None else self._found(came, self._processes_in(dialect, cursor))

    def _found(self, came: Sequence[Any], processes: Sequence[Process | None]) -> Found:
        read = iter([process(value) if process else value for process, value in zip(processes, came, strict=True)])
        named = {name: next(read) for name in self._names}
        return Found(named, tuple([_row_of(table, taken, read) for table, taken in self._taken]))

    def _processes_in(self, dialect: Dialect, cursor: Any) -> list[Process | None]:
        """How each value is read; it may depend on the type that the database says the column has (PEP 249)."""
        if dialect.name not in self._processes:
            self._processes[dialect.name] = [
                kind.dialect_impl(dialect).result_processor(dialect, said[1])
                for kind, said in zip(self._types, cursor.description, strict=True)
            ]
        return self._processes[dialect.name]


def first_of_each(connection: Connection, *asked: tuple[Query, Mapping[str, Any]]) -> list[Found | None]:
    """What each of several queries finds first, if anything.

    Where the server is another process they are waited for together. They are still executed one after the other, and
    each sees what was committed before it began: one that stands behind a lock sees what the lock was waited for.
    """
    with driver.translated(connection):
        with driver.together(connection):
            cursors = [query.asked(connection, values) for query, values in asked]
        found = []
        for (query, _), cursor in zip(asked, cursors, strict=True):
            with closing(cursor):
                found.append(query.first_of(cursor, connection.dialect))
    return found


def rows_among(connection: Connection, table: type[RowT], name: str, wanted: Collection[str]) -> list[RowT]:
    """The rows, whole, of which a column holds one of several texts."""
    if not wanted:
        return []
    number, given = among(wanted)
    return [row for _, (row,) in _among(table, name, number).all(connection, given)]


def among(wanted: Collection[str]) -> tuple[int, dict[str, str]]:
    """How many texts a statement has to ask for with `is_among`, and the values that it is given for them.

    As many as the next power of two, the last of them again and again: so few statements serve all.
    """
    number = 1 << (len(wanted) - 1).bit_length()
    values = [*wanted]
    values += values[-1:] * (number - len(values))
    return number, {f"{KEY}_{index}": value for index, value in enumerate(values)}


def is_among(column: Any, number: int) -> ColumnElement[bool]:
    """Whether a column holds one of so many texts; see `among`."""
    among_them: ColumnElement[bool] = column.in_([bindparam(f"{KEY}_{index}") for index in range(number)])
    return among_them


def row_by_key(connection: Connection, table: type[RowT], key: str | int) -> RowT | None:
    """A row, whole, if it is there."""
    found = _by_key(table).first(connection, {KEY: key})
    return found.rows[0] if found else None


def write(connection: Connection, writes: Sequence[Write]) -> None:
    """Execute statements, one after the other; where the server is another process, without waiting for each.

    Raises:
        AssertionError: a row that changed is not there.
    """
    said = [(one.statement.in_words_of(connection.dialect), one.values) for one in writes]
    given = [(compiled.text, [compiled.given(values) for values in many]) for compiled, many in said]
    with driver.translated(connection), driver.together(connection):
        cursors = [driver.execute(connection, text, values) for text, values in given]
    for (_, values, table), cursor in zip(writes, cursors, strict=True):
        if table is not None and cursor.rowcount != len(values):
            msg = f"{cursor.rowcount} rows of {table.__tablename__} were there, and {len(values)} changed"
            raise AssertionError(msg)


def insertion(rows: Sequence[SQLModel]) -> Write:
    """New rows of one table."""
    return Write(_insert_of(type(rows[0])), [vars(row) for row in rows])


def insertion_of(table: type[SQLModel], values: Sequence[Mapping[str, Any]]) -> Write:
    """New rows of a table by what is not usual in them."""
    usual = _usual(table)
    return Write(_insert_of(table), [{**usual, **one} for one in values])


def changes(changed: Iterable[tuple[SQLModel, AbstractSet[str]]]) -> Iterator[Write]:
    """The columns that changed of rows that must be there; neighbours that changed alike in one statement."""
    for (table, names), alike in groupby(changed, _table_and_names):
        values = [{**vars(row), KEY: row.id} for row, _ in alike]  # type: ignore[attr-defined]
        yield Write(_update_of(table, frozenset(names)), values, must_be_in=table)


def _row_of(table: type[SQLModel], taken: Sequence[Column[Any]], values: Iterator[Any]) -> SQLModel | None:
    """A row of what was read; columns that were not are read when a session has it and somebody asks for them."""
    held = {column.key: next(values) for column in taken}
    if held[taken[0].key] is None:  # its key
        return None
    row: SQLModel = inspect(table).class_manager.new_instance()
    vars(row).update(held)
    make_transient_to_detached(row)
    return row


def _table_and_names(changed: tuple[SQLModel, AbstractSet[str]]) -> tuple[type[SQLModel], AbstractSet[str]]:
    return type(changed[0]), changed[1]


def _columns_of(table: type[SQLModel]) -> Sequence[Column[Any]]:
    return tuple(table.__table__.columns)  # type: ignore[attr-defined]


@cache
def _usual(table: type[SQLModel]) -> dict[str, Any]:
    """What a new row holds where nothing else is said."""
    return {column.key: getattr(column.default, "arg", None) for column in _columns_of(table)}


@cache
def _by_key(table: type[SQLModel]) -> Query:
    return Query(select().where(table.__table__.c.id == bindparam(KEY)), table)  # type: ignore[attr-defined]


@cache
def _among(table: type[SQLModel], name: str, number: int) -> Query:
    return Query(select().where(is_among(table.__table__.c[name], number)), table)  # type: ignore[attr-defined]


@cache
def _insert_of(table: type[SQLModel]) -> Statement:
    return Statement(insert(table.__table__))  # type: ignore[attr-defined]


@cache
def _update_of(table: type[SQLModel], names: frozenset[str]) -> Statement:
    mapped = table.__table__  # type: ignore[attr-defined]
    said = {name: bindparam(name, type_=mapped.c[name].type) for name, _, _ in columns(table) if name in names}
    return Statement(update(mapped).where(mapped.c.id == bindparam(KEY, type_=mapped.c.id.type)).values(said))
