"""What people's calendars get: read back by a parser that forgives nothing (RFC 5545, RFC 5546, RFC 6047)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from typing import TYPE_CHECKING

import pytest
import vobject

from engine.commands.coordinate import cancel_cycle, move_milestone
from models.notice import Delivery, Notice, NoticeKind
from notifications.compose import compose
from notifications.outbox import Mailer
from notifications.sender import Sender
from notifications.transport import DiscardTransport
from tests.tasks.world import World, tiny

if TYPE_CHECKING:
    from email.message import EmailMessage

SENDER = Sender("samsyn@samsyn.example", "http://samsyn.example", "secret")
LINE = re.compile(
    r"(?P<name>[A-Z-]+)(?P<parameters>(?:;[A-Z-]+=(?:\"[^\"\x00-\x08\x0a-\x1f]*\"|[^\";:,\x00-\x1f]*))*):(?P<value>[^\x00-\x08\x0a-\x1f\x7f]*)"
)
INSTANT = re.compile(r"\d{8}T\d{6}Z")
REQUIRED = {  # RFC 5546, 3.2.2 and 3.2.5
    "REQUEST": {"UID", "DTSTAMP", "SEQUENCE", "DTSTART", "SUMMARY", "ORGANIZER", "ATTENDEE"},
    "CANCEL": {"UID", "DTSTAMP", "SEQUENCE", "ORGANIZER", "ATTENDEE", "STATUS"},
}
DEFINITION = """
cycle: tiny
title: {sv: En liten cykel, en: A tiny cycle}
language: LANGUAGE
begins: 2024-05-01
coordinator: office
bodies:
  office: {name: {sv: 'Kansliet "Norr", Åre', en: The office}, seats: {contact: 1}}
  board: {name: {sv: Styrelsen, en: The board}, seats: {chair: 1, members: 2, secretary: 1}}
milestones: {day: {on: 2024-06-10}}
phases:
  sitting:
    title: {sv: Sammanträde, en: A meeting}
    kind: meeting
    body: board
    on: day
    time: 13:00
    until: 15:30
    place: "Rådhuset, Storgatan 1; plan 2"
    agenda:
      - {title: {sv: Mötet öppnas, en: Opening}}
      - title: {sv: Beredskapslager mellan Regionen och kommunerna, en: Contingency stores}
        documents: [{sv: Presentation, en: Presentation}]
        decision: endorses
"""


def called(language: str = "sv") -> World:
    world = World(tiny("", DEFINITION.replace("LANGUAGE", language)))
    world.go("2024-05-28")
    return world


def letter(world: World, notice: Notice) -> EmailMessage:
    with world.register.read() as session:
        delivery = session.get(Delivery, notice.id)
        assert delivery is not None
        raw = compose(session, notice, delivery, SENDER, now=world.now).raw
    return message_from_bytes(raw, policy=policy.SMTP)  # type: ignore[return-value]


def parsed(octets: bytes) -> dict[str, tuple[str, str]]:
    """The event's properties; anything that RFC 5545 does not allow is an error."""
    assert octets.endswith(b"\r\n")
    physical = octets.split(b"\r\n")[:-1]
    assert all(len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in physical)
    assert all(line.decode() for line in physical), "a character is broken, or a line is empty"
    lines = octets.decode().replace("\r\n ", "").split("\r\n")[:-1]
    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert (lines[4], lines[-2:]) == ("BEGIN:VEVENT", ["END:VEVENT", "END:VCALENDAR"])
    found: dict[str, tuple[str, str]] = {}
    for line in (*lines[2:4], *lines[5:-2]):
        match = LINE.fullmatch(line)
        assert match, line
        assert match["name"] not in found, f"{match['name']} stands twice"
        found[match["name"]] = (match["parameters"], match["value"])
    assert REQUIRED[found["METHOD"][1]] <= set(found)
    return found


def calendar(mail: EmailMessage) -> dict[str, tuple[str, str]]:
    """The part that calendars act on; the attachment says the same."""
    parts = {part.get_content_type(): part for part in mail.walk()}
    part, attached = parts["text/calendar"], parts["application/ics"]
    octets = part.get_payload(decode=True)
    assert isinstance(octets, bytes)
    assert octets == attached.get_payload(decode=True)
    assert part.get_content_charset() == "utf-8"
    found = parsed(octets)
    assert part.get_param("method") == found["METHOD"][1]
    return found


def test_a_summons_is_text_html_calendar_and_attachment() -> None:
    world = called()
    mail = letter(world, world.notices(NoticeKind.SUMMONED)[0])
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar", "application/ics",
    ]  # fmt: skip
    found = calendar(mail)
    assert found["METHOD"] == ("", "REQUEST")
    assert (found["DTSTART"][1], found["DTEND"][1]) == ("20240610T110000Z", "20240610T133000Z")  # summer time
    assert INSTANT.fullmatch(found["DTSTAMP"][1])
    assert found["SEQUENCE"][1] == "0"
    assert found["STATUS"][1] == "CONFIRMED"
    assert found["LOCATION"][1] == "Rådhuset\\, Storgatan 1\\; plan 2"
    assert found["ORGANIZER"] == (";CN=\"Kansliet ^'Norr^', Åre\"", "mailto:contact@office.example")
    assert found["ATTENDEE"][1].startswith("mailto:")
    world.register.close()


