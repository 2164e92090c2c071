"""A NUL in an address, a form or a command: a page that says so, and never a fault or a row that has it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from sqlmodel import select

from models.concern import ConcernKind, raise_concern
from models.journal import JournalEntry
from models.register import RegisterError
from models.storable import holds_nul
from tests.portal.conftest import SLUG, hidden

if TYPE_CHECKING:
    from models.change import Change
    from tests.portal.conftest import Browser, World

ASKING = "antagande-inriktning/decision"
PATHS = (
    "/answer/%00", "/a/%00", "/a/x%00y", f"/record/{SLUG}%00", f"/record/%00/file/{'0' * 64}",
    f"/record/{SLUG}/file/%00",
    f"/record/{SLUG}/minutes/%00", f"/record/{SLUG}/consultation/a%00.csv", "/reminders/%00", "/calendar/%00",
    "/desk/%00", "/desk/enter/%00", "/desk/bodies/%00", "/mailbox/%00", "/static/%00.css", "/%00",
)  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_a_path_with_a_nul_leads_nowhere(world: World, browser: Browser, path: str) -> None:
    for method in ("GET", "POST", "HEAD"):
        came = browser.request(method, path)
        assert came.status_code == 404, method
        assert "x-robots-tag" in came.headers
        assert came.headers["content-security-policy"].startswith("default-src 'none'")
    assert 'id="main"' in browser.get(path).text


@pytest.mark.parametrize("address", [f"/record/{SLUG}?lang=%00", "/desk/sign-in?next=%00", "/?a%00=b"])
def test_a_query_with_a_nul_is_a_bad_request(world: World, browser: Browser, address: str) -> None:
    came = browser.get(address)
    assert came.status_code == 400
    assert 'id="main"' in came.text


@pytest.mark.parametrize("as_files", [False, True])
def test_a_form_loses_a_nul_in_words_and_is_refused_with_one_in_a_name(
    deciding: World, browser: Browser, *, as_files: bool
) -> None:
    link = deciding.link(ASKING, "berg")
    csrf = hidden(browser.open(link), "csrf")
    more = {"files": {"files": ("a\0b.txt", b"Utdrag.")}} if as_files else {}
    typed = {"csrf": csrf, "position": "adopts", "comment": "a\0b", "paragraph": "\0"}
    review = browser.post(f"/answer/{link}/review", typed, **more)
    assert review.status_code == 200
    assert "\0" not in review.text
    assert browser.bind(link, review).status_code == 303
    assert browser.post(f"/answer/{link}/review", {**typed, "com\0ment": "x"}).status_code == 400
    assert nothing_holds_nul(deciding)


@pytest.mark.parametrize("at", ["column", "event", "words", "data"])
def test_no_command_keeps_one(world: World, at: str) -> None:
    """Whatever the way in: the register itself says no, in words for a person, and keeps nothing of the change."""
    before = world.journal_length()
    with (
        pytest.raises(RegisterError, match=r"holds a NUL character"),
        world.register.change(SLUG, at=world.clock.at, actor="test") as change,
    ):
        written(change, at)
    assert world.journal_length() == before
    assert nothing_holds_nul(world)


def written(change: Change, at: str) -> None:
    """A NUL in a column, in what an event says, in a person's own words, or deep in a value of JSON."""
    if at == "column":
        change.cycle.title = "a\0b"
    if at == "words":
        raise_concern(change, ConcernKind.NOT_ME, subject=SLUG, words="a\0b")
    if at == "data":
        raise_concern(change, ConcernKind.NOT_ME, subject=SLUG, data={"deep": [{"a\0": 1}]})
    change.record("titled", SLUG, reason="a\0b" if at == "event" else "")


def nothing_holds_nul(world: World) -> bool:
    """Whether no row of any table, and no entry of the journal, has one."""
    with world.register.read() as session:
        bodies = [json.loads(body) for body in session.exec(select(JournalEntry.body))]
    rows = [value for table in world.state().values() for row in table for value in row.values()]
    return not any(holds_nul(value) for value in (*bodies, *rows))
