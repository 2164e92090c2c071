"""What a spreadsheet of participants calls its columns, seats and languages, in every language that there is."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from babel import Locale

from config.terms import Language, Seat
from engine.plan_words import LOCALES
from notifications.i18n import BABEL_LOCALE, N_, tongue
from notifications.terms import seat_words

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADINGS = {
    "body": N_("Body"),
    "called": N_("Name of the body"),
    "seat": N_("Seat"),
    "number": N_("Number"),
    "address": N_("Address"),
    "name": N_("Name"),
    "language": N_("Language"),
}


def heading(column: str, language: str) -> str:
    """The heading of a column: `Adress`."""
    return tongue(language, LOCALES)(HEADINGS[column])


def seat_name(seat: Seat, language: str) -> str:
    """The name of a kind of seat: `ledamot`."""
    return seat_words(seat, tongue(language))


def language_name(code: Language, language: str) -> str:
    """The name of a language in another: `danska`."""
    return str(Locale.parse(BABEL_LOCALE[language]).languages[code])


@cache
def columns() -> dict[str, str]:
    """Columns by what people write, in small letters: the key, or its heading in any language."""
    return {**{heading(key, code).casefold(): key for key in HEADINGS for code in Language}, **{k: k for k in HEADINGS}}


@cache
def seats() -> dict[str, Seat]:
    """Kinds of seats by what people write, in small letters: the key, or its name in any language."""
    return dict(_seats())


def _seats() -> Iterator[tuple[str, Seat]]:
    for seat in Seat:
        yield f"{seat}s", seat
        for code in Language:
            yield seat_name(seat, code).casefold(), seat
        yield str(seat), seat


@cache
def languages() -> dict[str, Language]:
    """Languages by what people write, in small letters: the code, or its name in any language."""
    names = {language_name(said, code).casefold(): said for said in Language for code in Language}
    return {**names, **{str(code): code for code in Language}}
