"""Meetings for people's calendars: iCalendar (RFC 5545) in the manner of scheduling by mail (RFC 5546, RFC 6047).

A meeting keeps its UID; every change has a higher SEQUENCE; instants are in UTC. Nobody's reply is awaited, because
Samsyn does not read them: whoever cannot come tells the coordinator.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from icalendar import Calendar, Event, vCalAddress, vText

from models.notice import NoticeKind

if TYPE_CHECKING:
    from models.meeting import Meeting
    from notifications.letter import Case

CALENDAR_KINDS = (NoticeKind.SUMMONED, NoticeKind.CALLED_OFF)
PRODID = "-//Samsyn//Samsyn//EN"


@dataclass(frozen=True)
class Invitation:
    """A calendar object, and the method that the mail's part must name again (RFC 6047, 2.4)."""

    method: str
    content: bytes


def invitation(case: Case, summary: str, description: str) -> Invitation | None:
    """What goes with the letter that calls to a meeting or calls it off; None while the meeting has no day."""
    meeting = case.meeting
    if case.notice.kind not in CALENDAR_KINDS or meeting is None or meeting.day is None:
        return None
    cancelled = case.notice.kind is NoticeKind.CALLED_OFF
    method = "CANCEL" if cancelled else "REQUEST"
    calendar = Calendar()
    for name, value in (("prodid", PRODID), ("version", "2.0"), ("method", method)):
        calendar.add(name, value)
    event = _event(case, meeting, summary, description)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    calendar.add_component(event)
    return Invitation(method, calendar.to_ical())


def _event(case: Case, meeting: Meeting, summary: str, description: str) -> Event:
    event = Event()
    event.add("uid", uid(case, meeting))
    event.add("dtstamp", case.now.astimezone(UTC))
    event.add("sequence", meeting.sequence)
    event.add("summary", summary)
    _add_span(event, case, meeting)
    _add_people(event, case)
    if meeting.place:
        event.add("location", meeting.place)
    if description:
        event.add("description", description)
    event.add("url", case.sender.record_url(case.cycle.id))
    return event


def _add_people(event: Event, case: Case) -> None:
    organizer = vCalAddress(f"mailto:{case.coordinator.address or case.sender.mail_from}")
    organizer.params["CN"] = vText(case.coordinator.body)
    event["ORGANIZER"] = organizer
    attendee = vCalAddress(f"mailto:{case.person.address}")
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    attendee.params["RSVP"] = vText("FALSE")
    event.add("attendee", attendee, encode=False)


def uid(case: Case, meeting: Meeting) -> str:
    """The same for every mail about a meeting, and for no meeting of another cycle of that name."""
    named = f"{meeting.id} {case.cycle.started_at.astimezone(UTC).isoformat()}"
    return f"{hashlib.sha256(named.encode()).hexdigest()[:32]}@samsyn"


def _add_span(event: Event, case: Case, meeting: Meeting) -> None:
    """From when to when; a meeting without an hour fills its day (RFC 5545, 3.6.1)."""
    assert meeting.day is not None  # noqa: S101 - the caller has looked
    if meeting.begins is None:
        event.add("dtstart", meeting.day)
        event.add("dtend", meeting.day + timedelta(days=1))
        event.add("transp", "OPAQUE")
        return
    for name, clock in (("dtstart", meeting.begins), ("dtend", meeting.ends)):
        if clock is not None:
            event.add(name, _instant(case, meeting, clock))


def _instant(case: Case, meeting: Meeting, clock: str) -> datetime:
    assert meeting.day is not None  # noqa: S101 - the caller has looked
    return case.place.at(meeting.day, time.fromisoformat(clock)).astimezone(UTC)
