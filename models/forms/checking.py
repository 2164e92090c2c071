"""What holds for a field by its kind alone."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from config.dates import YEARS
from models.forms.base import Fault, Field, FieldKind

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_SIGNS = {FieldKind.LINE: 500, FieldKind.TEXT: 100_000, FieldKind.NUMBER: 9}
MISSING = "Fill this in."
NOT_OFFERED = "Choose one of the answers."
NO_DAY = "Write the day with year, month and day, for instance 2013-09-11."
NO_NUMBER = "Write a whole number."
IN_THE_FUTURE = "The day lies in the future. Give the day when it happened."
TOO_LONG = "The text is too long: at most %(most)s characters."


def plain_faults(field: Field, text: str) -> Iterator[Fault]:
    """Missing though required, not offered, no day, no number, too long."""
    text = text.strip()
    if not text:
        if field.required:
            yield Fault(field.name, NOT_OFFERED if field.kind is FieldKind.CHOICE else MISSING)
        return
    most = MOST_SIGNS.get(field.kind)
    if most is not None and len(text) > most:
        yield Fault(field.name, TOO_LONG, (("most", str(most)),))
    elif field.kind is FieldKind.CHOICE and text not in {value for value, _ in field.choices}:
        yield Fault(field.name, NOT_OFFERED)
    elif field.kind is FieldKind.DAY and not is_day(text):
        yield Fault(field.name, NO_DAY)
    elif field.kind is FieldKind.NUMBER and not (text.isascii() and text.isdecimal()):
        yield Fault(field.name, NO_NUMBER)


def is_day(text: str) -> bool:
    """Whether a text is a day of the calendar that somebody may mean."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return False
    return day.isoformat() == text and day.year in YEARS


def harmless(field: Field, today: str) -> str:
    """Something that fits: the first choice, a few words, today, nought. Blank where nothing is needed."""
    if not field.required:
        return field.first
    match field.kind:
        case FieldKind.CHOICE:
            return field.choices[0][0]
        case FieldKind.DAY:
            return today
        case FieldKind.NUMBER:
            return "0"
        case FieldKind.CHECK:
            return "yes"
        case _:
            return field.first or field.name
