"""A definition as it is to begin: on another day if one is given, with the dates that were set by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from shell.words import day_of, unusable

if TYPE_CHECKING:
    from config.definition import Definition
    from config.redate import Landing

Dates = Annotated[
    list[str] | None,
    typer.Option("--date", help="A date that the definition leaves open, or another: MILESTONE-or-PHASE=2027-05-31."),
]


@dataclass(frozen=True)
class Begun:
    """A definition, and its dates that landed on days on which nobody works."""

    definition: Definition
    to_decide: tuple[Landing, ...]


def begun(name: str, begin: str | None, dates: list[str] | None) -> Begun:
    """A definition by name or file. A date that was set by hand has been decided."""
    from config.loader import load_named
    from config.redate import landings, redate

    as_written = load_named(name)
    redated = as_written if begin is None else redate(as_written, day_of(begin))
    definition = dated(redated, dates)
    found = landings(definition) if redated is not as_written else ()
    by_hand = _dates(dates)
    return Begun(definition, tuple(landing for landing in found if landing.path[-1] not in by_hand))


def dated(definition: Definition, dates: list[str] | None, language: str | None = None) -> Definition:
    """A definition with dates set by hand; what refuses them is told in the language, if one is given."""
    from config.faults import Fault
    from config.setdates import with_dates

    given = _dates(dates)
    try:
        return with_dates(definition, given) if given else definition
    except Fault as wrong:
        unusable(f"--date: {wrong.said.advised(language) if language else wrong.message}")


def _dates(written: list[str] | None) -> dict[str, date]:
    pairs = [text.partition("=") for text in written or ()]
    for name, equals, _ in pairs:
        if not equals or not name:
            raise typer.BadParameter(f"'{name}' sets no date; write MILESTONE-or-PHASE=2027-05-31")
    return {name.strip(): day_of(day.strip()) for name, _, day in pairs}


def decided(found: Begun, *, accept: bool, roll: bool) -> Definition:
    """The definition to start, when a person has decided on every date that landed on a non-working day."""
    from config.redate import rolled

    if accept and roll:
        unusable("write --accept-dates or --roll-dates, not both")
    if found.to_decide and not (accept or roll):
        unusable(_to_decide(found.to_decide))
    return rolled(found.definition, found.to_decide) if roll and found.to_decide else found.definition


def landed(found: Begun, *, roll: bool) -> list[str]:
    """What became of each date that landed on a non-working day, a line each."""
    return [
        f"{one.where}: {one.day} is {one.closed}; {f'moved to {one.proposal}' if roll else 'kept'}"
        for one in found.to_decide
    ]


def _to_decide(landings: tuple[Landing, ...]) -> str:
    lines = [
        f"{landing.where}: {landing.day} is {landing.closed}; the next working day is {landing.proposal}"
        for landing in landings
    ]
    advice = "--accept-dates keeps these days, --roll-dates takes the next working days, --date NAME=DAY sets one"
    return "\n".join([*lines, f"decide on each: {advice}"])
