"""What is said of a definition: a sentence with its values, sayable in every language that has a catalogue.

`str()` gives the English sentence, with keys and dates as the file has them: that is what a terminal, an editor and
JSON get. `told()` gives the sentence to people: in their language, with titles for keys and dates as they write them.
What to write in the file instead is told only to those who edit it (`advised()`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

from babel.lists import format_list

from config.date_words import month_words, plain_day, weekday
from config.i18n import BABEL_LOCALE, N_, tongue

if TYPE_CHECKING:
    from collections.abc import Iterable

ENGLISH = "en"
SHOWN = 60
LONGEST = 6 * SHOWN


@runtime_checkable
class Spoken(Protocol):
    """A value that every language has its own words for."""

    def told(self, language: str) -> str:
        """The value in a language: sv, da or en."""


Value = str | int | date | Spoken


def value_in(value: Value, language: str) -> str:
    """A value as it stands in a sentence of a language."""
    if isinstance(value, Spoken):
        return value.told(language)
    return plain_day(value, language) if isinstance(value, date) else str(value)


@dataclass(frozen=True)
class Said:
    """A sentence: the message id, which is the English one, the values of its placeholders, and a remedy, if any."""

    message: str
    values: tuple[tuple[str, Value], ...] = ()
    remedy: str | None = None

    def __str__(self) -> str:
        """In English, as the file has keys and dates, with what to write there."""
        said = self.message % {name: str(value) for name, value in self.values} if self.values else self.message
        return f"{said}; {self.remedy}" if self.remedy else said

    def __lt__(self, other: Said) -> bool:
        """In the order of the English sentences."""
        return str(self) < str(other)

    def told(self, language: str) -> str:
        """In a language: sv, da or en."""
        return tongue(language)(self.message, **{name: value_in(value, language) for name, value in self.values})

    def advised(self, language: str) -> str:
        """In a language, with what to write in the file."""
        said = self.told(language)
        return f"{said}; {tongue(language)(self.remedy)}" if self.remedy else said

    def in_full(self, language: str) -> str:
        """In a language, as a sentence that stands alone."""
        said = self.told(language)
        return f"{said[:1].upper()}{said[1:]}{'' if said.endswith(('.', '?', '!')) else '.'}"


def sentence(message: str, remedy: str | None = None, /, **values: Value) -> Said:
    """A sentence with its values; the message ids of it and of what to write instead are marked with `N_`."""
    return Said(message, tuple(values.items()), remedy)


def short(value: object, longest: int = SHOWN) -> str:
    """A value as it can stand in a sentence: on one line, of bearable length."""
    text = " ".join(str(value).split())
    return f"{text[:longest]}…" if len(text) > longest else text


class Refused(ValueError):  # noqa: N818 - what happened to the value; the message says why
    """A value that cannot stand; says why in every language, quoting of a long value only its beginning."""

    def __init__(self, message: str, /, **values: Value) -> None:
        quoted = {name: short(one, LONGEST) if isinstance(one, str) else one for name, one in values.items()}
        self.said = sentence(message, **quoted)
        super().__init__(str(self.said))


class Row(StrEnum):
    """How several are put in a row."""

    AND = "standard"  # a, b and c
    OR = "or"  # a, b or c
    COMMA = "comma"  # a, b, c


@dataclass(frozen=True)
class Listed:
    """Several in a row; `more` when there are others, which are not named."""

    of: tuple[Value, ...]
    row: Row = Row.COMMA
    more: bool = False

    def __str__(self) -> str:
        """In English."""
        return self._joined([str(value) for value in self.of], ENGLISH)

    def told(self, language: str) -> str:
        """In a language."""
        return self._joined([value_in(value, language) for value in self.of], language)

    def _joined(self, words: list[str], language: str) -> str:
        if not words:
            return tongue(language)(N_("none"))
        if self.row is Row.COMMA:
            return ", ".join([*words, *(["…"] if self.more else [])])
        style: Literal["or", "standard"] = "or" if self.row is Row.OR else "standard"
        return format_list(words, style, BABEL_LOCALE[language])


def listed(values: Iterable[Value], row: Row = Row.COMMA, *, most: int | None = None) -> Listed:
    """Several in a row, the first `most` of them."""
    every = tuple(values)
    return Listed(every[:most], row, more=most is not None and len(every) > most)


@dataclass(frozen=True)
class Weekday:
    """The day of the week of a day."""

    day: date

    def __str__(self) -> str:
        """In English."""
        return self.told(ENGLISH)

    def told(self, language: str) -> str:
        """In a language."""
        return weekday(self.day, language)


@dataclass(frozen=True)
class Month:
    """A month of a year, by any of its days."""

    day: date

    def __str__(self) -> str:
        """In English."""
        return self.told(ENGLISH)

    def told(self, language: str) -> str:
        """In a language."""
        return month_words(self.day, language)
