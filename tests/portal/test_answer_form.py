"""What the form says before anything is answered."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from config.terms import Language, Position
from engine.commands.answer import Reply
from engine.commands.coordinate import move_milestone
from models.assignment import Link
from models.cycle import Person
from tests.portal.conftest import SLUG, Browser, World, hidden

if TYPE_CHECKING:
    import httpx

DECISION = "antagande-inriktning/decision"


def words(response: httpx.Response) -> str:
    """The page's text on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.text).split())


def test_says_who_asks_what_by_when_and_what_silence_means(deciding: World, browser: Browser) -> None:
    page = browser.open(deciding.link(DECISION, "berg"))
    assert '<html lang="sv">' in page.text
    said = words(page)
    for expected in (
        "Länsgemensam hälso- och sjukvårdspolitik för Jämtlands län",
        "Vad har huvudmannen beslutat?",
        "Projektkontoret ber Bergs kommun",
        "Du svarar som sekreterare för Bergs kommun",
        "söndag 1 september 2013",
        "måndag 30 september 2013, till dagens slut",
        "Beslutsprocessen beräknas att inledas i mars och vara klar september 2013",
        "Arbetet väntar tills du har svarat",
        "contact@projektkontor.example",
        "Andra stycket.",
    ):
        assert expected in said


def test_nothing_is_chosen_beforehand(deciding: World, browser: Browser) -> None:
    page = browser.open(deciding.link(DECISION, "berg"))
    assert page.text.count('type="radio"') == 5
    assert "checked" not in page.text
    assert "<script" not in page.text


def test_only_offer_needs_no_choice(world: World, browser: Browser) -> None:
    world.advance_to("malsattning/meeting-1")
    page = browser.open(world.link("malsattning/meeting-1"))
    assert 'type="radio"' not in page.text
    assert hidden(page, "position") == "confirms"
    assert re.search(r"Mötesdag \w+ \d+ februari 2013", words(page))


def test_document_has_a_page_of_its_own(deciding: World, browser: Browser) -> None:
    link = deciding.link(DECISION, "berg")
    browser.open(link)
    assert "Andra stycket." in browser.get(f"/answer/{link}/document/1").text
    for number in ("0", "2", "-1", "x", "9999999999", "²"):
        assert browser.get(f"/answer/{link}/document/{number}").status_code == 404


def test_is_in_the_language_of_the_person(deciding: World, browser: Browser) -> None:
    link = deciding.link(DECISION, "berg")
    with deciding.register.change(SLUG, at=deciding.clock.at, actor="test") as change:
        person = change.get(Person, change.get(Link, link).person_id)
        person.language = Language.EN
        change.record("language_changed", person.id)
    page = browser.open(link)
    assert '<html lang="en">' in page.text
    assert "You answer as secretary of Bergs kommun." in page.text
    assert "What has the principal decided?" in page.text
    assert '<p class="eyebrow" lang="sv">' in page.text


def test_moved_deadline_shows_both_days(deciding: World, browser: Browser) -> None:
    new_day = datetime(2013, 10, 4, tzinfo=UTC).date()
    move_milestone(
        deciding.register, SLUG, "beslutsprocess-klar", new_day,
        reason="Fullmäktige möts senare", now=deciding.clock.at, actor="coordinator",
    )  # fmt: skip
    said = words(browser.open(deciding.link(DECISION, "berg")))
    assert "fredag 4 oktober 2013, till dagens slut" in said
    assert "Flyttat från måndag 30 september 2013." in said


def test_others_answers_are_not_shown(deciding: World, browser: Browser) -> None:
    deciding.say(deciding.link(DECISION, "are"), Reply(Position.DECLINES, "hemligt skäl"))
    assert "hemligt skäl" not in browser.open(deciding.link(DECISION, "berg")).text
