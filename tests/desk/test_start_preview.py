"""Previews of starts: worked out beside the requests, once for each draft, and never a page that breaks."""

from __future__ import annotations

import logging
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from time import perf_counter
from typing import TYPE_CHECKING, Any

import pytest

from config.loader import bundled, load, load_named
from engine.script import Script
from engine.starting.begin import missing
from engine.starting.content import Content, first_content, seats_of
from engine.starting.drafts import Prepared
from engine.starting.previews import Previews, State
from engine.starting.rehearsed import KeepingMailer, Previewed
from notifications.compose import compose_letter
from portal.desk import starting_preview
from tests.desk.test_desk_pages import words
from tests.desk.test_start_wizard import Draft, begun
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config.definition import Definition
    from notifications.compose import Composed
    from notifications.letter import Case
    from tests.desk.conftest import DeskWorld

pytestmark = pytest.mark.long

PATIENCE = 120.0
MANY = """\
cycle: many
title: En stor remiss
language: sv
begins: 2027-01-11
coordinator: office
reminders: [30d, 14d, 3d]
bodies:
  office: {{name: Kontoret, seats: {{contact: 1}}}}
  towns: {{name: Kommunerna, rules: se-kl-council, each: [{towns}], seats: {{contact: 1}}}}
texts: {{plan: Planen}}
milestones: {{utkast: {{by: 2027-02-01}}, svar: {{by: 2027-05-14}}}}
phases:
  planen: {{kind: drafting, author: office, text: plan, due: utkast}}
  remiss: {{kind: consultation, after: planen, material: plan, consultees: towns, due: svar}}
"""
"""A consultation of so many."""


def many(number: int) -> Definition:
    """A definition that asks so many bodies."""
    return load("many.yaml", MANY.format(towns=", ".join(f"town-{n}" for n in range(number))))


def draft_of(definition: Definition, slug: str = "behov", **content: object) -> Prepared:
    """A draft of a definition, with nothing changed."""
    first = first_content(definition, seats_of(definition), definition.begins)
    said = first.model_copy(update={"slug": slug, "begins": definition.begins, **content})
    return Prepared("draft", "file:x", "", definition, Content.model_validate(said.model_dump()), datetime.now(UTC))


class Whole(KeepingMailer):
    """Writes every letter at once as well, as one does that sends."""

    written: list[Composed]

    def unwritten(self, cases: Sequence[Case], message_id: str) -> Composed:
        """Written in full."""
        made = compose_letter(cases, message_id)
        self.written.append(made)
        return replace(super().unwritten(cases, message_id), raw=b"")


