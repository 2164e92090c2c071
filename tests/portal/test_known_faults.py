"""Faults that systems of this kind have had, each kept as a case: the six of the design sheet."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlmodel import col, select

from config.loader import load_named
from config.terms import Position
from engine.commands.answer import NoLongerOpen, Reply, answer
from engine.commands.coordinate import close_step
from engine.commands.start import start_cycle
from models.assignment import Answer, Assignment, Link
from models.cycle import Body, Cycle, Person
from models.phase import Step
from models.tokens import token_hash
from tests.portal.conftest import SLUG, Browser, World, hidden, token

if TYPE_CHECKING:
    import httpx

DECISION = "antagande-inriktning/decision"


def answers(world: World) -> list[Answer]:
    query = select(Answer).join(Assignment, col(Assignment.id) == col(Answer.assignment_id))
    with world.register.read() as session:
        return list(session.exec(query.where(col(Assignment.step_id) == f"{SLUG}/{DECISION}")))


def test_invitation_is_not_accepted_past_its_expiry(deciding: World, browser: Browser) -> None:
    """Not through the link, not through a page that stood open, not through a review that was made in time."""
    link = deciding.link(DECISION, "berg")
    review = browser.review(link, position="adopts")
    close_step(deciding.register, f"{SLUG}/{DECISION}", reason="Klart", now=deciding.clock.at, actor="coordinator")
    deciding.run()
    deciding.clock.at += timedelta(days=3650)
    assert browser.open(link).status_code == 410
    assert browser.bind(link, review).status_code == 410
    late = deciding.browser()
    late.get(f"/a/{token(link)}")
    forged = {"csrf": hidden(review, "csrf"), "position": "adopts"}
    assert late.post(f"/answer/{link}/review", forged).status_code == 410
    with pytest.raises(NoLongerOpen):
        answer(deciding.register, link_id=link, reply=Reply(Position.ADOPTS), nonce="n", now=deciding.clock.at)
    assert answers(deciding) == []


def test_links_to_exports_and_documents_are_nobodys_but_the_holders(deciding: World, browser: Browser) -> None:
    """An address that somebody copied from the pages behind a link opens nothing without that link's cookie."""
    link = deciding.link(DECISION, "berg")
    page = browser.open(link)
    assert browser.get(f"/answer/{link}/document/1").status_code == 200
    browser.answer(link, position="adopts")
    stranger = deciding.browser()
    for address in (
        str(page.url.path),
        f"/answer/{link}/document/1",
        f"/answer/{link}/receipt",
        f"/answer/{link}/done",
    ):
        assert stranger.get(address).status_code == 403
    with deciding.register.change(SLUG, at=deciding.clock.at, actor="test") as change:
        change.get(Link, link).revoked_at = deciding.clock.at
        change.record("link_revoked", link)
    for address in (f"/answer/{link}/document/1", f"/answer/{link}/receipt"):  # and not with the cookie for ever
        assert browser.get(address).status_code == 410


def test_nobody_answers_for_a_body_but_whoever_it_was_asked_through(deciding: World, browser: Browser) -> None:
    """Whoever may answer one question may not answer, change or give away another's."""
    mine, theirs = deciding.link(DECISION, "berg"), deciding.link(DECISION, "are")
    review = browser.review(mine, position="adopts")
    fields = {name: hidden(review, name) for name in ("csrf", "sealed")}
    cookie = {"cookie": f"samsyn_answer={token(mine)}"}
    for path in ("", "/review", "/change", "/not-me", "/not-me/review", "/substitute", "/substitute/review", "/return"):
        refused = browser.post(f"/answer/{theirs}{path}", fields, headers=cookie)
        assert refused.status_code == 403, path
    assert answers(deciding) == []


