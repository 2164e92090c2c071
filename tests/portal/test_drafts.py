"""What has been typed is there the next time: after days, in another browser, after the deadline."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from engine.commands.draft import dispose_of_drafts
from models.assignment import Answer, Link, Revocation
from models.cycle import Cycle, CycleStatus
from models.draft import Draft, DraftFile
from models.files import Attachment, FileContent, file_hash
from models.phase import Step
from models.verify import verify
from tests.documents import samples
from tests.portal.conftest import SLUG, Browser, hidden, token
from tests.portal.test_uploads import DECISION, STEP, rows, send
from tests.registers import POSTGRESQL, registers
from tests.waiting import wait_until

if TYPE_CHECKING:
    from tests.portal.conftest import World

KEPT = timedelta(days=30)


def save(browser: Browser, link: str, revision: str | None = None, **typed: str) -> int:
    """Press "Save and continue later"."""
    form = browser.open(link)
    fields = {"csrf": hidden(form, "csrf"), "revision": revision or hidden(form, "revision"), "do": "save", **typed}
    return browser.post(f"/answer/{link}/save", fields).status_code


def test_comes_back_days_later_in_another_browser(deciding: World, browser: Browser) -> None:
    deciding.clock.at = datetime(2013, 6, 4, 12, 5, tzinfo=UTC)
    link = deciding.link(DECISION, "berg")
    before = deciding.journal_length()
    assert save(browser, link, position="declines", comment="Halvfärdigt", meeting_on="2013-06-") == 303
    assert deciding.journal_length() == before
    deciding.clock.at += timedelta(days=9)
    page = deciding.browser().open(link).text
    assert "Du har ett sparat utkast" in page
    assert "Sparat tisdag 4 juni 2013 kl. 14:05" in page
    assert "Halvfärdigt</textarea>" in page
    assert 'value="2013-06-"' in page
    assert re.search(r'value="declines"[^>]* checked', page)


def test_review_saves_and_answering_disposes(deciding: World, browser: Browser) -> None:
    link = deciding.link(DECISION, "berg")
    review = browser.review(link, position="adopts", comment="Bra")
    assert len(rows(deciding, Draft)[0]) == 1
    browser.bind(link, review)
    assert rows(deciding, Draft, DraftFile) == [[], []]
    assert "sparat utkast" not in browser.open(link).text


def test_draft_is_no_answer_and_nobody_else_sees_it(deciding: World, browser: Browser) -> None:
    link = deciding.link(DECISION, "berg")
    save(browser, link, comment="Min hemlighet")
    for other in ("krokom", "are"):
        assert "Min hemlighet" not in deciding.browser().open(deciding.link(DECISION, other)).text
    assert "Min hemlighet" not in browser.get(f"/record/{SLUG}").text
    with deciding.register.read() as session:
        answers = session.exec(select(Answer).where(col(Answer.assignment_id).contains(f"{DECISION}/berg"))).all()
        assert list(answers) == []
        assert verify(session, SLUG).faults == ()


def test_is_shown_when_the_question_has_closed(deciding: World, browser: Browser) -> None:
    link = deciding.link(DECISION, "berg")
    send(browser, link, [("utdrag.pdf", samples.pdf())], to="save", position="refer_back", comment="Utred mera")
    with deciding.register.change(SLUG, at=deciding.clock.at, actor="test") as change:
        step = change.get(Step, f"{SLUG}/{DECISION}")
        step.settled_at = deciding.clock.at
        change.record("step_settled", step.id)
    page = deciding.browser().open(link)
    assert page.status_code == 410
    assert "Utred mera</textarea>" in page.text
    assert "utdrag.pdf" in page.text
    assert dispose_of_drafts(deciding.register, now=deciding.clock.at + KEPT - timedelta(1), kept_for=KEPT) == 0
    assert dispose_of_drafts(deciding.register, now=deciding.clock.at + KEPT + timedelta(1), kept_for=KEPT) == 1
    assert rows(deciding, Draft, DraftFile) == [[], []]


def test_open_questions_keep_their_drafts_for_ever(deciding: World, browser: Browser) -> None:
    save(browser, deciding.link(DECISION, "berg"), comment="Länge sedan")
    assert dispose_of_drafts(deciding.register, now=deciding.clock.at + 10 * KEPT, kept_for=KEPT) == 0


def test_is_saved_while_the_cycle_is_on_hold(deciding: World, browser: Browser) -> None:
    link = deciding.link(DECISION, "berg")
    form = browser.open(link)
    hold(deciding, CycleStatus.HELD)
    fields = {"csrf": hidden(form, "csrf"), "revision": "0", "position": "adopts", "comment": "Skrivet i pausen"}
    assert browser.post(f"/answer/{link}/review", fields).status_code == 409
    hold(deciding, CycleStatus.RUNNING)
    assert "Skrivet i pausen</textarea>" in browser.open(link).text


def hold(world: World, status: CycleStatus) -> None:
    """Stop the cycle for a while, or let it go on."""
    with world.register.change(SLUG, at=world.clock.at, actor="test") as change:
        change.get(Cycle, SLUG).status = status
        change.record("cycle_status_changed", SLUG)


def test_two_windows_lose_nothing(deciding: World, browser: Browser) -> None:
    link = deciding.link(DECISION, "berg")
    browser.open(link)
    save(browser, link, revision="0", comment="Från det första fönstret")
    assert save(browser, link, revision="0", comment="Från det andra fönstret") == 303
    page = browser.open(link).text
    assert "Från det andra fönstret</textarea>" in page
    assert "Utkastet har också ändrats i ett annat fönster" in page
    assert "Från det första fönstret</textarea>" in page
    save(browser, link, comment="Båda")
    page = browser.open(link).text
    assert "annat fönster" not in page
    assert "Båda</textarea>" in page


def test_saving_the_same_again_is_no_conflict(deciding: World, browser: Browser) -> None:
    link = deciding.link(DECISION, "berg")
    for _ in range(2):
        save(browser, link, revision="0", comment="Samma")
    assert "annat fönster" not in browser.open(link).text
    assert rows(deciding, Draft)[0][0].revision == 1


def test_fifty_parallel_presses_record_one_answer_with_its_file(deciding: World, browser: Browser) -> None:
    link = deciding.link(DECISION, "berg")
    review = send(browser, link, [("utdrag.pdf", samples.pdf())], position="adopts")
    fields = {name: hidden(review, name) for name in ("csrf", "sealed")}
    cookie = {"cookie": f"samsyn_answer={token(link)}"}
    app = deciding.app()

    def press(_: int) -> tuple[int, str]:
        response = Browser(app).post(f"/answer/{link}", fields, headers=cookie)
        return response.status_code, response.headers.get("location", response.text)

    before = deciding.journal_length()
    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(press, range(50))) == {(303, f"/answer/{link}/receipt")}
    assert deciding.journal_length() == before + 1
    attached, kept, drafts = rows(deciding, Attachment, FileContent, Draft)
    assert (len(attached), len(kept), drafts) == (1, 1, [])


def test_parallel_saves_keep_every_version(deciding: World) -> None:
    link = deciding.link(DECISION, "berg")
    app = deciding.app()

    def press(number: int) -> int:
        return save(Browser(app), link, revision="0", comment=f"fönster {number}")

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(press, range(6))) == {303}
    page = Browser(app).open(link).text
    assert all(f"fönster {number}</textarea>" in page for number in range(6))


def test_crash_in_the_answer_leaves_the_draft(
    deciding: World, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    """The draft goes with the answer's transaction, or not at all."""
    link = deciding.link(DECISION, "berg")
    review = send(browser, link, [("utdrag.pdf", samples.pdf())], position="adopts")

    def fails(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("engine.commands.answer._send_receipt", fails)
    assert browser.bind(link, review).status_code == 500
    monkeypatch.undo()
    assert rows(deciding, Attachment, FileContent) == [[], []]
    assert browser.bind(link, review).status_code == 303
    assert [file.name for file in rows(deciding, Attachment)[0]] == ["utdrag.pdf"]


def test_confirming_loses_nothing_that_another_window_has_saved(deciding: World, browser: Browser) -> None:
    """A review is confirmed after another window has saved: the answer is what was looked over, the draft stays."""
    link = deciding.link(DECISION, "berg")
    review = browser.review(link, position="adopts", comment="Granskat")
    assert save(browser, link, position="declines", comment="Sparat sedan dess") == 303
    receipt = browser.get(browser.bind(link, review).headers["location"])
    assert "Granskat" in receipt.text
    page = browser.open(link).text
    assert "Du har ett sparat utkast" in page
    assert "Sparat sedan dess</textarea>" in page
    browser.answer(link, position="declines", comment="Sparat sedan dess")
    assert rows(deciding, Draft)[0] == []


def test_draft_that_is_saved_in_the_very_moment_of_an_answer_stays(deciding: World, browser: Browser) -> None:
    """The answer finds the draft that it was made of, and waits for another save of it, which is not lost."""
    if registers.kind != POSTGRESQL:
        pytest.skip("on SQLite nobody saves while another changes the register")
    link = deciding.link(DECISION, "berg")
    review = browser.review(link, position="adopts", comment="Granskat")
    with ThreadPoolExecutor(1) as pool:
        with deciding.register.operate() as session:
            draft = session.exec(select(Draft)).one()
            draft.revision, draft.typed = draft.revision + 1, {**draft.typed, "comment": "Sparat i samma stund"}
            session.flush()
            bound = pool.submit(browser.bind, link, review)
            wait_until(lambda: _waits_for_a_lock(deciding), 20, what="the answer to wait for the draft")
        assert bound.result().status_code == 303
    assert [kept.typed["comment"] for kept in rows(deciding, Draft)[0]] == ["Sparat i samma stund"]


def _waits_for_a_lock(world: World) -> bool:
    with world.register.read() as session:
        return bool(session.connection().execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar())


@pytest.mark.parametrize("why", [Revocation.REPLACED, Revocation.NOT_ME, Revocation.DELEGATED])
def test_withdrawn_link_gives_back_what_was_not_sent_in(world: World, browser: Browser, why: Revocation) -> None:
    """Words and files of the draft are their writer's; what was answered is not given out any more."""
    link = world.link(STEP)
    browser.bind(link, send(browser, link, [("inskickad.txt", b"ett")]))
    send(browser, link, [("utkast.pdf", samples.pdf())], to="save", text="Det jag skrev sedan")
    with world.register.change(SLUG, at=world.clock.at, actor="test") as change:
        row = change.get(Link, link)
        row.revoked_at, row.revoked_for = world.clock.at, why
        change.record("link_revoked", link)
    page = browser.get(f"/answer/{link}")
    assert page.status_code == 410
    assert "Det jag skrev sedan" in page.text
    assert "utkast.pdf" in page.text
    assert "inskickad.txt" not in page.text
    file = browser.get(f"/answer/{link}/file/{file_hash(samples.pdf())}")
    assert (file.status_code, file.content) == (200, samples.pdf())
    assert browser.get(f"/answer/{link}/file/{file_hash(b'ett')}").status_code == 404
    assert world.browser().get(f"/answer/{link}/file/{file_hash(samples.pdf())}").status_code == 403
