"""Days and spans of days as people write them."""

from __future__ import annotations

from calendar import monthrange
from functools import lru_cache
from typing import TYPE_CHECKING

from babel.dates import format_date

from config.i18n import BABEL_LOCALE, N_, tongue

if TYPE_CHECKING:
    from datetime import date

KEPT = 4096
MONTHS_IN_QUARTER = 3
MONTHS_IN_YEAR = 12
LONG_PATTERN = {"sv": "EEEE d MMMM y", "da": "EEEE 'den' d. MMMM y", "en": "EEEE d MMMM y"}
PLAIN_PATTERN = {"sv": "d MMMM y", "da": "d. MMMM y", "en": "d MMMM y"}
QUARTERS = (
    N_("the first quarter of %(year)s"),
    N_("the second quarter of %(year)s"),
    N_("the third quarter of %(year)s"),
    N_("the fourth quarter of %(year)s"),
)


@lru_cache(maxsize=KEPT)
def long_day(day: date, language: str) -> str:
    """A day with its weekday: `söndag 30 juni 2013`."""
    return format_date(day, LONG_PATTERN[language], locale=BABEL_LOCALE[language])


@lru_cache(maxsize=KEPT)
def plain_day(day: date, language: str) -> str:
    """A day without its weekday: `30 juni 2013`."""
    return format_date(day, PLAIN_PATTERN[language], locale=BABEL_LOCALE[language])


def weekday(day: date, language: str) -> str:
    """The day of the week: `söndag`."""
    return format_date(day, "EEEE", locale=BABEL_LOCALE[language])


def month_words(day: date, language: str) -> str:
    """The month of a day, with its year: `juni 2013`."""
    return _month(day, "LLLL y", language)


@lru_cache(maxsize=KEPT)
def window_words(earliest: date | None, latest: date | None, language: str) -> str:
    """The days from `earliest` to `latest`, both included, as a person would say them.

    A whole year, quarter, month or row of months is named as such: `första kvartalet 2014`, `februari–mars 2013`.

    Raises:
        ValueError: both ends are open.
    """
    say = tongue(language)
    if earliest and latest:
        return _named(earliest, latest, language) or _span(earliest, latest, language)
    if latest:
        return say(N_("no later than %(day)s"), day=long_day(latest, language))
    if earliest:
        return say(N_("from %(day)s"), day=long_day(earliest, language))
    raise ValueError("a window needs at least one end")


def _span(earliest: date, latest: date, language: str) -> str:
    if earliest == latest:
        return long_day(latest, language)
    first, last = plain_day(earliest, language), plain_day(latest, language)
    return tongue(language)(N_("%(first)s to %(last)s"), first=first, last=last)


def _named(earliest: date, latest: date, language: str) -> str | None:
    """The name of a window of whole months, or None."""
    if earliest.day != 1 or latest.day != monthrange(latest.year, latest.month)[1]:
        return None
    months = (latest.year - earliest.year) * MONTHS_IN_YEAR + latest.month - earliest.month + 1
    if months == MONTHS_IN_YEAR and earliest.month == 1:
        return str(earliest.year)
    if months == MONTHS_IN_QUARTER and earliest.month % MONTHS_IN_QUARTER == 1:
        return tongue(language)(QUARTERS[earliest.month // MONTHS_IN_QUARTER], year=earliest.year)
    if months == 1:
        return month_words(latest, language)
    same_year = earliest.year == latest.year
    return f"{_month(earliest, 'LLLL' if same_year else 'LLLL y', language)}–{_month(latest, 'LLLL y', language)}"


def _month(day: date, pattern: str, language: str) -> str:
    return format_date(day, pattern, locale=BABEL_LOCALE[language])
