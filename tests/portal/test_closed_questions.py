"""A closed question gets a page that says what became of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlmodel import col, select

from engine.commands.coordinate import cancel_cycle, close_step
from models.assignment import Answer, Link
from models.cycle import CycleStatus
from tests.portal.conftest import SLUG, Browser, World, hidden

if TYPE_CHECKING:
    import httpx

DECISION = "antagande-inriktning/decision"


def answers(world: World) -> list[Answer]:
    with world.register.read() as session:
        in_order = select(Answer).where(~col(Answer.nonce).startswith("test-"))
        return list(session.exec(in_order.order_by(col(Answer.assignment_id), col(Answer.version))))


def words(response: httpx.Response) -> str:
    """The page's text on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.text).split())


def close(world: World) -> None:
    close_step(world.register, f"{SLUG}/{DECISION}", reason="Tiden är ute", now=world.clock.at, actor="coordinator")
    world.run()


def test_page_says_what_became_of_it(deciding: World, browser: Browser) -> None:
    link = deciding.link(DECISION, "berg")
    browser.answer(link, position="adopts")
    close(deciding)
    page = browser.open(link)
    assert page.status_code == 410
    assert "Frågan är stängd" in page.text
    assert "inte antaget" in words(page)
    assert "Antar" in words(page)


def test_silence_is_no_consent(deciding: World, browser: Browser) -> None:
    close(deciding)
    assert "aldrig som samtycke" in words(browser.open(deciding.link(DECISION, "berg")))


def test_review_gives_back_what_was_typed(deciding: World, browser: Browser) -> None:
    link = deciding.link(DECISION, "berg")
    form = browser.open(link)
    close(deciding)
    typed = {"csrf": hidden(form, "csrf"), "position": "declines", "comment": "Mödosamt <skrivet>"}
    page = browser.post(f"/answer/{link}/review", typed)
    assert page.status_code == 410
    assert "Mödosamt &lt;skrivet&gt;</textarea>" in page.text


def test_bind_gives_back_what_was_typed(deciding: World, browser: Browser) -> None:
    link = deciding.link(DECISION, "berg")
    review = browser.review(link, position="declines", comment="Mödosamt skrivet")
    close(deciding)
    page = browser.bind(link, review)
    assert page.status_code == 410
    assert "Mödosamt skrivet</textarea>" in page.text
    assert answers(deciding) == []


def test_lost_cookie_gives_back_what_was_typed(deciding: World, browser: Browser) -> None:
    link = deciding.link(DECISION, "berg")
    page = browser.post(f"/answer/{link}/review", {"comment": "Mödosamt skrivet"})
    assert page.status_code == 403
    assert "Mödosamt skrivet</textarea>" in page.text


def test_receipt_stays(deciding: World, browser: Browser) -> None:
    link = deciding.link(DECISION, "berg")
    browser.answer(link, position="adopts")
    close(deciding)
    page = browser.get(f"/answer/{link}/receipt")
    assert page.status_code == 200
    assert "svaret kan inte längre ändras" in words(page)


def test_referral_back_is_asked_anew_with_another_link(deciding: World, browser: Browser) -> None:
    first = deciding.link(DECISION, "berg")
    browser.answer(first, position="refer_back", comment="Utred kostnaden")
    deciding.run()
    page = browser.open(first)
    assert page.status_code == 410
    assert "Frågan har ställts på nytt" in page.text
    second = deciding.link(DECISION, "berg")
    assert second != first
    assert browser.open(second).status_code == 200


def test_cancelled_cycle(deciding: World, browser: Browser) -> None:
    cancel_cycle(deciding.register, SLUG, reason="Uppdraget drogs in", now=deciding.clock.at, actor="coordinator")
    page = browser.open(deciding.link(DECISION, "berg"))
    assert page.status_code == 410
    assert "Processen är avslutad" in page.text


def test_held_cycle_asks_for_patience(deciding: World, browser: Browser) -> None:
    with deciding.register.change(SLUG, at=deciding.clock.at, actor="test") as change:
        change.cycle.status = CycleStatus.HELD
        change.record("cycle_held", SLUG)
    page = browser.open(deciding.link(DECISION, "berg"))
    assert page.status_code == 409
    assert "Arbetet är pausat" in page.text


def test_withdrawn_link(deciding: World, browser: Browser) -> None:
    link = deciding.link(DECISION, "berg")
    review = browser.review(link, position="adopts")
    with deciding.register.change(SLUG, at=deciding.clock.at, actor="test") as change:
        change.get(Link, link).revoked_at = deciding.clock.at
        change.record("link_revoked", link)
    assert browser.open(link).status_code == 410
    assert browser.bind(link, review).status_code == 410
    assert answers(deciding) == []
