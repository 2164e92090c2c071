"""Forms that a step asks for: shown, mended, looked over, kept and recorded like everything else on the page."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import SQLModel, col, select

from config.loader import load_named
from config.setdates import with_dates
from config.terms import Position
from engine.clock import FrozenClock
from engine.commands.answer import Reply
from engine.commands.start import start_cycle
from engine.participants import Page
from models.assignment import Answer, Assignment, Link
from models.forms import read_form
from models.register import Register
from tests.portal.conftest import Browser, World, hidden
from tests.portal.test_accessible_pages import Outline
from tests.registers import registers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

SLUG = "svom-remiss"
REPLIES, COMPILATION = f"{SLUG}/remiss/replies", f"{SLUG}/remiss/compilation"
SUBJECTS = ("okad-delaktighet", "okad-kontinuitet", "okad-tillganglighet", "halsoframjande", "okad-samordning")
APPROVED = {"approval.organ": "Kommunstyrelsen", "approval.day": "2027-03-01", "approval.paragraph": "§ 25"}
SUPPORTS = {f"{subject}.position": "supports" for subject in SUBJECTS} | APPROVED


@dataclass
class Remiss:
    """The consultation, with consultees that have been asked."""

    world: World
    browser: Browser

    def link(self, step: str, who: str = "") -> str:
        """The id of the newest link of a step."""
        query = select(Link.id).where(col(Link.assignment_id).startswith(f"{step}/{who}"))
        with self.world.register.read() as session:
            return session.exec(query.order_by(col(Link.assignment_id))).all()[-1]

    def form(self, step: str) -> Any:
        """The form of an open step, as its row has it."""
        return next(asked.form for asked, _, _ in self.world.open_links() if asked.id == step)

    def go_on_to(self, step: str) -> None:
        """Let everybody but the consultees answer until a step waits."""
        for _ in range(400):
            self.world.run()
            waiting = self.world.open_links()
            if any(asked.id == step for asked, _, _ in waiting):
                return
            for asked, _, link in waiting:
                ready = asked.not_before is None or asked.not_before <= self.world.clock.at.date()
                if ready and asked.id != REPLIES:
                    form, today = read_form(asked.form), self.world.clock.at.date().isoformat()
                    content = form.rehearsed({}, today) if form else {"text": "Planen."}
                    self.world.say(link.id, Reply(Position(asked.offers[0]), content=content))
            self.world.run()
            self.world.clock.at += timedelta(days=1)
        raise AssertionError(step)

    def answers(self) -> list[Answer]:
        """All replies of consultees."""
        query = select(Answer).join(Assignment, col(Assignment.id) == col(Answer.assignment_id))
        with self.world.register.read() as session:
            return list(session.exec(query.where(col(Assignment.step_id) == REPLIES)))


@pytest.fixture
def remiss(tmp_path: Path) -> Iterator[Remiss]:
    register = Register(registers.at(tmp_path / "register.sqlite"))
    SQLModel.metadata.create_all(register.engine)
    begins = datetime(2027, 1, 11, 7, tzinfo=UTC)
    definition = with_dates(load_named(SLUG), {"remiss": datetime(2027, 5, 21, tzinfo=UTC).date()})
    start_cycle(register, definition, slug=SLUG, at=begins, actor="coordinator")
    world = World(register, FrozenClock(begins), tmp_path / "mail")
    made = Remiss(world, world.browser())
    made.go_on_to(REPLIES)
    world.clock.at = datetime(2027, 3, 2, 9, tzinfo=UTC)
    yield made
    register.close()


def words(response: httpx.Response) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.text)).split())


def test_every_strategy_is_a_group_with_its_choices(remiss: Remiss) -> None:
    page = remiss.browser.open(remiss.link(REPLIES, "berg"))
    said = words(page)
    for expected in (
        "1. Ökad delaktighet",
        "5. Ökad samordning och samverkan",
        "Vilket är ert ställningstagande?",
        "Tillstyrker med ändringar",
        "Vilket organ har godkänt svaret?",
        "Ett remissvar godkänns hos den som svarar innan det lämnas.",
    ):
        assert expected in said
    assert page.text.count('type="radio"') == 5 * 4
    assert " checked" not in page.text
    assert 'name="text"' not in page.text


def test_a_program_finds_the_form_in_the_page(remiss: Remiss) -> None:
    [form] = Page(remiss.browser.open(remiss.link(REPLIES, "berg")).text).forms
    assert json.loads(form.facts["form"]) == remiss.form(REPLIES)
    assert set(SUPPORTS) <= set(form.fields) | set(form.choices)


def test_the_whole_way(remiss: Remiss) -> None:
    link = remiss.link(REPLIES, "berg")
    opposed = {"okad-kontinuitet.position": "opposes", "okad-kontinuitet.comment": "Saknar <b>tid</b>"}
    review = remiss.browser.review(link, position="submits", **{**SUPPORTS, **opposed})
    said = words(review)
    assert review.status_code == 200, said
    assert all(text in said for text in ("2. Ökad kontinuitet", "Avstyrker", "Saknar <b>tid</b>", "måndag 1 mars 2027"))
    assert remiss.answers() == []
    bound = remiss.browser.bind(link, review)
    receipt = remiss.browser.get(bound.headers["location"])
    assert "Kommunstyrelsen" in words(receipt)
    [stored] = remiss.answers()
    assert stored.content == {**SUPPORTS, **opposed}
    assert str(stored.decided_on) == "2027-03-01"


def test_faults_lead_to_their_fields_and_nothing_is_lost(remiss: Remiss) -> None:
    typed = {**SUPPORTS, "okad-kontinuitet.position": "opposes", "approval.day": "2027-03-09", "approval.organ": ""}
    page = remiss.browser.review(remiss.link(REPLIES, "berg"), position="submits", comment="Överlag bra", **typed)
    assert page.status_code == 422
    anchors = re.findall(r'<li><a href="#([\w-]+)">', page.text)
    names = [re.findall(rf'name="([\w.-]+)"[^>]* id="{anchor}"', page.text)[0] for anchor in anchors]
    assert names == ["okad-kontinuitet.comment", "approval.organ", "approval.day"]
    assert all(f'id="{anchor}-error"' in page.text for anchor in anchors)
    assert page.text.count(" checked") == 5
    assert "Överlag bra</textarea>" in page.text
    assert 'value="2027-03-09"' in page.text


def test_back_from_the_review_and_a_later_change_keep_what_was_typed(remiss: Remiss) -> None:
    link = remiss.link(REPLIES, "berg")
    review = remiss.browser.review(link, position="submits", **SUPPORTS)
    fields = {name: hidden(review, name) for name in ("csrf", "sealed")}
    back = remiss.browser.post(f"/answer/{link}/change", fields)
    assert back.text.count(" checked") == 5
    assert 'value="Kommunstyrelsen"' in back.text
    remiss.browser.bind(link, review)
    again = remiss.browser.open(link)
    assert again.text.count(" checked") == 5
    assert 'value="§ 25"' in again.text


def test_what_was_typed_when_it_closed_is_given_back(remiss: Remiss) -> None:
    remiss.world.say(remiss.link(REPLIES, "are"), Reply(Position.SUBMITS, content=SUPPORTS))
    form = remiss.browser.open(remiss.link(REPLIES, "are"))
    remiss.world.clock.at = datetime(2027, 5, 22, 9, tzinfo=UTC)
    remiss.world.run()
    typed = {**SUPPORTS, "okad-kontinuitet.comment": "Hann inte"}
    link = remiss.link(REPLIES, "are")
    page = remiss.browser.post(f"/answer/{link}/review", {"csrf": hidden(form, "csrf"), "position": "submits", **typed})
    assert page.status_code == 410
    assert "Hann inte" in page.text
    assert "2. Ökad kontinuitet: Kommentar" in words(page)


def test_who_was_silent_may_reply_late(remiss: Remiss) -> None:
    remiss.world.clock.at = datetime(2027, 6, 1, 9, tzinfo=UTC)
    remiss.world.run()
    link = remiss.link(REPLIES, "berg")
    assert "Tiden har gått ut" in words(remiss.browser.open(link))
    receipt = remiss.browser.answer(link, position="submits", **SUPPORTS)
    assert "Efter sista dagen" in words(receipt)
    [stored] = remiss.answers()
    assert stored.late


def test_a_request_with_too_many_fields_is_refused(remiss: Remiss) -> None:
    many = {f"x{number}": "y" for number in range(60)}
    assert remiss.browser.review(remiss.link(REPLIES, "berg"), position="submits", **many).status_code == 400


def test_the_pages_have_their_structure(remiss: Remiss) -> None:
    link = remiss.link(REPLIES, "berg")
    pages = [remiss.browser.open(link), remiss.browser.review(link, position="submits", **{"approval.day": "x"})]
    review = remiss.browser.review(link, position="submits", **SUPPORTS)
    pages += [review, remiss.browser.get(remiss.browser.bind(link, review).headers["location"])]
    remiss.world.clock.at = datetime(2027, 5, 22, 9, tzinfo=UTC)
    remiss.world.run()
    pages.append(remiss.browser.get(f"/record/{SLUG}/consultation/remiss"))
    pages.append(remiss.browser.open(remiss.link(COMPILATION)))
    for page in pages:
        outline = Outline(page.text)
        ids = [attributes["id"] for _, attributes in outline.tags if "id" in attributes]
        assert len(ids) == len(set(ids))
        labelled = {label["for"] for label in outline.every("label")}
        for entry in outline.every("input", "textarea"):
            assert entry.get("type") == "hidden" or entry["id"] in labelled
        for _, attributes in outline.tags:
            for reference in ("for", "aria-describedby", "aria-labelledby"):
                assert set((attributes.get(reference) or "").split()) <= set(ids)
