"""The schema of a cycle's definition: bodies, milestones and phases.

A definition is data, never code. `config.loader` reads it from YAML and says where a fault is; this module says
what is well formed, `config.phases` what each kind of phase may say, and `config.faults` what fits together.
"""

from __future__ import annotations

from datetime import time
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, field_validator, model_validator

from config.base import (
    BY_SHAPE,
    LIST,
    MAPPING,
    ONE,
    Address,
    Clock,
    Day,
    Duration,
    Key,
    Line,
    Span,
    Strict,
    Text,
    When,
    in_language,
    readable,
)
from config.calendars import PLACES, Place
from config.dates import PromiseKind, Relative, Window, parse_relative, parse_window
from config.faults import Fault, faults_of, unknown
from config.i18n import N_
from config.phases import (
    ASKABLE,
    Adoption,
    Consultation,
    Drafting,
    EachOf,
    Extend,
    GoalSetting,
    GoalSettingOutcome,
    Information,
    Missing,
    Phase,
    PhaseBase,
    ProjectDescription,
    ReferenceGroups,
)
from config.publicity import Access, RecordRule
from config.said import Refused, Row, listed
from config.terms import Language, Seat

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

__all__ = [
    "ASKABLE", "Address", "Adoption", "Body", "Consultation", "Definition", "Drafting", "Duration", "EachOf",
    "Extend", "Fault", "GoalSetting", "GoalSettingOutcome", "Information", "Milestone", "Missing", "Note", "Occupant",
    "Phase", "PhaseBase", "ProjectDescription", "ReferenceGroups", "Rules", "RulesetName", "SeatHolders", "Span",
    "When", "unknown",
]  # fmt: skip


class Occupant(Strict):
    """Who holds a seat."""

    address: Address
    """Where mail reaches the person; {body} stands for the body's key."""
    name: Line | None = None
    """The person's name."""
    language: Language | None = None
    """The language the person is written to in; the cycle's own when absent."""


RulesetName = Literal["se-kl-council", "se-kl-committee", "dk-ksl", "advisory", "unanimous"]


class Rules(Strict):
    """The ruleset that a body decides by, with its parameters."""

    ruleset: RulesetName = "advisory"
    """The ruleset that the parameters change."""
    quorum: Literal["more_than_half", "half", "all", "any"] | None = None
    """How many must be present."""
    majority: Literal["simple", "two_thirds", "three_quarters", "consensus", "unanimous"] | None = None
    """How many must agree."""
    members: Annotated[int, Field(ge=1, le=1000)] | None = None
    """How many members the body has, where its seats do not say: then a reported vote is held against the quorum."""


SeatHolders = Annotated[
    Annotated[int, Field(ge=0, le=500), ONE]
    | Annotated[
        list[Annotated[Annotated[Address, ONE] | Annotated[Occupant, MAPPING], BY_SHAPE]],
        Field(max_length=500),
        LIST,
    ],
    BY_SHAPE,
]
"""How many hold a seat, or who."""


def _one_seat(name: Any) -> Any:
    """Seats may be written as people count them: `members: 8`."""
    singular = name.removesuffix("s") if isinstance(name, str) else name
    return singular if singular in set(Seat) else name


SEAT_NAMES = [name for seat in Seat for name in (seat.value, f"{seat.value}s")]
SeatName = Annotated[Seat, BeforeValidator(_one_seat), WithJsonSchema({"type": "string", "enum": SEAT_NAMES})]


class Body(Strict):
    """A body, or with `each` one body for every key in the list."""

    name: Text
    """What people call the body."""
    rules: Annotated[Annotated[RulesetName, ONE] | Annotated[Rules, MAPPING], BY_SHAPE] = "advisory"
    """The ruleset that the body decides by."""
    each: Annotated[Annotated[list[Key], LIST] | Annotated[dict[Key, Text], MAPPING], BY_SHAPE] | None = None
    """The bodies that this entry stands for: a list of keys, or keys with names."""
    seats: dict[SeatName, SeatHolders] = Field(default_factory=dict)
    """How many hold each seat, or who."""

    @field_validator("seats", mode="before")
    @classmethod
    def _each_seat_once(cls, seats: Any) -> Any:
        seen = set()
        for name in map(_one_seat, seats if isinstance(seats, dict) else ()):
            if name in seen:
                raise Refused(N_("names the seat '%(seat)s' twice; write it once"), seat=name)
            seen.add(name)
        return seats

    @property
    def ruleset(self) -> Rules:
        """The body's rules, spelled out."""
        return Rules(ruleset=self.rules) if isinstance(self.rules, str) else self.rules

    def parts(self, key: str) -> dict[str, Text]:
        """The bodies that this entry stands for, by key, with their names."""
        if self.each is None:
            return {key: self.name}
        if isinstance(self.each, dict):
            return dict(self.each)
        return {part: readable(part) for part in self.each}


