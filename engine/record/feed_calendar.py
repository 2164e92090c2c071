"""The public dates of a record as iCalendar (RFC 5545): milestones and meetings, for a calendar that subscribes.

Identifiers depend on what an event is and never on its day, so that a calendar which reads the feed anew moves what
it has.
"""

from __future__ import annotations

import re
from datetime import UTC, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from icalendar import Calendar, Event

from config.base import in_language, readable
from config.calendars import PLACES
from engine.record.popolo import public_id
from engine.record.times import on_the_day
from engine.record.words import MILESTONE_STATES, say_in
from models.meeting import MeetingStatus
from notifications.i18n import N_

if TYPE_CHECKING:
    from datetime import date, datetime

    from engine.record.meetings import MeetingRecord
    from engine.record.parts import MilestoneRecord, Record
    from notifications.i18n import Tongue

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
HOUR = timedelta(hours=1)
"""What a meeting takes whose end nobody knows."""
MEETING = N_("Meeting: %(body)s")


def record_calendar(record: Record, language: str, base_url: str) -> bytes:
    """The calendar. Its stamp is the record's newest change, so that it is the same until something changes."""
    calendar = Calendar()
    head = (("version", "2.0"), ("prodid", "-//Samsyn//Record//EN"), ("calscale", "GREGORIAN"), ("method", "PUBLISH"))
    for key, value in (*head, ("x-wr-calname", _text(record.title))):
        calendar.add(key, value)
    url = f"{base_url}/record/{quote(record.slug)}"
    for promise in record.milestones:
        if promise.due_on is not None:
            calendar.add_component(_milestone(record, promise, say_in(language), url))
    for meeting in record.meetings:
        if meeting.day is not None:
            calendar.add_component(_meeting(record, meeting, meeting.day, say_in(language), url))
    return bytes(calendar.to_ical())


def _milestone(record: Record, promise: MilestoneRecord, say: Tongue, url: str) -> Event:
    title = in_language(promise.title, say.language, record.language) if promise.title else readable(promise.key)
    said = [
        say(MILESTONE_STATES[promise.status]),
        f"”{promise.words}”" if promise.words else "",
        ", ".join(promise.missing),
    ]
    event = _event(record, f"milestone.{promise.key}", title, "\n".join(filter(None, said)), f"{url}#milestones")
    assert promise.due_on is not None  # noqa: S101 - the caller has seen to it
    _fill_day(event, promise.due_on)
    event.add("categories", "MILESTONE")
    event.add("transp", "TRANSPARENT")
    return event


def _meeting(record: Record, meeting: MeetingRecord, day: date, say: Tongue, url: str) -> Event:
    event = _event(
        record, f"meeting.{public_id(meeting.id)}", say(MEETING, body=meeting.body), meeting.phase, f"{url}#meetings"
    )  # fmt: skip
    place = PLACES[record.place]
    begins, ends = (on_the_day(day, clock, place) for clock in (meeting.begins, meeting.ends))
    if begins is None:
        _fill_day(event, day)
    else:
        _fill_hours(event, begins, ends)
    if meeting.place:
        event.add("location", _text(meeting.place))
    event.add("sequence", meeting.sequence)
    event.add("categories", "MEETING")
    event.add("status", "CANCELLED" if meeting.status == MeetingStatus.CALLED_OFF else "CONFIRMED")
    return event


def _event(record: Record, name: str, summary: str, description: str, url: str) -> Event:
    event = Event()
    event.add("uid", f"{record.slug}.record.{name}@samsyn")
    event.add("dtstamp", record.changed_at.astimezone(UTC))
    event.add("summary", _text(summary))
    if description:
        event.add("description", _text(description))
    event.add("url", url)
    return event


def _fill_day(event: Event, day: date) -> None:
    """The whole day; the end is exclusive (3.6.1)."""
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))


def _fill_hours(event: Event, begins: datetime, ends: datetime | None) -> None:
    event.add("dtstart", begins.astimezone(UTC))
    event.add("dtend", (ends if ends is not None and ends > begins else begins + HOUR).astimezone(UTC))


def _text(words: str) -> str:
    """Words as a value, in which no control sign can stand (3.3.11); line breaks are kept."""
    return CONTROL.sub("", words)
