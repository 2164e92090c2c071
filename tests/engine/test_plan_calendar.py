"""The plan's calendar, read back by a strict reader that knows nothing of the writer (RFC 5545)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st

from config.loader import load
from engine.plan import plan
from engine.plan_calendar import _text, plan_calendar

NOW = datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
NAME = re.compile(r"[A-Z0-9-]+")
TEXT = """\
cycle: calendar
title: "A; title, with \\\\ and åäö: Länsgemensam hälso- och sjukvårdspolitik för alla i länet"
begins: 2024-01-15
coordinator: office
bodies: {office: {name: The office, seats: {contact: 1}}, board: {name: B, seats: {chair: 1, members: 2, secretary: 1}}}
milestones:
  draft: {by: 2024-03-01, words: "senast den 1 mars; inte senare, säger \\"källan\\""}
  goals: {in: 2024-05}
phases:
  write: {kind: drafting, author: office, text: t, due: draft}
  aim:
    {kind: goal_setting, body: board, after: write, in: 2024-04/2024-05, meetings: [2024-04-10], outcome: {text: g},
     due: goals}
"""

MADE = plan(load("c.yaml", TEXT))


class Reader:
    """Content lines to events; every rule that is broken is an assertion."""

    def __init__(self, text: str) -> None:
        assert text.endswith("\r\n")
        assert "\n" not in text.replace("\r\n", "")
        for line in text.split("\r\n"):
            assert len(line.encode()) <= 75
        unfolded = re.sub("\r\n[ \t]", "", text).rstrip("\r\n").split("\r\n")
        self.events: list[dict[str, str]] = []
        self.head: dict[str, str] = {}
        assert (unfolded[0], unfolded[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
        inside: dict[str, str] | None = None
        for line in unfolded[1:-1]:
            name, colon, value = line.partition(":")
            assert colon
            assert all(NAME.fullmatch(part.partition("=")[0]) for part in name.split(";"))
            if line == "BEGIN:VEVENT":
                assert inside is None
                inside = {}
            elif line == "END:VEVENT":
                assert inside is not None
                self.events.append(inside)
                inside = None
            else:
                holder = self.head if inside is None else inside
                assert name not in holder
                holder[name] = value
        assert inside is None

    @staticmethod
    def words(value: str) -> str:
        """A text as people read it."""
        assert not re.search(r"(?<!\\)(?:\\\\)*[,;]", value)
        assert not re.search(r"(?<!\\)(?:\\\\)*\\(?![\\,;nN])", value)
        return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)


@pytest.fixture(scope="module")
def read() -> Reader:
    return Reader(plan_calendar(plan(load("c.yaml", TEXT)), "calendar-2024", NOW).decode())


def test_the_calendar_says_what_the_standard_demands(read: Reader) -> None:
    assert read.head["VERSION"] == "2.0"
    assert read.head["PRODID"]
    assert Reader.words(read.head["X-WR-CALNAME"]).startswith("A; title, with \\ and åäö")
    for event in read.events:
        assert {"UID", "DTSTAMP", "DTSTART;VALUE=DATE", "DTEND;VALUE=DATE", "SUMMARY"} <= set(event)
        assert event["DTSTAMP"] == "20240102T030405Z"
        assert all(Reader.words(event[name]) for name in ("SUMMARY", "DESCRIPTION"))


def test_events_are_whole_days_with_names_of_their_own(read: Reader) -> None:
    uids = [event["UID"] for event in read.events]
    assert len(set(uids)) == len(uids)
    for event in read.events:
        first = datetime.strptime(event["DTSTART;VALUE=DATE"], "%Y%m%d").replace(tzinfo=UTC)
        last = datetime.strptime(event["DTEND;VALUE=DATE"], "%Y%m%d").replace(tzinfo=UTC)
        assert last - first == timedelta(days=1)


def test_milestones_meetings_and_deadlines_without_a_milestone_are_there(read: Reader) -> None:
    found = {event["UID"]: event["DTSTART;VALUE=DATE"] for event in read.events}
    assert found["calendar-2024.milestone.draft@samsyn"] == "20240301"
    assert found["calendar-2024.meeting.aim.meeting-1@samsyn"] == "20240410"
    assert found["calendar-2024.deadline.aim.proposal@samsyn"] == "20240531"
    assert "senast den 1 mars; inte senare" in Reader.words(read.events[0]["DESCRIPTION"])


def test_names_do_not_change_when_dates_do(read: Reader) -> None:
    later = plan(load("c.yaml", TEXT.replace("2024-03-01", "2024-03-08")))
    again = Reader(plan_calendar(later, "calendar-2024", NOW).decode())
    assert {event["UID"] for event in again.events} == {event["UID"] for event in read.events}
    assert date(2024, 3, 8) in {promise.due for promise in later.promises}


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_words_survive_escaping_and_folding(words: str) -> None:
    """Whatever the title is, two independent readers find it again, but for control signs."""
    written = plan_calendar(replace(MADE, title=words, promises=(), rows=()), "calendar-2024", NOW)
    kept = _text(words)
    assert Reader.words(Reader(written.decode()).head["X-WR-CALNAME"]) == kept
    assert str(vobject.readOne(written.decode()).contents["x-wr-calname"][0].value) is not None