def test_uid_stays_and_sequence_grows_until_it_is_called_off() -> None:
    world = called()
    first = calendar(letter(world, world.notices(NoticeKind.SUMMONED)[0]))
    move_milestone(world.register, "tiny", "day", date(2024, 11, 4), reason="Sommar.", now=world.now, actor="office")
    moved = calendar(letter(world, world.notices(NoticeKind.SUMMONED)[-1]))
    cancel_cycle(world.register, "tiny", reason="Behövs inte.", now=world.now, actor="office")
    off = calendar(letter(world, world.notices(NoticeKind.CALLED_OFF)[0]))
    assert first["UID"] == moved["UID"] == off["UID"]
    assert [one["SEQUENCE"][1] for one in (first, moved, off)] == ["0", "1", "2"]
    assert moved["DTSTART"][1] == "20241104T120000Z"  # winter time
    assert (off["METHOD"][1], off["STATUS"][1]) == ("CANCEL", "CANCELLED")
    world.register.close()


def test_a_plain_meeting_fills_its_day() -> None:
    world = World(
        tiny("""
          milestones: {day: {on: 2024-03-11}}
          phases: {ask: {kind: consultation, consultees: towns, ruling_by: board, meeting: day, in: 2024-02}}
        """)
    )  # fmt: skip
    world.go("2024-02-05")
    for town in ("berg", "krokom", "ragunda"):
        world.reply("ask/replies", town)
    found = calendar(letter(world, world.notices(NoticeKind.SUMMONED)[0]))
    assert found["DTSTART"] == (";VALUE=DATE", "20240311")
    assert found["DTEND"] == (";VALUE=DATE", "20240312")
    world.register.close()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("sv", ["Du kallas till möte med Styrelsen.", "måndag 10 juni 2024", "13:00–15:30", "Föredragningslista:",
                "1. Mötet öppnas", "2. Beredskapslager mellan Regionen och kommunerna (för beslut, skickas"]),
        ("en", ["You are called to a meeting of The board.", "Monday 10 June 2024", "13:00–15:30", "Agenda:",
                "1. Opening", "2. Contingency stores (for decision, sent separately: Presentation)"]),
    ],
)  # fmt: skip
def test_a_summons_says_when_where_and_what(language: str, words: list[str]) -> None:
    world = called(language)
    mail = letter(world, world.notices(NoticeKind.SUMMONED)[0])
    plain = next(part for part in mail.walk() if part.get_content_type() == "text/plain")
    text = plain.get_content()
    assert all(said in text for said in words), text
    assert "Rådhuset, Storgatan 1; plan 2" in text
    world.register.close()


class Calendar:
    """A person's calendar as RFC 5546, 3.2 and 2.1.5 have it: by UID, and only what has a higher SEQUENCE."""

    def __init__(self) -> None:
        self.events: dict[str, tuple[int, str]] = {}

    def take(self, octets: bytes) -> None:
        """A mail has come; read by vobject, which shares nothing with the writer."""
        calendar = vobject.readOne(octets.decode())
        event = calendar.vevent
        uid, sequence = str(event.uid.value), int(event.sequence.value)
        if uid in self.events and sequence <= self.events[uid][0]:
            return
        cancelled = calendar.method.value == "CANCEL"
        self.events[uid] = (sequence, "" if cancelled else event.dtstart.value.isoformat())


def test_a_calendar_follows_the_outbox_in_whatever_order_mail_comes() -> None:
    """Called, moved, called off: each mail as the outbox sends it, then read by another program."""
    world = called()
    sent: list[bytes] = []

    def send() -> None:
        mailer = Mailer(world.register, DiscardTransport(), SENDER, owner="test")
        kinds = (NoticeKind.SUMMONED, NoticeKind.CALLED_OFF)
        newest = max((one for kind in kinds for one in world.notices(kind)), key=lambda one: (one.created_at, one.kind))
        part = next(p for p in letter(world, newest).walk() if p.get_content_type() == "text/calendar")
        octets = part.get_payload(decode=True)
        assert isinstance(octets, bytes)
        sent.append(octets)
        mailer.send_due_blocking(world.now)

    send()
    world.until(world.now + timedelta(hours=1))
    move_milestone(world.register, "tiny", "day", date(2024, 11, 4), reason="Sommar.", now=world.now, actor="office")
    send()
    in_order, late = Calendar(), Calendar()
    for octets in sent:
        in_order.take(octets)
    for octets in reversed(sent):
        late.take(octets)
    assert in_order.events == late.events
    assert [when for _, when in in_order.events.values()] == ["2024-11-04T12:00:00+00:00"]
    world.until(world.now + timedelta(hours=1))
    cancel_cycle(world.register, "tiny", reason="Behövs inte.", now=world.now, actor="office")
    send()
    in_order.take(sent[-1])
    in_order.take(sent[0])  # once more, late: the meeting does not come back
    assert list(in_order.events.values()) == [(2, "")]
    world.register.close()


def test_instants_are_in_utc() -> None:
    world = called()
    found = calendar(letter(world, world.notices(NoticeKind.SUMMONED)[0]))
    begins = datetime.strptime(found["DTSTART"][1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    assert begins.astimezone(world.place.zone).hour == 13
    world.register.close()
