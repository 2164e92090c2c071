"""What of a cycle the public may see: the `record` of a definition."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from config.base import BY_SHAPE, MAPPING, ONE, Key, Strict


class Access(StrEnum):
    """When the record may be read by anybody."""

    PUBLIC = "public"  # from the first day on
    WHEN_CONCLUDED = "when_concluded"  # once the cycle has come to its end
    CLOSED = "closed"  # never; it can be written out for those who may see it


class People(StrEnum):
    """How far the record says who sits where."""

    NONE = "none"  # bodies only
    SEATS = "seats"  # which seats answer, without names
    NAMES = "names"  # with the names of those who hold them


class Retention(StrEnum):
    """How long a document is kept."""

    KEEP = "keep"  # for good (bevaras): the rule
    DISPOSABLE = "disposable"  # may be disposed of, by a decision (gallras)


class Record(Strict):
    """What of the cycle is public."""

    access: Access = Access.PUBLIC
    """When anybody may read the record: public, when_concluded or closed."""
    people: People = People.NONE
    """How far it says who sits where: none, seats or names."""
    retention: dict[Key, Retention] = Field(default_factory=dict)
    """How long a text is kept, by its key: keep or disposable; all others are kept."""


RecordRule = Annotated[Annotated[Access, ONE] | Annotated[Record, MAPPING], BY_SHAPE]
"""When the record may be read; or that, and more."""


def publicity(rule: RecordRule) -> Record:
    """What of a cycle is public, spelled out."""
    return rule if isinstance(rule, Record) else Record(access=rule)
