"""Phases, their milestones, and the steps inside a phase."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field

from config.base import in_language, readable
from config.dates import PromiseKind
from config.terms import PhaseKind, StepKind
from models.base import Instant, Row, Term


class PhaseStatus(StrEnum):
    """Where a phase is in its life."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class MilestoneStatus(StrEnum):
    """What became of a dated promise."""

    PENDING = "pending"
    MET = "met"
    MISSED = "missed"
    MOVED = "moved"  # pending, on another day than was first promised
    WAIVED = "waived"


class Phase(Row, table=True):
    """A part of a cycle. `wake_at` is the next instant at which it needs a look; None is never."""

    __table_args__ = (Index("ix_phase_due", "wake_at"), Index("ix_phase_counted", "status", "kind"))

    id: str = Field(primary_key=True)
    cycle_id: str = Field(foreign_key="cycle.id", index=True)
    key: str
    kind: PhaseKind = Field(sa_type=Term(PhaseKind))
    ordinal: int
    title: str
    after: list[str] = Field(sa_type=JSON)  # keys of the phases before it
    promises: list[str] = Field(default_factory=list, sa_type=JSON)  # milestones that date its steps, once for each
    mandates: list[str] = Field(default_factory=list, sa_type=JSON)  # milestones by which it must have closed
    opens_on: date | None = None  # the first day of its window
    opens_at: datetime | None = Field(default=None, sa_type=Instant)
    status: PhaseStatus = Field(sa_type=Term(PhaseStatus), default=PhaseStatus.PLANNED)
    opened_at: datetime | None = Field(default=None, sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
    outcome: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    wake_at: datetime | None = Field(default=None, sa_type=Instant)

    def first_day(self, begins: date) -> date | None:
        """The day to tell people; None when it only waits for others, its window being the cycle's from `begins`."""
        return None if self.after and self.opens_on == begins else self.opens_on


class Milestone(Row, table=True):
    """A dated promise with the words it was made in."""

    id: str = Field(primary_key=True)
    cycle_id: str = Field(foreign_key="cycle.id", index=True)
    key: str
    ordinal: int
    promise: PromiseKind = Field(sa_type=Term(PromiseKind))
    edtf: str
    title: dict[str, str] = Field(default_factory=dict, sa_type=JSON)  # by language; empty where only the key names it
    words: str | None = None
    inferred: bool = False
    earliest: date | None = None
    due_on: date | None = None  # the last day that keeps the promise; None until an event fixes it
    promised: date | None = None  # as it was first promised
    status: MilestoneStatus = Field(sa_type=Term(MilestoneStatus), default=MilestoneStatus.PENDING)
    met_on: date | None = None
    missing: list[str] = Field(default_factory=list, sa_type=JSON)  # keys of the bodies that were silent

    def called(self, language: str, fallback: str) -> str:
        """The milestone's title in a language, or else in the fallback; its key made readable where it has none."""
        return in_language(self.title, language, fallback) if self.title else readable(self.key)


class Step(Row, table=True):
    """One durable wait inside a phase."""

    id: str = Field(primary_key=True)
    cycle_id: str = Field(foreign_key="cycle.id", index=True)
    phase_id: str = Field(foreign_key="phase.id", index=True)
    key: str
    kind: StepKind = Field(sa_type=Term(StepKind))
    question: dict[str, str] = Field(sa_type=JSON)  # by language
    form: dict[str, Any] | None = Field(
        default=None, sa_type=JSON
    )  # what else the answer consists of: see models.forms
    offers: list[str] = Field(default_factory=list, sa_type=JSON)  # the positions that can be taken
    about: list[str] = Field(default_factory=list, sa_type=JSON)  # document ids to read first
    milestone: str | None = None  # key
    prepares: str | None = None  # key of the milestone (a meeting's) whose eve is the last day, where no other is it
    not_before: date | None = None  # for a meeting or a window: the first day that an answer makes sense
    due_before: datetime | None = Field(default=None, sa_type=Instant)  # exclusive
    missing: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    reminders: list[int] = Field(default_factory=list, sa_type=JSON)  # days before the due day
    opened_at: datetime = Field(sa_type=Instant)
    asked: int = 0
    answered: int = 0
    attention: bool = False  # an answer came that does not settle the matter, and must be acted on
    next_reminder_at: datetime | None = Field(default=None, sa_type=Instant)
    missed_at: datetime | None = Field(default=None, sa_type=Instant)
    extended: bool = False
    closing: str | None = None  # a coordinator's reason to close without the rest
    late_until: str | None = None  # key of the step in this phase until which the silent may still answer, late
    settled_at: datetime | None = Field(default=None, sa_type=Instant)
    done_on: date | None = None  # the local day of the last answer that was needed; of a meeting, when it was held
    outcome: dict[str, Any] | None = Field(default=None, sa_type=JSON)
