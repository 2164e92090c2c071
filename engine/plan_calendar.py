"""A plan as iCalendar (RFC 5545): an all-day event for every promise, meeting and deadline. Pure.

The identifiers depend on the cycle's name and on what the event is, never on its day: a calendar that takes the plan
in again moves the events that it has.
"""

from __future__ import annotations

import re
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from icalendar import Calendar, Event, vText

from config.dates import PromiseKind
from engine.plan_parts import What
from engine.plan_words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from engine.plan_parts import Plan, Promise, Row

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


def plan_calendar(plan: Plan, name: str, now: datetime) -> bytes:
    """The calendar, as it is written to a file.

    Args:
        plan: the plan.
        name: what tells this cycle from others, for the identifiers.
        now: when the calendar is written, for DTSTAMP (3.8.7.2).
    """
    calendar = Calendar()
    for key, value in (("version", "2.0"), ("prodid", "-//Samsyn//Plan//EN"), ("calscale", "GREGORIAN")):
        calendar.add(key, value)
    calendar["X-WR-CALNAME"] = vText(_text(plan.title))  # the library takes no unknown name for text by itself
    for event in _events(plan, name, now.astimezone(UTC)):
        calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def _events(plan: Plan, name: str, stamp: datetime) -> Iterator[Event]:
    words = Words(plan)
    for promise in plan.promises:
        if promise.due is not None:
            uid = f"{name}.milestone.{promise.key}@samsyn"
            yield _event(uid, stamp, promise.due, _summary(words, promise), _description(words, promise), "MILESTONE")
    for row in plan.rows:
        if row.milestone is None and row.what in (What.DEADLINE, What.MEETING) and row.step:
            uid = f"{name}.{row.what}.{row.step.replace('/', '.')}@samsyn"
            yield _event(uid, stamp, row.day, words.row(row), _about(words, row), row.what.upper())


def _event(uid: str, stamp: datetime, day: date, summary: str, description: str, category: str) -> Event:
    """An event that takes a day and blocks nobody's time; the end is exclusive (3.6.1)."""
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", stamp)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", _text(summary))
    event.add("description", _text(description))
    event.add("categories", category)
    event.add("transp", "TRANSPARENT")
    return event


def _summary(words: Words, promise: Promise) -> str:
    name = words.milestone(promise.key)
    return name if promise.promise is PromiseKind.ON else f"{name} ({words.what(What.DEADLINE).lower()})"


def _description(words: Words, promise: Promise) -> str:
    about = words.plan.phase_title(promise.phase) if promise.phase else ""
    said = f"”{promise.words}”" if promise.words else ""
    when = f"{words.promised(promise)}: {words.computed(promise.computed)}"
    return "\n".join(filter(None, (about, said, ", ".join(promise.bodies), when)))


def _about(words: Words, row: Row) -> str:
    about = words.plan.phase_title(row.phase) if row.phase else ""
    computed = words.computed(row.computed) if row.computed else ""
    return "\n".join(filter(None, (about, ", ".join(row.of), computed)))


def _text(words: str) -> str:
    """Words as a value, in which no control sign can stand (3.3.11); line breaks are kept."""
    return CONTROL.sub("", words)
