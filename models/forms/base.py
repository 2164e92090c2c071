"""Fields, sections, faults, and what every kind of form can do."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date

Label = str | dict[str, str]
"""Words for people: a message id of the mails' catalogue, or what the definition says, by language."""


class FieldKind(StrEnum):
    """How a field is filled in."""

    CHOICE = "choice"  # one of several, none of them chosen beforehand
    LINE = "line"
    TEXT = "text"  # several lines
    DAY = "day"  # ISO 8601: 2013-09-11
    NUMBER = "number"  # a whole number, not negative
    CHECK = "check"  # "yes", or nothing


@dataclass(frozen=True)
class Field:
    """One thing to fill in. `name` is unique in its form and stays the same when the form grows."""

    name: str
    label: Label
    kind: FieldKind
    choices: tuple[tuple[str, Label], ...] = ()  # value and words, of a choice
    required: bool = False
    hint: Label | None = None
    first: str = ""  # what stands there to begin with; never of a choice
    sometimes: bool = False  # required with some answers; the hint says with which
    past: bool = False  # of a day: it must have come, because what happened on it is reported


@dataclass(frozen=True)
class Section:
    """Fields that belong together under a heading."""

    title: Label
    fields: tuple[Field, ...]
    lead: Label | None = None  # a sentence under the heading


@dataclass(frozen=True)
class Fault:
    """What keeps an answer from being complete: the field, and a message id with its values."""

    field: str
    message: str
    values: tuple[tuple[str, str], ...] = ()


class Form(BaseModel):
    """A kind of form, with its parameters."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str

    @abstractmethod
    def sections(self) -> tuple[Section, ...]:
        """What there is to fill in, in order."""

    def of(self, body: str) -> Form:  # noqa: ARG002 - for subclasses
        """The form as one body fills it in; the same for all, unless a kind says otherwise."""
        return self

    def decided_on(self, content: Mapping[str, str]) -> date | None:  # noqa: ARG002 - for subclasses
        """The day on which the body decided, where the form asks for it."""
        return None

    def brief(self) -> tuple[tuple[Label, tuple[Label, ...]], ...]:
        """What must travel with the question in a mail: headings, each with its points."""
        return ()

    def document(self, content: Mapping[str, str], say: Callable[[Label], str]) -> str:  # noqa: ARG002 - for subclasses
        """The text that is handed in with the form; `say` gives a label's words in the text's language."""
        return str(content.get("text", ""))

    def fields(self) -> Iterator[Field]:
        """All fields, in order."""
        for section in self.sections():
            yield from section.fields

    def faults(self, content: Mapping[str, str], position: str) -> Iterator[Fault]:  # noqa: ARG002 - for subclasses
        """Everything that is missing or does not fit; a kind adds rules of its own to these."""
        from models.forms.checking import plain_faults

        for field in self.fields():
            yield from plain_faults(field, str(content.get(field.name, "")))

    def early_days(self, content: Mapping[str, str], today: str) -> Iterator[Fault]:
        """Days in the future on which something is said to have happened."""
        from models.forms.checking import IN_THE_FUTURE, is_day

        for field in self.fields():
            said = str(content.get(field.name, "")).strip()
            if field.past and is_day(said) and said > today:
                yield Fault(field.name, IN_THE_FUTURE)

    def tidy(self, content: Mapping[str, str]) -> dict[str, str]:
        """Only this form's fields, without blank ones."""
        names = {field.name for field in self.fields()}
        return {name: str(value).strip() for name, value in content.items() if name in names and str(value).strip()}

    def rehearsed(self, wishes: Mapping[str, str], today: str) -> dict[str, str]:
        """How somebody fills it in who means no trouble; `wishes` are fields that a script sets."""
        from models.forms.checking import harmless

        filled = {field.name: harmless(field, today) for field in self.fields()}
        return {name: text for name, text in {**filled, **wishes}.items() if text}

    def to_json(self) -> dict[str, Any]:
        """For the step's row."""
        return self.model_dump(mode="json")
