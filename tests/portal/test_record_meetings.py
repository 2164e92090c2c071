"""Meetings in the public record: agendas when bodies have been called, minutes when they have been attested."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from config.loader import load_named
from engine.clock import FrozenClock
from engine.record.facts import record_of
from engine.record.meetings import NoMinutes, hidden_minutes, minutes_of
from engine.rehearsal import Rehearsal
from engine.scripts import bundled_script
from models.assignment import Document
from portal.app import PortalServices, create_app
from portal.record_page import render_record
from tests.portal.conftest import Browser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from models.register import Register

SLUG = "rsr-samverkan"


@pytest.fixture
def rehearsed() -> Iterator[Rehearsal]:
    """The council's cycle."""
    rehearsal = Rehearsal(load_named(SLUG), bundled_script(SLUG))
    yield rehearsal
    rehearsal.register.close()


def until(rehearsal: Rehearsal, day: date) -> Register:
    """The cycle, as far as it has come when a day is over."""
    rehearsal.play(rehearsal.definition.where.end_of(day))
    return rehearsal.register


def browser(register: Register) -> Browser:
    """Somebody who reads the record."""
    clock = FrozenClock(datetime(2027, 7, 1, tzinfo=UTC))
    services = PortalServices(register=register, clock=clock, secret_key="a secret", base_url="http://testserver")
    return Browser(create_app(services))


def test_agenda_is_shown_when_the_body_has_been_called(rehearsed: Rehearsal) -> None:
    """Nothing of what was decided, nor who came, before the minutes are attested; the meeting has been held by then."""
    register = until(rehearsed, date(2027, 2, 14))
    with register.read() as session:
        assert session.get_one(Document, f"{SLUG}/minutes-sammantrade@1")
        assert hidden_minutes(session, SLUG) == {f"{SLUG}/minutes-sammantrade@1"}
    [meeting] = record_of(register, SLUG).meetings
    assert meeting.status == "held"
    assert meeting.minutes is None
    assert (meeting.present, meeting.attested_on) == (0, None)
    assert [item.title["sv"] for item in meeting.items][7] == "Översyn av samverkansstrukturen"
    assert {(item.paragraph, item.outcome, item.text) for item in meeting.items} == {(None, None, "")}
    page = render_record(record_of(register, SLUG), "sv")
    assert "Föredragningslistan i kallelsen" in page
    assert "RSR ställer sig bakom att samverkansstrukturen ses över" not in page
    with pytest.raises(NoMinutes):
        minutes_of(register, SLUG, "minutes-sammantrade")
    assert browser(register).get(f"/record/{SLUG}/minutes/minutes-sammantrade").status_code == 404


def test_minutes_are_shown_when_they_are_attested(rehearsed: Rehearsal) -> None:
    """Every paragraph with what became of it, and a page with the whole document."""
    register = until(rehearsed, date(2027, 2, 15))
    with register.read() as session:
        assert hidden_minutes(session, SLUG) == set()
    client = browser(register)
    page = client.get(f"/record/{SLUG}").text
    for words in ("§ 77", "Organet ställer sig bakom förslaget", "RSR ställer sig bakom att samverkansstrukturen ses"):
        assert words in page
    assert f'href="/record/{SLUG}/minutes/minutes-sammantrade"' in page
    minutes = client.get(f"/record/{SLUG}/minutes/minutes-sammantrade")
    assert minutes.status_code == 200
    assert "§ 71 Val av justerare" in minutes.text
    assert minutes_of(register, SLUG, "minutes-sammantrade").sha256 in minutes.text


def test_reservations_stand_beside_the_decision_that_they_are_about(rehearsed: Rehearsal) -> None:
    from sqlmodel import select

    from models.assignment import Decision

    register = until(rehearsed, date(2027, 2, 16))
    with register.change(SLUG, at=rehearsed.now, actor="test") as change:
        decision = change.session.exec(select(Decision)).one()
        decision.reservations = "Reservation: ledamot 3. Kostnaden är inte utredd."
        change.record("decision_recorded", decision.id)
    [meeting] = record_of(register, SLUG).meetings
    assert [item.paragraph for item in meeting.items if item.differing] == [77]
    assert "Kostnaden är inte utredd." in render_record(record_of(register, SLUG), "sv")


@pytest.mark.parametrize("address", ["minutes-nothing", "minutes-", "forslag-samverkansstruktur"])
def test_other_documents_are_not_minutes(rehearsed: Rehearsal, address: str) -> None:
    register = until(rehearsed, date(2027, 2, 16))
    assert browser(register).get(f"/record/{SLUG}/minutes/{address}").status_code == 404
    assert browser(register).get(f"/record/other/minutes/{address}").status_code == 404