def test_an_answer_that_is_sent_many_times_at_once_counts_once(deciding: World) -> None:
    """The race: twenty browsers press the same button at the same instant."""
    link = deciding.link(DECISION, "berg")
    first = deciding.browser()
    review = first.review(link, position="adopts")
    fields = {name: hidden(review, name) for name in ("csrf", "sealed")}
    app, got = deciding.app(), []
    ready = threading.Barrier(20)

    def press() -> None:
        browser = Browser(app)
        browser.get(f"/a/{token(link)}")
        ready.wait()
        got.append(browser.post(f"/answer/{link}", fields).status_code)

    pressing = [threading.Thread(target=press) for _ in range(20)]
    for thread in pressing:
        thread.start()
    for thread in pressing:
        thread.join()
    assert got == [303] * 20
    assert [one.version for one in answers(deciding)] == [1]
    with deciding.register.read() as session:
        assert session.get_one(Step, f"{SLUG}/{DECISION}").answered == 1


def test_token_of_one_cycle_opens_nothing_in_another(deciding: World, browser: Browser) -> None:
    """Two cycles of the same definition, with the same people, in one portal."""
    start_cycle(
        deciding.register, load_named(SLUG), slug="another", at=deciding.clock.at, actor="coordinator"
    )  # fmt: skip
    with deciding.register.change("another", at=deciding.clock.at, actor="test") as change:
        body = change.session.exec(select(Body).where(col(Body.cycle_id) == "another")).first()
        assert body is not None
    mine = deciding.link(DECISION, "berg")
    others = other_link(deciding)
    review = browser.review(mine, position="adopts")
    fields = {name: hidden(review, name) for name in ("csrf", "sealed")}
    cookie = {"cookie": f"samsyn_answer={token(mine)}"}
    for response in (
        browser.get(f"/answer/{others}", headers=cookie),
        browser.post(f"/answer/{others}", fields, headers=cookie),
        browser.post(f"/answer/{others}/review", {**fields, "position": "submits"}, headers=cookie),
    ):
        assert response.status_code == 403
    with deciding.register.read() as session:
        assert session.exec(select(Answer).where(col(Answer.cycle_id) == "another")).all() == []


def other_link(world: World) -> str:
    """A link of the other cycle, which its own pass makes."""
    world.run()
    with world.register.read() as session:
        query = select(Link.id).where(col(Link.cycle_id) == "another", col(Link.revoked_at).is_(None))
        return session.exec(query).first() or ""


SCRIPT = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7*7 }}'


def test_script_in_a_name_is_a_name(deciding: World, browser: Browser) -> None:
    """In a person's name, a body's and a cycle's title, on every page where they stand."""
    link = deciding.link(DECISION, "berg")
    with deciding.register.change(SLUG, at=deciding.clock.at, actor="test") as change:
        assignment = change.get(Assignment, change.get(Link, link).assignment_id)
        change.get(Person, assignment.person_id).name = SCRIPT
        change.get(Body, assignment.body_id).name = SCRIPT
        change.get(Cycle, SLUG).title = SCRIPT
        change.record("named", SLUG)
    pages: list[httpx.Response] = [browser.open(link), browser.review(link, position="adopts")]
    paths = ("not-me", "substitute", "receipt", "document/1", "done")
    pages += [browser.get(f"/answer/{link}/{path}") for path in paths] + [
        browser.get("/"),
        browser.get(f"/record/{SLUG}"),
    ]
    form = browser.get(f"/answer/{link}/substitute")
    typed = {"csrf": hidden(form, "csrf"), "who": "typed", "address": "a@b.example", "name": SCRIPT}
    review = browser.post(f"/answer/{link}/substitute/review", typed)
    assert "&lt;script&gt;" in review.text
    for page in [*pages, review]:
        assert "<script" not in page.text
        assert "<img" not in page.text
        assert ">49<" not in page.text


def test_tokens_are_kept_as_hashes_only(deciding: World) -> None:
    link = deciding.link(DECISION, "berg")
    with deciding.register.read() as session:
        assert session.get_one(Link, link).token_sha256 == token_hash(token(link))
    stored = str(deciding.state())
    assert token(link) not in stored
