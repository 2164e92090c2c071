"""What the register's tables share: instants, terms, and which columns are personal."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sqlalchemy import DateTime, Index, MetaData, String, TypeDecorator, text
from sqlmodel import SQLModel

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine import Dialect

SQLModel.metadata.naming_convention = {  # constraint names that errors can be translated by
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata: MetaData = SQLModel.metadata


def index_where(name: str, *columns: str, where: str) -> Index:
    """An index over the few rows that a look is for, so that it grows with them and not with the table."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


PERSONAL = {"info": {"personal": True}}
"""A column that may have to be erased: the journal holds a salted commitment, never the value."""
SECRET = {"info": {"secret": True}}
"""A column that the journal does not hold at all."""

TermT = TypeVar("TermT", bound=StrEnum)


class Instant(TypeDecorator[datetime]):
    """An aware instant, stored in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """To the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = f"an instant needs a time zone: {value.isoformat()}"
            raise ValueError(msg)
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """From the database; SQLite forgets the zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Term(TypeDecorator[TermT], Generic[TermT]):
    """A closed vocabulary as a plain string, so that a new term needs no migration."""

    impl = String(40)
    cache_ok = True

    def __init__(self, terms: type[TermT]) -> None:
        super().__init__()
        self.terms = terms

    def process_bind_param(self, value: TermT | str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """To the database; what is not in the vocabulary is refused."""
        return None if value is None else str(self.terms(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> TermT | None:  # noqa: ARG002
        """From the database."""
        return None if value is None else self.terms(value)


class Row(SQLModel):
    """A row of a table. It is made of what is given, and for the rest of what is usual.

    SQLModel does not validate what a table's row is given either; it sets one attribute after the other, as if each
    were a change of a row that is there already.
    """

    def __init__(self, **given: Any) -> None:
        fields, usual, made = _fields_of(type(self))
        if unknown := given.keys() - fields:
            raise TypeError(f"{type(self).__name__} has no {', '.join(sorted(unknown))}")
        vars(self).update(usual)
        vars(self).update({name: make() for name, make in made if name not in given})
        vars(self).update(given)


@cache
def _fields_of(table: type[Row]) -> tuple[frozenset[str], dict[str, Any], list[tuple[str, Callable[[], Any]]]]:
    """Their names, the values of those that have one, and what makes the value where each row has its own."""
    fields = table.model_fields
    usual = {name: field.default for name, field in fields.items() if not field.is_required()}
    made: Any = {name: field.default_factory for name, field in fields.items() if field.default_factory is not None}
    return frozenset(fields), {name: value for name, value in usual.items() if name not in made}, [*made.items()]
