"""A cycle, the bodies and people in it, and who sits where."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field

from config.terms import Language, Seat
from models.base import PERSONAL, SECRET, Instant, Row, Term


class CycleStatus(StrEnum):
    """Where a cycle is in its life."""

    RUNNING = "running"
    HELD = "held"  # by a coordinator: nothing is asked, sent or missed until it is released
    CONCLUDED = "concluded"
    CANCELLED = "cancelled"


class Cycle(Row, table=True):
    """One running instance of a definition; it keeps the definition that it started with."""

    id: str = Field(primary_key=True, max_length=80)
    definition_name: str
    title: str
    language: Language = Field(sa_type=Term(Language))
    place: str
    registry_no: str | None = None
    begins: date
    status: CycleStatus = Field(sa_type=Term(CycleStatus), default=CycleStatus.RUNNING, index=True)
    outcome: str | None = None
    started_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    coordinator: str  # the body that coordinates
    definition: str  # canonical JSON


class Body(Row, table=True):
    """A body that takes part. `group` is the key in the definition, which may stand for several bodies."""

    __table_args__ = (UniqueConstraint("cycle_id", "key"), Index("ix_body_in_order", "cycle_id", "ordinal"))

    id: str = Field(primary_key=True)
    cycle_id: str = Field(foreign_key="cycle.id")
    key: str
    group: str
    name: str
    ordinal: int
    rules: dict[str, Any] = Field(sa_type=JSON)
    withdrawn: bool = False  # taken out of its group before the group was asked anything


class Person(Row, table=True):
    """Somebody with an e-mail address."""

    id: str = Field(primary_key=True)
    cycle_id: str = Field(foreign_key="cycle.id", index=True)
    address: str = Field(sa_column_kwargs=PERSONAL)
    name: str | None = Field(default=None, sa_column_kwargs=PERSONAL)
    language: Language = Field(sa_type=Term(Language))
    reminders_off_at: datetime | None = Field(default=None, sa_type=Instant)  # by this person's own wish
    salt: str = Field(sa_column_kwargs=SECRET)


class Membership(Row, table=True):
    """A person's seat in a body."""

    id: str = Field(primary_key=True)
    cycle_id: str = Field(foreign_key="cycle.id", index=True)
    body_id: str = Field(foreign_key="body.id", index=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    seat: Seat = Field(sa_type=Term(Seat))
    ordinal: int = 1
    ended: bool = False