@pytest.mark.parametrize("name", sorted(bundled()))
def test_a_letter_that_is_written_later_is_the_one_that_would_be_sent(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from email import message_from_bytes, policy

    from engine.starting import rehearsed

    Whole.written = []
    monkeypatch.setattr(rehearsed, "KeepingMailer", Whole)
    definition = load_named(name)
    rehearsal = Previewed(definition, Script(), [held.holder() for held in seats_of(definition)])
    rehearsal.play()
    rehearsal.register.close()
    letters = rehearsed.Letters.of(rehearsal.outlines)
    assert len(Whole.written) == len(rehearsal.mails) > 5
    for mail, sent in zip(rehearsal.mails, Whole.written, strict=True):
        letter, read = letters.letter(mail.number), message_from_bytes(sent.raw, policy=policy.default)
        for kind, text in (("plain", letter.text), ("html", letter.html)):
            body = read.get_body((kind,))
            assert body is not None
            assert body.get_content().splitlines() == text.splitlines()
        assert (letter.subject, mail.subject, mail.to) == (sent.subject, sent.subject, sent.address)
    for number in (0, len(rehearsal.mails) + 1):
        with pytest.raises(IndexError):
            letters.letter(number)


def test_two_who_look_at_once_have_it_worked_out_once(caplog: pytest.LogCaptureFixture) -> None:
    previews, draft = Previews(patience=PATIENCE), draft_of(many(40))
    with caplog.at_level(logging.INFO, "samsyn.previews"), ThreadPoolExecutor(4) as pool:
        asked = list(pool.map(lambda _: previews.of(draft, "http://samsyn.example"), range(4)))
    assert {id(one.preview) for one in asked} == {id(asked[0].preview)}
    assert asked[0].state is State.READY
    assert len([line for line in caplog.messages if line.endswith("is being worked out")]) == 1


def test_a_draft_that_has_changed_wants_its_old_preview_no_more(caplog: pytest.LogCaptureFixture) -> None:
    previews, old = Previews(patience=0), draft_of(many(300), "old")
    first = previews.begin(old, "http://samsyn.example")
    previews.patience = PATIENCE
    second = previews.of(draft_of(many(3), "new"), "http://samsyn.example")
    assert second.state is State.READY
    assert first.done.is_set()  # it was ended before the second began
    assert first.preview is None
    assert not first.failed
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
    again = previews.begin(old, "http://samsyn.example")
    assert again is not first
    previews.forget(old.id)
    wait_until(again.done.is_set)


def test_what_fails_is_logged_and_can_be_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    previews, draft = Previews(patience=PATIENCE, longest=0.01), draft_of(many(3))
    failed = previews.of(draft, "http://samsyn.example")
    assert failed.state is State.FAILED
    assert f"preview {failed.reference} failed: not ready after 0.01 seconds" in caplog.messages
    assert previews.of(draft, "http://samsyn.example") is failed  # not tried again by itself
    previews.longest = 300
    assert previews.again(draft, "http://samsyn.example").state is State.READY


def test_a_preview_that_fails_is_a_page_that_says_so(desk: DeskWorld) -> None:
    previews = Previews(patience=PATIENCE, longest=0.01)
    desk.settings = replace(desk.settings, previews=previews)
    draft = begun(desk).named().dated()
    failed = draft.get("/preview")
    assert failed.status_code == 200
    said = words(failed.text)
    assert "Förhandsvisningen kunde inte tas fram." in said
    assert re.search(r"numret [0-9a-f]{12}\.", said)
    assert "Vad du bör titta på" in said or "Jag har tittat på det" in said  # the rest of the page is there
    for part in ("/preview/mails", "/preview/mails/1", "/preview/mails/1/html"):
        assert draft.get(part).headers["location"] == f"{draft.where}/preview"
    blocked = draft.ticked()
    assert blocked.status_code == 422
    assert "Processen kan startas när förhandsvisningen är klar" in words(blocked.text)
    previews.longest = 300
    assert draft.post("/preview/again").headers["location"] == f"{draft.where}/preview"
    assert "mejl till 28 personer" in words(draft.get("/preview").text)
    assert draft.ticked().status_code == 200


def test_a_preview_that_is_done_while_its_page_is_made_is_on_the_next(
    desk: DeskWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page says of one moment what it says."""
    desk.settings = replace(desk.settings, previews=Previews(patience=PATIENCE))
    draft = begun(desk).named().dated()
    assert "mejl till 28 personer" in words(draft.get("/preview").text)
    asked = [*desk.settings.previews._asked.values()][-1]
    made, asked.preview = asked.preview, None

    def done_meanwhile(*given: Any) -> Any:
        asked.preview = made
        return missing(*given)

    monkeypatch.setattr(starting_preview, "missing", done_meanwhile)
    assert "Hela processen provkörs" in words(draft.get("/preview").text)
    assert "mejl till 28 personer" in words(draft.get("/preview").text)


def test_a_page_does_not_wait_for_a_thousand_letters(desk: DeskWorld) -> None:
    previews = Previews()
    desk.settings = replace(desk.settings, previews=previews)
    browser = desk.signed_in(desk.account("berit", starts=True))
    text = MANY.format(towns=", ".join(f"town-{n}" for n in range(200))).encode()
    answer = browser.request(
        "POST", "/desk/new/file", data={"csrf": browser.csrf()}, files={"file": ("many.yaml", text)}
    )
    draft = Draft(desk, browser, answer.headers["location"])
    previews.patience = 0
    before = perf_counter()
    page = draft.get("/preview")
    assert perf_counter() - before < 3
    assert page.status_code == 200
    assert "Hela processen provkörs" in words(page.text)
    assert re.search(rf'<a class="act" href="{draft.where}/preview" data-refresh>Titta igen</a>', page.text)
    assert 'id="findings"' in page.text
    assert draft.get("/preview/mails").headers["location"] == f"{draft.where}/preview"

    def ready() -> bool:
        return "mejl till 201 personer" in words(draft.get("/preview").text)

    wait_until(ready, PATIENCE)
    assert "En stor remiss" in words(draft.get("/preview/mails/600").text)


def test_a_saved_draft_is_rehearsed_before_anybody_asks(desk: DeskWorld, caplog: pytest.LogCaptureFixture) -> None:
    desk.settings = replace(desk.settings, previews=Previews(patience=PATIENCE))
    with caplog.at_level(logging.INFO, "samsyn.previews"):
        draft = begun(desk)
        assert not caplog.messages  # nobody has said yet what it is called
        draft.named(slug="behov-for-sig")
        wait_until(lambda: caplog.messages)
