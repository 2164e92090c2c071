"""What a plan consists of: plain, frozen values that the table, the calendar, the page and the JSON are made from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from config.calendars import Place
    from config.dates import PromiseKind


class What(StrEnum):
    """What happens on a day of the plan; within a day and a phase in this order."""

    BEGINS = "begins"
    OPENS = "opens"
    INFORMED = "informed"
    SUMMONED = "summoned"
    ASKED = "asked"
    REMINDED = "reminded"
    MEETING = "meeting"
    DEADLINE = "deadline"
    MILESTONE = "milestone"
    CLOSES = "closes"
    CONCLUDED = "concluded"
    ENDS = "ends"


class Rule(StrEnum):
    """How a day was computed."""

    DAY = "day"  # it was promised as that day
    LAST_DAY = "last_day"  # the last day of what was promised
    EVENT = "event"  # it follows from an event
    BEFORE_MEETING = "before_meeting"  # the day before the meeting that it is for
    AFTER_MEETING = "after_meeting"  # a meeting's report, so long after the meeting
    WINDOW = "window"  # no date of its own: the last day of the phase
    ITSELF = "itself"  # counted from what came before it in the phase


@dataclass(frozen=True)
class Computed:
    """How a day came about: the rule, what was written, and the day that a statutory date rolled forward from."""

    rule: Rule
    written: str
    rolled_from: date | None = None


@dataclass(frozen=True)
class Row:
    """One line of the plan. `at` is an instant; of deadlines and promises the exclusive end of their last day."""

    day: date
    at: datetime
    what: What
    phase: str | None = None
    step: str | None = None  # PHASE/STEP
    milestone: str | None = None
    count: int = 0  # mails, or questions
    of: tuple[str, ...] = ()  # who: names of bodies
    kind: str | None = None  # the kind of step
    words: str | None = None  # the source's own
    computed: Computed | None = None
    earliest: date | None = None  # of a phase that opens: when it may open at the earliest


@dataclass(frozen=True)
class PlannedPhase:
    """From when to when a phase may run."""

    key: str
    kind: str
    title: str
    after: tuple[str, ...]
    opens_earliest: date | None
    opens_latest: date | None
    closes_earliest: date | None
    closes_latest: date | None
    dated: bool  # whether all its answers have a date; otherwise five days were assumed


@dataclass(frozen=True)
class Promise:
    """A milestone in the plan."""

    number: int
    key: str
    title: dict[str, str]  # by language; empty where only the key names it
    promise: PromiseKind
    edtf: str
    words: str | None
    inferred: bool
    statutory: bool
    mandate: bool
    phase: str | None
    bodies: tuple[str, ...]  # whose promise it is: names of bodies
    due: date | None
    computed: Computed
    closed: str | None  # why nobody works on the day
    waits_for: tuple[str, ...]  # phases, and milestones of the same phase
    ready: date | None  # the latest day on which what it depends on is there
    slack: int | None  # days from `ready` to `due`
    earliest: date | None  # when it is kept if everybody answers soon
    latest: date | None  # when it is kept if everybody answers at the latest
    late: int  # days by which even the plan misses it


@dataclass(frozen=True)
class Moved:
    """A milestone that a slip moves."""

    milestone: str
    was: date
    to: date


@dataclass(frozen=True)
class Danger:
    """A promise that a slip endangers."""

    promise: Promise
    earliest: date | None
    latest: date
    days: int
    lost: bool  # not even answering soon keeps it


@dataclass(frozen=True)
class Slippage:
    """What slips come to."""

    slips: tuple[tuple[str, int], ...]  # what slips, and by how many days
    moved: tuple[Moved, ...]
    dangers: tuple[Danger, ...]
    ends: date | None


@dataclass(frozen=True)
class Plan:
    """The latest course that still keeps every promise."""

    cycle: str
    title: str
    language: str
    place: Place
    begins: date
    ends: date | None
    rows: tuple[Row, ...]
    phases: tuple[PlannedPhase, ...]
    promises: tuple[Promise, ...]
    slippage: Slippage | None = None

    @property
    def undated(self) -> tuple[PlannedPhase, ...]:
        """The phases in which something is asked without a date."""
        return tuple(phase for phase in self.phases if not phase.dated)

    def phase_title(self, key: str) -> str:
        """What people call a phase."""
        return next(phase.title for phase in self.phases if phase.key == key)