class Milestone(Strict):
    """A dated promise; exactly one of `on`, `by` and `in`."""

    title: Text | None = None
    """What people call the milestone; its key made readable when absent."""
    on: When | None = None
    """That very day."""
    by: When | None = None
    """No later than."""
    within: When | None = Field(default=None, alias="in")
    """Some time within."""
    words: Line | None = None
    """The words that the date came from."""
    inferred: bool = False
    """The date was worked out by somebody, and nobody has confirmed it."""
    statutory: bool = False
    """The date is set by law: from a non-working day it rolls forward to the next working day."""
    mandate: Key | None = None
    """The phase that must have closed by then, because whoever ordered the work said so."""

    @model_validator(mode="after")
    def _one_promise(self) -> Milestone:
        given = [name for name, value in (("on", self.on), ("by", self.by), ("in", self.within)) if value]
        if len(given) != 1:
            several = N_("has %(given)s; write exactly one of on, by and in")
            none = N_("has no date; write exactly one of on, by and in")
            raise Refused(several, given=listed(given, Row.AND)) if given else Refused(none)
        return self

    @property
    def promise(self) -> PromiseKind:
        """What kind of promise the date is."""
        if self.on:
            return PromiseKind.ON
        return PromiseKind.BY if self.by else PromiseKind.IN

    @property
    def date(self) -> str:
        """The date as EDTF, or as a relative date."""
        return self.on or self.by or self.within or ""

    @property
    def relative(self) -> Relative | None:
        """The relative date, when it is one."""
        return parse_relative(self.date)

    @property
    def window(self) -> Window | None:
        """The days that the date covers; None while it depends on an event."""
        return None if self.relative else parse_window(self.date)


class Note(Strict):
    """Something in the source that only a person can settle; `samsyn check` repeats it."""

    words: Text
    """What a person should know."""
    level: Literal["error", "warning", "info"] = "info"
    """How grave it is: error, warning or info."""


class Definition(Strict):
    """A whole cycle as a coordinator describes it."""

    cycle: Key
    """The cycle's short name."""
    title: Text
    """The cycle's name for people."""
    language: Language = Language.SV
    """The language that the cycle speaks: sv, da or en."""
    place: Literal["SE", "DK"] = "SE"
    """Whose calendar and clock the dates follow."""
    begins: Day
    """The first day."""
    registry_no: Line | None = None
    """The matter's number in the registry (diarienummer, sagsnummer)."""
    coordinator: Key
    """The body that keeps the cycle going and hears of everything."""
    addresses: Line = "{seat}@{body}.example"
    """The address of a seat that is only counted; with {seat}, {body} and {n}."""
    send_at: Clock = time(8)
    """When mail goes out, on the place's clock."""
    reminders: list[Duration] = Field(default_factory=lambda: ["14d", "3d"])
    """How long before a date those are reminded who have not answered."""
    notes: list[Note] = Field(default_factory=list, max_length=100)
    """What is odd in the source and cannot be settled by a program."""
    record: RecordRule = Access.PUBLIC
    """What of the cycle is public: public, when_concluded or closed; or `access`, `people` and `retention`."""
    texts: dict[Key, Text] = Field(default_factory=dict)
    """What the texts are called that phases name by their keys."""
    bodies: dict[Key, Body]
    """Who takes part."""
    milestones: dict[Key, Milestone] = Field(default_factory=dict)
    """The dates that have been promised."""
    phases: dict[Key, Phase]
    """What happens, and in which order."""

    @field_validator("phases")
    @classmethod
    def _at_least_one(cls, phases: dict[str, Phase]) -> dict[str, Phase]:
        if not phases:
            raise Refused(N_("is empty; a cycle needs at least one phase"))
        return phases

    @property
    def where(self) -> Place:
        """The cycle's calendar and time zone."""
        return PLACES[self.place]

    def text(self, words: Text, language: Language | str | None = None) -> str:
        """Words in a language, by default the cycle's own."""
        return in_language(words, language or self.language, self.language)

    @cached_property
    def members_of(self) -> dict[str, tuple[str, ...]]:
        """For every key in `bodies`, the bodies that it stands for."""
        return {key: tuple(body.parts(key)) for key, body in self.bodies.items()}

    def by_language(self, words: Text) -> dict[str, str]:
        """Words by language; those that name none are in the cycle's own."""
        if isinstance(words, str):
            return {str(self.language): words}
        return {str(language): said for language, said in words.items()}

    def text_title(self, key: str) -> str:
        """What a text is called, or its key made readable."""
        words = self.texts.get(key)
        return self.text(words) if words else readable(key)

    def milestone_title(self, key: str, language: Language | str | None = None) -> str:
        """A milestone's title, or its key made readable."""
        title = self.milestones[key].title
        return self.text(title, language) if title else readable(key)

    def phase_title(self, key: str, language: Language | str | None = None) -> str:
        """A phase's title, or its key made readable."""
        title = self.phases[key].title
        return self.text(title, language) if title else readable(key)

    def falls_on(self, milestone: str, day: date) -> date:
        """The day that keeps a promise: an agreed one stays, a statutory one rolls forward (Lag 1930:173 2 §)."""
        promised = self.milestones.get(milestone)  # a meeting that was called again has a day that no definition names
        return self.where.roll_forward(day) if promised is not None and promised.statutory else day

    def faults(self) -> Iterator[Fault]:
        """What is well formed by itself but does not fit together."""
        yield from faults_of(self)
