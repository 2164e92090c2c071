"""Meetings for people's calendars: iCalendar (RFC 5545) in the manner of scheduling by mail (RFC 5546, RFC 6047).

A meeting keeps its UID; every change has a higher SEQUENCE; instants are in UTC. Nobody's reply is awaited, because
Samsyn does not read them: whoever cannot come tells the coordinator.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from models.notice import NoticeKind

if TYPE_CHECKING:
    from datetime import date

    from models.meeting import Meeting
    from notifications.letter import Case

CALENDAR_KINDS = (NoticeKind.SUMMONED, NoticeKind.CALLED_OFF)
PRODID = "-//Samsyn//Samsyn//EN"
OCTETS = 75
"""RFC 5545, 3.1: no line is longer, without its line break."""


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
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODID}", f"METHOD:{method}", "BEGIN:VEVENT"]
    lines += _event(case, meeting, summary, description)
    lines += [f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}", "END:VEVENT", "END:VCALENDAR"]
    return Invitation(method, b"".join(folded(line) for line in lines))


def _event(case: Case, meeting: Meeting, summary: str, description: str) -> list[str]:
    organizer = case.coordinator.address or case.sender.mail_from
    lines = [
        f"UID:{uid(case, meeting)}",
        f"DTSTAMP:{_utc(case.now)}",
        f"SEQUENCE:{meeting.sequence}",
        *_span(case, meeting),
        f"SUMMARY:{escaped(summary)}",
        f"ORGANIZER;CN={_quoted(case.coordinator.body)}:mailto:{organizer}",
        f"ATTENDEE;ROLE=REQ-PARTICIPANT;RSVP=FALSE:mailto:{case.person.address}",
    ]
    if meeting.place:
        lines.append(f"LOCATION:{escaped(meeting.place)}")
    if description:
        lines.append(f"DESCRIPTION:{escaped(description)}")
    return [*lines, f"URL:{case.sender.record_url(case.cycle.id)}"]


def uid(case: Case, meeting: Meeting) -> str:
    """The same for every mail about a meeting, and for no meeting of another cycle of that name."""
    named = f"{meeting.id} {case.cycle.started_at.astimezone(UTC).isoformat()}"
    return f"{hashlib.sha256(named.encode()).hexdigest()[:32]}@samsyn"


def _span(case: Case, meeting: Meeting) -> list[str]:
    """From when to when; a meeting without an hour fills its day (RFC 5545, 3.6.1)."""
    assert meeting.day is not None  # noqa: S101 - the caller has looked
    if meeting.begins is None:
        following = meeting.day + timedelta(days=1)
        return [f"DTSTART;VALUE=DATE:{meeting.day:%Y%m%d}", f"DTEND;VALUE=DATE:{following:%Y%m%d}", "TRANSP:OPAQUE"]
    lines = [f"DTSTART:{_utc(_at(case, meeting.day, meeting.begins))}"]
    if meeting.ends is not None:
        lines.append(f"DTEND:{_utc(_at(case, meeting.day, meeting.ends))}")
    return lines


def _at(case: Case, day: date, clock: str) -> datetime:
    return case.place.at(day, time.fromisoformat(clock))


def _utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def escaped(text: str) -> str:
    """A TEXT value (RFC 5545, 3.3.11)."""
    for sign, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(sign, written)
    return text


def _quoted(text: str) -> str:
    """A parameter's value, in which no quotation mark can stand (RFC 5545, 3.2)."""
    return '"' + text.replace('"', "'") + '"'


def folded(line: str) -> bytes:
    """A content line, broken after at most 75 octets and never inside a character (RFC 5545, 3.1)."""
    parts, part = [], b""
    for sign in line:
        octets = sign.encode()
        if len(part) + len(octets) > OCTETS:
            parts.append(part)
            part = b" "
        part += octets
    return b"\r\n".join([*parts, part]) + b"\r\n"
