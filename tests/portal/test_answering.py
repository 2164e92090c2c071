"""From the form over the review page to the receipt."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlmodel import col, select

from models.assignment import Answer
from tests.portal.conftest import SLUG, Browser, World, hidden

if TYPE_CHECKING:
    import httpx
    import pytest

DECISION = "antagande-inriktning/decision"


def answers(world: World) -> list[Answer]:
    with world.register.read() as session:
        in_order = select(Answer).where(~col(Answer.nonce).startswith("test-"))
        return list(session.exec(in_order.order_by(col(Answer.assignment_id), col(Answer.version))))


def words(response: httpx.Response) -> str:
    """The page's text on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.text).split())


def test_the_whole_way(deciding: World, browser: Browser) -> None:
    deciding.clock.at = datetime(2013, 9, 12, 10, tzinfo=UTC)
    link = deciding.link(DECISION, "berg")
    typed = {"position": "adopts_with_addition", "comment": "Med tillägg om tandvård", "meeting_on": "2013-09-11"}
    review = browser.review(link, **typed)
    assert review.status_code == 200
    assert answers(deciding) == []
    assert all(text in words(review) for text in ("Antar med tillägg", "Med tillägg om tandvård", "11 september"))
    bound = browser.bind(link, review)
    assert (bound.status_code, bound.headers["location"]) == (303, f"/answer/{link}/receipt")
    [stored] = answers(deciding)
    assert (stored.position, stored.comment, stored.version) == (typed["position"], typed["comment"], 1)
    assert str(stored.decided_on) == typed["meeting_on"]
    receipt = words(browser.get(bound.headers["location"]))
    assert "Ditt svar är registrerat" in receipt
    assert "torsdag 12 september 2013 kl. 12:00" in receipt
    assert "Version 1" in receipt
    assert deciding.answered == [SLUG]


def test_change_goes_back_with_everything_that_was_typed(deciding: World, browser: Browser) -> None:
    link = deciding.link(DECISION, "berg")
    review = browser.review(link, position="declines", comment="Avslag, se § 12")
    fields = {name: hidden(review, name) for name in ("csrf", "sealed")}
    back = browser.post(f"/answer/{link}/change", fields)
    assert back.status_code == 200
    assert "Avslag, se § 12</textarea>" in back.text
    assert re.search(r'value="declines"[^>]* checked', back.text)
    assert answers(deciding) == []


def test_answer_can_be_changed_and_each_version_stays(deciding: World, browser: Browser) -> None:
    link = deciding.link(DECISION, "berg")
    browser.answer(link, position="declines", comment="Nej")
    form = browser.open(link)
    assert "Du har svarat" in form.text
    assert "har svarat, dock längst till och med måndag 30 september 2013" in words(form).lower()
    assert re.search(r'value="declines"[^>]* checked', form.text)
    assert "Version 2" in words(browser.answer(link, position="adopts"))
    assert [(a.version, a.position) for a in answers(deciding)] == [(1, "declines"), (2, "adopts")]


def test_text_is_handed_in(world: World, browser: Browser) -> None:
    link = world.link("projektbeskrivning/description")
    empty = browser.review(link, position="submits", text="", comment="Kommer senare")
    assert empty.status_code == 422
    assert 'href="#text"' in empty.text
    browser.answer(link, position="submits", text="Rad ett\r\nRad två", comment="")
    [stored] = answers(world)
    assert stored.content == {"text": "Rad ett\nRad två"}


def test_areas_are_confirmed_one_a_line(world: World, browser: Browser) -> None:
    world.advance_to("malsattning/areas")
    link = world.link("malsattning/areas")
    assert "Kompetensförsörjning\nBarn och ungdomar\nÄldre\nTeknik</textarea>" in browser.open(link).text
    assert "Skriv minst ett namn" in browser.review(link, position="confirms", items=" \n ").text
    assert "Samma namn står två gånger" in browser.review(link, position="confirms", items="Äldre\näldre").text
    browser.answer(link, position="confirms", items="Äldre\n\n  Psykisk   hälsa \n")
    [stored] = answers(world)
    assert stored.content == {"items": "Äldre\nPsykisk hälsa"}


def test_late_answer_is_taken_and_marked(deciding: World, browser: Browser) -> None:
    deciding.clock.at = datetime(2013, 9, 30, 22, tzinfo=UTC)  # local midnight: the first instant that is too late
    link = deciding.link(DECISION, "berg")
    assert "Tiden har gått ut" in browser.open(link).text
    assert "märkt som sent" in browser.answer(link, position="adopts").text
    assert answers(deciding)[0].late


def test_last_instant_of_the_day_is_in_time(deciding: World, browser: Browser) -> None:
    deciding.clock.at = datetime(2013, 9, 30, 22, tzinfo=UTC) - timedelta(microseconds=1)
    assert "I tid." in browser.answer(deciding.link(DECISION, "berg"), position="adopts").text


def test_receipt_before_an_answer_leads_to_the_form(deciding: World, browser: Browser) -> None:
    link = deciding.link(DECISION, "berg")
    browser.open(link)
    response = browser.get(f"/answer/{link}/receipt")
    assert (response.status_code, response.headers["location"]) == (303, f"/answer/{link}")


def test_failing_receipt_never_fails_the_answer(deciding: World, caplog: pytest.LogCaptureFixture) -> None:
    def fails(cycle: str) -> None:
        raise OSError(f"no mail server for {cycle}")

    receipt = deciding.browser(after_answer=fails).answer(deciding.link(DECISION, "berg"), position="adopts")
    assert receipt.status_code == 200
    assert len(answers(deciding)) == 1
    assert "after an answer in" in caplog.text
