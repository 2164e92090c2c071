"""What a coordinator sees first, how she finds her way among many, and what a page gives back that came too late."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from config.loader import load_named
from engine.accounts.accounts import add_account
from engine.clock import FrozenClock
from engine.commands.start import start_cycle
from models.meeting import Meeting, MeetingStatus
from models.phase import Step
from tests.desk.conftest import WALL, DeskWorld
from tests.desk.test_acts import HERE, OPEN, OTHER, STEP
from tests.desk.test_acts_agenda import Called
from tests.desk.test_desk_pages import words
from tests.desk.test_letters_at_the_desk import received, the_letter
from tests.portal.conftest import BASE, SLUG, World, hidden

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["received"]

FILLED = re.compile(r'<a class="act" href="([^"]*)">([^<]*)</a>')
"""The only filled button of a page that is no form."""


def test_needs_and_time_line_come_first_and_one_act_stands_out(desk: DeskWorld, deciding: World) -> None:
    browser = desk.coordinator()
    page = browser.get(HERE).text
    parts = [page.index(f'id="{part}"') for part in ("needs", "line", "waiting", "coming", "acts", "phases")]
    assert parts == sorted(parts)
    assert FILLED.findall(page) == [(f"{HERE}/remind", "Påminn dem som inte har svarat")]
    with deciding.register.read() as session:
        due = session.get_one(Step, OPEN).due_before
    assert due is not None
    deciding.clock.at = due - timedelta(days=1)
    soon = browser.get(HERE).text
    [(address, _)] = FILLED.findall(soon)
    assert address == f"{HERE}/remind?question={STEP.replace('/', '%2F')}"
    assert browser.get(address).status_code == 200


def test_acts_are_grouped_and_a_reader_has_none(desk: DeskWorld, deciding: World) -> None:
    page = desk.coordinator().get(HERE).text
    groups = re.findall(r'<h3 id="acts-\d">([^<]*)</h3>', page)
    assert groups == ["Frågor och svar", "Datum och möten", "Texter", "Personer och mejl", "Hela processen"]
    assert len(re.findall(rf'<li><a href="{HERE}/(?!history)[a-z]+">', page)) == 11
    seen = desk.reader().get(HERE).text
    assert 'id="acts"' not in seen
    assert FILLED.findall(seen) == []


def test_a_mail_that_came_in_is_the_first_thing_and_is_marked_as_dealt_with(desk: DeskWorld, received: World) -> None:
    browser = desk.coordinator()
    assert FILLED.findall(browser.get(HERE).text) == [(f"{HERE}/concern?number=1", "Läs mejlet")]
    assert "att ta hand om" in words(browser.get(f"{HERE}/letters").text)
    letter = browser.get(the_letter(browser))
    assert "Markera som omhändertaget" in letter.text
    settled = {"csrf": hidden(letter, "csrf"), "number": hidden(letter, "number"), "reason": "Jag ringde"}
    assert browser.post(f"{HERE}/concern", settled).status_code == 303
    assert "att ta hand om" not in words(browser.get(f"{HERE}/letters").text)
    after = browser.get(the_letter(browser)).text
    assert "Det är omhändertaget." in after
    assert "Markera som omhändertaget" not in after


def test_cycles_of_the_same_title_are_told_apart(desk: DeskWorld, deciding: World) -> None:
    browser = desk.administrator()
    assert f"({SLUG})" not in words(browser.get("/desk").text)
    start_cycle(deciding.register, load_named(SLUG), slug=OTHER, at=deciding.clock.at, actor="test")
    page = words(browser.get("/desk").text)
    for slug in (SLUG, OTHER):
        assert f"{slug} · börjar 6 december 2012" in page
    assert f'(<span class="slug">{OTHER}</span>)' in browser.get("/desk").text  # beside what needs somebody


def test_accounts_are_paged_and_found(desk: DeskWorld) -> None:
    browser = desk.administrator()
    for number in range(60):
        add_account(desk.register, f"person-{number:02}@region.example", now=WALL, name=f"Person_{number}")
    first = browser.get("/desk/accounts").text
    assert "Sida 1 av 2" in words(first)
    assert first.count('action="/desk/accounts/remove"') == 50
    second = browser.get("/desk/accounts?page=2").text
    assert second.count('action="/desk/accounts/remove"') == 11
    assert browser.get("/desk/accounts?page=99").text.count('action="/desk/accounts/remove"') == 11
    found = browser.get("/desk/accounts?find=PERSON-07").text
    assert re.findall(r'<span class="address">([^<]*)<', found) == ["person-07@region.example"]
    assert "Inget konto stämmer." in browser.get("/desk/accounts?find=%25").text  # no sign means anything but itself
    role = {"address": "nobody@region.example", "cycle": SLUG, "role": "reader"}
    wrong = browser.act("/desk/accounts/role", "/desk/accounts", **role)
    assert wrong.status_code == 422
    assert 'id="role-address-fault"' in wrong.text
    assert 'value="nobody@region.example"' in wrong.text


def test_files_of_a_form_that_came_too_late_are_named(desk: DeskWorld, deciding: World) -> None:
    del deciding
    late = desk.visitor()
    files = [("file", ("Beslut § 4.pdf", b"%PDF-1.7")), ("file", ("<b>.txt", b"text"))]
    for typed in ({"reason": "Därför"}, {}):
        came = late.post(f"{HERE}/publish/review", typed, files=files, headers={"referer": f"{BASE}{HERE}"})
        assert came.status_code == 403
        assert "Välj de här filerna igen" in came.text
        assert "<li>Beslut § 4.pdf</li><li>&lt;b&gt;.txt</li>" in came.text
    assert "Välj de här filerna igen" not in late.post(f"{HERE}/move", {"reason": "Därför"}).text


def test_an_agenda_leads_to_the_agendas_of_the_other_meetings(tmp_path: Path) -> None:
    called = Called(tmp_path)
    one = called.until(MeetingStatus.SUMMONED)
    again = {**one.model_dump(), "id": f"{one.id}-again", "status": MeetingStatus.PLANNED}
    with called.register.change(one.cycle_id, at=called.now, actor="test") as change:
        change.add(Meeting(**again))
        change.record("meeting_planned", again["id"])
    world = World(called.register, FrozenClock(called.now), tmp_path)
    desk = DeskWorld(world)
    browser = desk.signed_in(desk.account("chief", administrator=True))
    here = f"/desk/{one.cycle_id}/agenda"
    links = {}
    for meeting in (one.id, again["id"]):
        page = browser.get(here, params={"meeting": meeting}).text
        assert hidden(browser.get(here, params={"meeting": meeting}), "meeting") == meeting
        [links[meeting]] = re.findall(rf'<li><a href="({here}\?meeting=[^"]*)">', page)
    assert hidden(browser.get(links[one.id]), "meeting") == again["id"]
    assert hidden(browser.get(links[again["id"]]), "meeting") == one.id
    called.register.close()
