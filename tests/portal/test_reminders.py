"""Turning reminders off and on: by a page, by one click of a mail program, and never by looking."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlmodel import col, select

from models.cycle import Person
from models.journal import JournalEntry
from models.tokens import CodePurpose, code_for
from notifications.codes import store_codes
from tests.portal.conftest import SECRET, SLUG

if TYPE_CHECKING:
    from tests.portal.conftest import Browser, World


def reminded_person(world: World) -> tuple[str, str]:
    """Somebody who has been reminded, and where that mail's link leads."""
    with world.register.operate() as session:
        person = session.exec(select(Person).where(col(Person.cycle_id) == SLUG).order_by(col(Person.id))).first()
        assert person is not None
        store_codes(session, SLUG, [(CodePurpose.REMINDERS, person.id)], SECRET)
        return person.id, f"/reminders/{code_for(CodePurpose.REMINDERS, person.id, SECRET)}"


def is_off(world: World, person: str) -> bool:
    with world.register.read() as session:
        return session.get_one(Person, person).reminders_off_at is not None


def events(world: World) -> list[str]:
    with world.register.read() as session:
        rows = session.exec(select(JournalEntry).order_by(col(JournalEntry.seq))).all()
    return [event["event"] for row in rows for event in json.loads(row.body)["events"] if "reminders" in event["event"]]


def test_looking_changes_nothing(world: World, browser: Browser) -> None:
    person, address = reminded_person(world)
    for _ in range(2):
        assert browser.get(address).status_code == 200
    assert not is_off(world, person)


def test_off_and_on_again(world: World, browser: Browser) -> None:
    person, address = reminded_person(world)
    shown = browser.get(address)
    assert "Stäng av påminnelser" in shown.text
    done = browser.post(address, data={"reminders": "off"})
    assert (done.status_code, done.headers["location"]) == (303, address)
    assert is_off(world, person)
    assert "Sätt på påminnelser igen" in browser.get(address).text
    browser.post(address, data={"reminders": "on"})
    assert not is_off(world, person)
    assert events(world) == ["reminders_turned_off", "reminders_turned_on"]


def test_one_click_of_a_mail_program(world: World, browser: Browser) -> None:
    """RFC 8058, 3.1: a POST without cookies, answered without a redirect; twice is once."""
    person, address = reminded_person(world)
    for _ in range(2):
        done = browser.post(address, data={"List-Unsubscribe": "One-Click"})
        assert done.status_code == 200
        assert done.content == b""
    assert is_off(world, person)
    assert events(world) == ["reminders_turned_off"]


def test_an_unknown_code_and_a_nonsense_form(world: World, browser: Browser) -> None:
    person, address = reminded_person(world)
    assert browser.get("/reminders/" + "a" * 32).status_code == 404
    assert browser.post("/reminders/" + "a" * 32, data={"reminders": "off"}).status_code == 404
    assert browser.post(address, data={"reminders": "perhaps"}).status_code == 400
    assert not is_off(world, person)


def test_the_code_is_in_no_log_and_the_page_in_no_index(world: World, browser: Browser) -> None:
    from portal.logs import mask

    _, address = reminded_person(world)
    assert mask(f"GET {address} 200") == "GET /reminders/*** 200"
    assert "noindex" in browser.get(address).headers["x-robots-tag"]
