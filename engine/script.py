"""Scripts: how the people of a rehearsal or a demonstration behave.

A script says when people answer, who is silent, who refers back, and what the coordinator does on which day. The
same plan is used by a rehearsal, which answers in the register, and by the demonstration's participants, who read a
mail and fill in a form; so both come to the same minute.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, Field

from config.base import Key, Line, Strict
from config.dates import parse_duration
from config.terms import Position
from engine.documents.making import written_file
from models.forms import read_form

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config.calendars import Place

AFTERNOON = time(16)
MORNING = time(8)


def _span(text: str) -> str:
    parse_duration(text)
    return text


Span = Annotated[str, AfterValidator(_span)]


class Default(Strict):
    """What everybody does who is not named."""

    answers: bool = True
    after: Span = "5d"


class AnswerRule(Strict):
    """What one body does at one step. It holds for the first time it is asked, unless `always`."""

    step: Line  # PHASE/STEP
    who: Key | None = None  # a body's key; everybody when absent
    silent: bool = False
    position: Position | None = None
    after: Span | None = None
    reason: str = ""
    text: str = ""
    items: list[Line] = Field(default_factory=list)
    fields: dict[str, str] = Field(default_factory=dict)  # of the step's form, by name
    attach: Line | None = None  # the name of a file with the same words, .docx or .txt
    always: bool = False


class CoordinatorRule(Strict):
    """What the coordinator does on a day, in the morning."""

    on: date
    reason: Line
    move: Key | None = None
    to: date | None = None
    close: Line | None = None  # PHASE/STEP
    areas: dict[Key, list[Line]] | None = None
    cancel: bool = False
    publish: Key | None = None  # a text, of which there is a new version …
    text: str = ""  # … with these words


class Script(Strict):
    """How people behave."""

    default: Default = Field(default_factory=Default)
    dates: dict[Key, date] = Field(default_factory=dict)  # that the definition leaves open, by phase
    answers: list[AnswerRule] = Field(default_factory=list)
    coordinator: list[CoordinatorRule] = Field(default_factory=list)

    def rule_for(self, step: str, who: str, round_: int) -> AnswerRule | None:
        """The rule for a body at a step (`PHASE/STEP`, without the number of a repeated attempt)."""
        plain = step.partition("~")[0]
        for rule in self.answers:
            if rule.step in (plain, step) and rule.who in (None, who) and (round_ == 1 or rule.always):
                return rule
        return None


class Plan(Strict):
    """What somebody will answer, and when."""

    at: datetime
    position: Position
    comment: str = ""
    text: str = ""
    items: tuple[str, ...] = ()
    attach: str = ""  # the name of a file to be handed in
    wishes: dict[str, str] = Field(default_factory=dict)  # what is to stand in fields of the step's form, by name

    def file(self) -> bytes:
        """The file that is handed in: the words of the answer."""
        return written_file(self.attach, self.text or self.comment or self.attach)

    def filled(self, form: dict[str, Any] | None, who: str, today: date) -> dict[str, str]:
        """The step's form as it is filled in. It is read when the answer is given, because it may have grown."""
        read = read_form(form, who)
        return read.rehearsed(self.wishes, today.isoformat()) if read else {}


class Asked(Strict):
    """What somebody knows who has been asked: from the mail and the page behind it."""

    step: str  # PHASE/STEP
    who: str  # the body's key
    round: int = 1
    asked_at: datetime
    not_before: date | None = None
    due_on: date | None = None
    offers: tuple[Position, ...]
    writes: bool = False  # a text is asked for
    form: dict[str, Any] | None = None


def plan(script: Script, asked: Asked, place: Place) -> Plan | None:
    """When and what somebody answers; None is silence."""
    rule = script.rule_for(asked.step, asked.who, asked.round)
    if rule.silent if rule else not script.default.answers:
        return None
    position = (rule.position if rule else None) or asked.offers[0]
    text = (rule.text if rule else "") or (f"{asked.who}: {asked.step}" if asked.writes else "")
    at = _moment(asked, place, script.default, rule)
    return Plan(
        at=at,
        position=position,
        comment=rule.reason if rule else "",
        text=text,
        items=tuple(rule.items) if rule else (),
        attach=(rule.attach or "") if rule else "",
        wishes=rule.fields if rule else {},
    )


def _moment(asked: Asked, place: Place, default: Default, rule: AnswerRule | None) -> datetime:
    """So long after one can begin; by the afternoon of the last day, unless the rule itself says how long."""
    begins = asked.asked_at
    if asked.not_before is not None:
        begins = max(begins, place.at(asked.not_before, MORNING))
    if rule is not None and rule.after is not None:
        return begins + parse_duration(rule.after)
    at = begins + parse_duration(default.after)
    if asked.due_on is not None and at >= place.end_of(asked.due_on):
        at = place.at(asked.due_on, AFTERNOON)
    return at if at > asked.asked_at else asked.asked_at + timedelta(hours=1)


def in_order(script: Script) -> Sequence[CoordinatorRule]:
    """The coordinator's acts by day."""
    return sorted(script.coordinator, key=lambda rule: rule.on)
