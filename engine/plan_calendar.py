"""A plan as iCalendar (RFC 5545): an all-day event for every promise, meeting and deadline. Pure.

The identifiers depend on the cycle's name and on what the event is, never on its day: a calendar that takes the plan
in again moves the events that it has.
"""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from config.dates import PromiseKind
from engine.plan_parts import What
from engine.plan_words import Words
from notifications.calendar import escaped, folded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from engine.plan_parts import Plan, Promise, Row


def plan_calendar(plan: Plan, name: str, now: datetime) -> bytes:
    """The calendar, as it is written to a file.

    Args:
        plan: the plan.
        name: what tells this cycle from others, for the identifiers.
        now: when the calendar is written, for DTSTAMP (3.8.7.2).
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Samsyn//Plan//EN",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{_text(plan.title)}",
    ]
    for event in _events(plan, name, f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"):
        lines += event
    return b"".join(folded(line) for line in [*lines, "END:VCALENDAR"])


def _events(plan: Plan, name: str, stamp: str) -> Iterator[list[str]]:
    words = Words(plan)
    for promise in plan.promises:
        if promise.due is not None:
            uid = f"{name}.milestone.{promise.key}@samsyn"
            yield _event(uid, stamp, promise.due, _summary(words, promise), _description(words, promise), "MILESTONE")
    for row in plan.rows:
        if row.milestone is None and row.what in (What.DEADLINE, What.MEETING) and row.step:
            uid = f"{name}.{row.what}.{row.step.replace('/', '.')}@samsyn"
            yield _event(uid, stamp, row.day, words.row(row), _about(words, row), row.what.upper())


def _event(uid: str, stamp: str, day: date, summary: str, description: str, category: str) -> list[str]:
    """An event that takes a day and blocks nobody's time; the end is exclusive (3.6.1)."""
    return [
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{stamp}",
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_text(summary)}",
        f"DESCRIPTION:{_text(description)}",
        f"CATEGORIES:{category}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


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
    """Words as a value: a carriage return alone would end the line for some readers."""
    return escaped(words.replace("\r", ""))
