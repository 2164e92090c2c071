"""Forged and tampered forms bind nothing."""

from __future__ import annotations

from sqlmodel import col, select

from models.assignment import Answer
from tests.portal.conftest import Browser, World, hidden

DECISION = "antagande-inriktning/decision"


def versions(world: World, link: str) -> list[int]:
    """The versions of the answers through a link's assignment."""
    with world.register.read() as session:
        wanted = select(Answer.version).where(col(Answer.assignment_id).contains("/berg."))
        return sorted(session.exec(wanted.where(col(Answer.assignment_id).contains(DECISION))).all())


def test_form_without_its_token_is_refused(deciding: World, browser: Browser) -> None:
    link = deciding.link(DECISION, "berg")
    review = browser.review(link, position="adopts")
    sealed = hidden(review, "sealed")
    for csrf in ("", "x", hidden(review, "csrf")[:-1], "å"):
        assert browser.post(f"/answer/{link}/review", {"csrf": csrf, "position": "adopts"}).status_code == 403
        assert browser.post(f"/answer/{link}", {"csrf": csrf, "sealed": sealed}).status_code == 403
    assert versions(deciding, link) == []


def test_reviewed_answer_cannot_be_changed_on_the_way(deciding: World, browser: Browser) -> None:
    link = deciding.link(DECISION, "berg")
    review = browser.review(link, position="declines", comment="Nej")
    csrf, sealed = hidden(review, "csrf"), hidden(review, "sealed")
    for tampered in ("", "x", sealed[:-2], sealed.swapcase(), f"A{sealed}", sealed.partition(".")[0]):
        response = browser.post(f"/answer/{link}", {"csrf": csrf, "sealed": tampered, "position": "adopts"})
        assert response.status_code == 403
    assert versions(deciding, link) == []


def test_neither_seal_nor_token_fits_another_link(deciding: World, browser: Browser) -> None:
    berg, are = deciding.link(DECISION, "berg"), deciding.link(DECISION, "are")
    of_are = browser.review(are, position="adopts")
    of_berg = browser.review(berg, position="adopts")
    crossed = [
        {"csrf": hidden(of_are, "csrf"), "sealed": hidden(of_are, "sealed")},
        {"csrf": hidden(of_berg, "csrf"), "sealed": hidden(of_are, "sealed")},
        {"csrf": hidden(of_are, "csrf"), "sealed": hidden(of_berg, "sealed")},
    ]
    assert [browser.post(f"/answer/{berg}", fields).status_code for fields in crossed] == [403, 403, 403]
    assert versions(deciding, berg) == []


def test_without_cookie_nothing_is_bound(deciding: World, browser: Browser) -> None:
    link = deciding.link(DECISION, "berg")
    review = browser.review(link, position="adopts")
    stranger = deciding.browser()
    assert stranger.bind(link, review).status_code == 403
    assert versions(deciding, link) == []
