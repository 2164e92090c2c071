"""Promised dates: what a definition's dates mean.

A promise keeps three things together: the source's own words, the date as EDTF (ISO 8601-2; level 0, level 1
intervals and qualifiers, level 2 codes 33-36 for quarters), and whether a person has confirmed what was
inferred. Work is scheduled on the latest day; people are shown the words.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

import pendulum
from edtf import parse_edtf
from edtf.parser import parser_classes
from edtf.parser.edtf_exceptions import EDTFParseException

from config.i18n import N_
from config.said import Month, Refused

# It prints what it stumbles over (2013-0X), and standard output is where a command's answer goes.
vars(parser_classes)["print"] = lambda *_: None

QUARTER = re.compile(r"\b([0-9]{4})-Q([1-4])\b", re.IGNORECASE)
OPEN = ".."
LENGTH = r"(?P<count>[0-9]{1,4})(?P<unit>[dwm])"
"""So many days, weeks or months; there is nothing shorter than a day that `m` could be taken for."""
RELATIVE = re.compile(rf"(?P<sign>[+-]){LENGTH}\s+(?P<side>after|before)\s+(?P<anchor>[a-z0-9][a-z0-9.-]*)")
DURATION = re.compile(r"([0-9]{1,4})([dw])")
CALENDAR_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
CALENDAR_MONTH = re.compile(r"[0-9]{4}-([0-9]{2})")
MONTHS = 12
DAYS = {"d": 1, "w": 7}
YEARS = range(1900, 2200)
"""The years that a cycle may lie in. Time zones and holidays are known well enough between them."""
LONGEST = 60
"""Signs in a date; the parser behind is slow on long nonsense."""


class PromiseKind(StrEnum):
    """What sort of promise a date is."""

    ON = "on"  # that very day
    BY = "by"  # no later than
    IN = "in"  # some time within


@dataclass(frozen=True)
class Window:
    """Days from earliest to latest, both included; an open end is None."""

    earliest: date | None
    latest: date | None


@dataclass(frozen=True)
class Length:
    """So many days, or months."""

    days: int = 0
    months: int = 0

    def after(self, day: date) -> date:
        """The day so much later. Months keep the day of month, or take the month's last."""
        moved = pendulum.Date(day.year, day.month, day.day).add(months=self.months, days=self.days)
        return date(moved.year, moved.month, moved.day)


@dataclass(frozen=True)
class Relative:
    """A date that follows from an event: `+6w after projektbeskrivning.closed`.

    The anchor is `begins`, a milestone's key, or a phase's key with `.opened` or `.closed`.
    """

    days: int
    months: int
    anchor: str

    def from_day(self, day: date) -> date:
        """The date when the anchor's day is known. Months keep the day of month, or take the month's last."""
        return Length(self.days, self.months).after(day)


@lru_cache(maxsize=1024)
def parse_window(text: str) -> Window:
    """The days that an EDTF expression covers, by its strict bounds.

    Raises:
        ValueError: the text is no date that Samsyn knows; the message says what to write.
    """
    normal = normalise(text)
    if len(normal) > LONGEST:
        raise _no_date(f"{normal[:LONGEST]}…")
    start, slash, end = normal.partition("/")
    if not slash:
        window = _bounds(normal)
    else:
        earliest = None if start in ("", OPEN) else _bounds(start).earliest
        latest = None if end in ("", OPEN) else _bounds(end).latest
        window = Window(earliest, latest)
    if window.earliest is None and window.latest is None:
        neither = N_("'%(text)s' has neither beginning nor end; write one of them, for instance ../2013-08-15")
        raise Refused(neither, text=text)
    if window.earliest and window.latest and window.earliest > window.latest:
        backwards = N_("'%(text)s' ends (%(last)s) before it begins (%(first)s)")
        raise Refused(backwards, text=text, last=window.latest, first=window.earliest)
    return window


def normalise(text: str) -> str:
    """EDTF for the friendlier spellings: 2014-Q1 becomes 2014-33."""
    return QUARTER.sub(lambda found: f"{found[1]}-{32 + int(found[2])}", text.strip())


def parse_relative(text: str) -> Relative | None:
    """The relative date that a text says, or None when it is not of that form."""
    found = RELATIVE.fullmatch(text.strip())
    if not found:
        return None
    later = (found["sign"] == "+") == (found["side"] == "after")
    length = length_of(found["count"], found["unit"])
    sign = 1 if later else -1
    return Relative(sign * length.days, sign * length.months, found["anchor"])


def length_of(count: str, unit: str) -> Length:
    """The length that `LENGTH` found."""
    return Length(months=int(count)) if unit == "m" else Length(days=int(count) * DAYS[unit])


def parse_duration(text: str) -> timedelta:
    """A span such as 14d or 6w.

    Raises:
        ValueError: anything else.
    """
    found = DURATION.fullmatch(text.strip())
    if not found:
        raise Refused(N_("'%(text)s' is no span of time; write days or weeks, for instance 14d or 6w"), text=text)
    return timedelta(days=int(found[1]) * DAYS[found[2]])


def _bounds(edtf: str) -> Window:
    window = _parsed(edtf)
    if window is None:
        raise _impossible(edtf) or _no_date(edtf)
    if any(day.year not in YEARS for day in (window.earliest, window.latest) if day):
        raise outside_years(edtf)
    return window


def _parsed(edtf: str) -> Window | None:
    if "/" in edtf:
        return None  # a second span within a span
    try:
        parsed = parse_edtf(edtf)
        low, high = parsed.lower_strict(), parsed.upper_strict()
        return Window(date(*low[:3]), date(*high[:3]))
    except EDTFParseException:
        return None
    except (TypeError, ValueError, OverflowError, AttributeError, IndexError):
        # The parser takes some texts whose bounds it cannot then compute.
        return None


def _impossible(text: str) -> Refused | None:
    """Why a text of the right form is no date: there is no such month or day."""
    found = CALENDAR_DAY.fullmatch(text) or CALENDAR_MONTH.fullmatch(text)
    if not found:
        return None
    parts = [int(part) for part in text.split("-")]
    year, month = parts[0], parts[1]
    if not 1 <= month <= MONTHS:
        return Refused(N_("there is no month %(month)s in '%(text)s'; months go from 01 to 12"), month=month, text=text)
    if year not in YEARS:
        return outside_years(text)
    short = N_("there is no day %(text)s; %(month)s has %(days)s days")
    return Refused(short, text=text, month=Month(date(year, month, 1)), days=monthrange(year, month)[1])


def outside_years(text: str) -> Refused:
    """That a date lies outside `YEARS`."""
    outside = N_("'%(text)s' is outside the years %(first)s to %(last)s")
    return Refused(outside, text=text, first=YEARS[0], last=YEARS[-1])


def _no_date(text: str) -> Refused:
    advice = N_(
        "'%(text)s' is no date; write a day (2013-06-30), a month (2013-04), a quarter (2014-Q1), "
        "a span (2013-02/2013-03), 'no later than' (../2013-08-15) or '+6w after PHASE.closed'"
    )
    return Refused(advice, text=text)
