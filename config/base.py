"""What every part of a definition shares: strict models, keys, words for people, and the small value types."""

from __future__ import annotations

import re
from datetime import date, time
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
)

from config.dates import YEARS, normalise, outside_years, parse_duration, parse_relative, parse_window
from config.i18n import N_
from config.said import Refused
from config.terms import Language

if TYPE_CHECKING:
    from collections.abc import Mapping

FARTHEST_DAYS = 50 * 366


class Strict(BaseModel):
    """A model that refuses keys it does not know, and does not change once read."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        populate_by_name=True,
        use_enum_values=False,
        use_attribute_docstrings=True,
    )


class Shape(StrEnum):
    """What a value looks like in the file; tells the alternatives of a key apart."""

    # No key can look like these, so that they are told from keys in the path of a fault.
    ONE = "<one>"
    LIST = "<list>"
    MAPPING = "<mapping>"


def shape(value: Any) -> Shape:
    """The shape of a value as read, or of the model that it became."""
    if isinstance(value, (dict, BaseModel)):
        return Shape.MAPPING
    return Shape.LIST if isinstance(value, (list, tuple)) else Shape.ONE


ONE, LIST, MAPPING = (Tag(member.value) for member in Shape)
BY_SHAPE = Discriminator(shape)
"""Alternatives are chosen by shape, so that a fault is told once and in terms of what was meant."""

Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
"""A name inside a definition: small letters a-z, digits and hyphens."""

Keys = Annotated[Annotated[Key, ONE] | Annotated[list[Key], LIST], BY_SHAPE]
"""One name, or several."""


def _not_blank(text: str) -> str:
    if not text.strip():
        raise Refused(N_("is empty; write the text"))
    return text


Line = Annotated[str, StringConstraints(max_length=20_000), AfterValidator(_not_blank)]
Text = Annotated[Annotated[Line, ONE] | Annotated[dict[Language, Line], Field(min_length=1), MAPPING], BY_SHAPE]
"""Words for people: one string, or one for each language."""


def in_language(text: str | Mapping[Any, str], language: Language | str, fallback: Language | str = Language.SV) -> str:
    """The words in the wanted language; otherwise in the fallback; otherwise the first there is."""
    if isinstance(text, str):
        return text
    for wanted in (Language(language), Language(fallback)):
        if wanted in text:
            return text[wanted]
    return next(iter(text.values()))


def readable(key: str) -> str:
    """A key as words, where nobody has given it a title: `gruppernas-start` is `Gruppernas start`."""
    return key.replace("-", " ").capitalize()


def _edtf(text: str) -> str:
    relative = parse_relative(text)
    if relative is None:
        parse_window(text)
    elif abs(relative.days) + abs(relative.months) * 31 > FARTHEST_DAYS:
        raise Refused(N_("'%(text)s' is more than fifty years away from its event"), text=text)
    return normalise(text)


def _window(text: str) -> str:
    parse_window(text)
    return normalise(text)


def _duration(text: str) -> str:
    parse_duration(text)
    return text.strip()


def _day(value: Any) -> date:
    if isinstance(value, date):
        day = value
    elif isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value.strip()):
        parse_window(value)
        day = date.fromisoformat(value.strip())
    else:
        no_day = N_("'%(text)s' is no day; write year, month and day, for instance 2013-06-30")
        raise Refused(no_day, text=str(value))
    if day.year not in YEARS:
        raise outside_years(day.isoformat())
    return day


def _clock(value: Any) -> time:
    if isinstance(value, time):
        return value
    found = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::00)?", str(value).strip())
    if not found:
        no_clock = N_("'%(text)s' is no time of day; write hours and minutes, for instance 08:00")
        raise Refused(no_clock, text=str(value))
    return time(int(found[1]), int(found[2]))


def _address(text: str) -> str:
    local, at, domain = text.rpartition("@")
    strange = any(sign.isspace() or not sign.isprintable() or sign in ',;:<>()[]"\\' for sign in text)
    if not at or not local or not domain or "@" in local or strange:
        raise Refused(N_("'%(text)s' is no e-mail address"), text=text)
    return text


When = Annotated[str, StringConstraints(max_length=200), AfterValidator(_edtf)]
"""A date as EDTF, or one that follows from an event."""
Span = Annotated[str, StringConstraints(max_length=200), AfterValidator(_window)]
"""A date as EDTF."""
Duration = Annotated[str, StringConstraints(max_length=200), AfterValidator(_duration)]
"""Days or weeks: 14d, 6w."""
Day = Annotated[date, BeforeValidator(_day)]
"""A day of the calendar: 2013-06-30."""
Clock = Annotated[time, BeforeValidator(_clock)]
"""A time of day: 08:00."""
Address = Annotated[str, StringConstraints(max_length=254), AfterValidator(_address)]
"""An e-mail address."""
