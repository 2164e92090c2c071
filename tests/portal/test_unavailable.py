"""The register cannot be written to: a page that says so and keeps what was typed, and no word lost afterwards."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from engine.participants import Page
from models import register as register_module
from models.register import Register

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from tests.portal.conftest import Browser, World

pytestmark = pytest.mark.sqlite
STEP = "antagande-inriktning/decision"
REASON = "Remissvaren bör vägas in först.\n\nTvå stycken åäö."
TYPED = {"position": "refer_back", "comment": REASON, "decided_on": "2013-01-07"}


@pytest.fixture
def impatient(deciding: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Register]:
    """The same register, for a portal that waits for others no longer than a twentieth of a second."""
    monkeypatch.setattr(register_module, "BUSY_MS", 50)
    opened = Register(deciding.register.url)
    yield opened
    opened.close()


@contextmanager
def locked(world: World) -> Iterator[None]:
    """Somebody else is in the middle of a change."""
    with closing(sqlite3.connect(str(world.register.engine.url.database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def full(register: Register) -> Iterator[None]:
    """No room for another page of the database."""

    def no_more(connection: Any, *_: object) -> None:
        connection.execute("PRAGMA max_page_count=1")  # SQLite takes the present number where it is larger

    event.listen(register.engine, "checkout", no_more)
    yield
    event.remove(register.engine, "checkout", no_more)
    register.engine.dispose()


def sent_again(browser: Browser, page: httpx.Response) -> httpx.Response:
    """Press the button on the page."""
    form = next(form for form in Page(page.text).forms if form.buttons)
    return browser.post(form.action, form.fields)


def assert_kept(page: httpx.Response) -> None:
    assert page.status_code == 503
    assert page.headers["retry-after"] == "60"
    assert "Inget kan sparas just nu" in page.text
    assert page.text.count(REASON.partition("\n")[0]) >= 1
    assert "content-security-policy" in page.headers


def test_text_typed_while_the_register_is_locked_comes_back_and_is_sent_again(
    deciding: World, impatient: Register
) -> None:
    """Looked over, confirmed: at each step the page keeps it, and the button on the page goes on from there."""
    browser, link = deciding.browser(register=impatient), deciding.link(STEP)
    before = deciding.state()
    with locked(deciding):
        page = browser.review(link, **TYPED)
    assert_kept(page)
    assert deciding.state() == before
    review = sent_again(browser, page)
    assert review.status_code == 200
    with locked(deciding):
        page = browser.bind(link, review)
    assert_kept(page)
    bound = sent_again(browser, page)
    assert bound.status_code == 303
    receipt = browser.get(bound.headers["location"]).text
    assert "Två stycken åäö." in receipt


def test_answer_is_recorded_once_however_often_it_is_sent_again(deciding: World, impatient: Register) -> None:
    """The page is pressed twice: the review's nonce counts once."""
    browser, link = deciding.browser(register=impatient), deciding.link(STEP)
    review = browser.review(link, **TYPED)
    with locked(deciding):
        page = browser.bind(link, review)
    sent_again(browser, page)
    once = deciding.journal_length()
    assert sent_again(browser, page).status_code == 303
    assert deciding.journal_length() == once


def test_full_disk_writes_nothing_by_halves_and_loses_no_word(deciding: World, impatient: Register) -> None:
    """When there is room again the same page is enough."""
    browser, link = deciding.browser(register=impatient), deciding.link(STEP)
    long = {**TYPED, "comment": REASON + "\n\n" + "mer text " * 2000}
    review = browser.review(link, **long)
    before = deciding.state()
    with full(impatient):
        page = browser.bind(link, review)
    assert_kept(page)
    assert deciding.state() == before
    bound = sent_again(browser, page)
    assert bound.status_code == 303
    assert deciding.journal_length() == len(before["journal"]) + 1


def test_pages_are_read_while_the_register_is_locked(deciding: World, impatient: Register) -> None:
    """Who only looks waits for nobody."""
    browser, link = deciding.browser(register=impatient), deciding.link(STEP)
    with locked(deciding):
        assert browser.open(link).status_code == 200
        assert browser.get("/record/jamtland-2012").status_code == 200


def test_files_that_were_sent_are_named_because_they_must_be_chosen_again(deciding: World, impatient: Register) -> None:
    """A page cannot carry a file."""
    browser, link = deciding.browser(register=impatient), deciding.link(STEP)
    form = browser.open(link)
    fields = {**Page(form.text).forms[-1].fields, **TYPED}
    with locked(deciding):
        page = browser.post(
            f"/answer/{link}/review", fields, files={"files": ("utdrag.txt", b"Utdrag.", "text/plain")}
        )  # fmt: skip
    assert_kept(page)
    assert "utdrag.txt" in page.text
