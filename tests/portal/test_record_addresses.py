"""Where the record is had in its forms: what each answers with, how long it may be kept, and when it is not there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from config.loader import dump, load_named
from config.publicity import Access
from config.terms import Position
from engine.commands.answer import Reply
from engine.commands.redact import redact
from engine.commands.start import start_cycle
from models.cycle import Cycle
from portal.record_page import FORMATS
from tests.portal.conftest import BEGINS, SLUG, Browser, World

if TYPE_CHECKING:
    import httpx

    from config.definition import Definition

DECISION = "antagande-inriktning/decision"
PATHS = ("", ".pdf", ".json", ".csv", ".ics", ".atom")
STARTS = {"pdf": b"%PDF-1.7", "json": b"{", "csv": "\ufeffFas;".encode(), "ics": b"BEGIN:VCALENDAR", "atom": b"<?xml"}


def at(browser: Browser, ending: str, **headers: str) -> httpx.Response:
    """The record in a form."""
    return browser.get(f"/record/{SLUG}{ending}", headers=headers)


@pytest.mark.parametrize("ending", list(FORMATS))
def test_each_form_is_served_as_what_it_is(world: World, browser: Browser, ending: str) -> None:
    response = at(browser, f".{ending}")
    assert response.status_code == 200
    assert response.headers["content-type"].partition(";")[0] == FORMATS[ending][0]
    assert response.content.startswith(STARTS[ending])
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "noindex" not in response.headers.get("x-robots-tag", "")
    assert browser.head(f"/record/{SLUG}.{ending}").content == b""


def test_the_page_leads_to_the_forms(world: World, browser: Browser) -> None:
    page = at(browser, "").text
    for ending, (media, _) in FORMATS.items():
        assert f'<link rel="alternate" type="{media}" href="/record/{SLUG}.{ending}?lang=sv"' in page
        assert f'<a href="/record/{SLUG}.{ending}?lang=sv" type="{media}">' in page


@pytest.mark.parametrize("path", PATHS)
def test_may_be_kept_and_is_asked_for_again(deciding: World, browser: Browser, path: str) -> None:
    first = at(browser, path)
    assert first.headers["cache-control"] == "public, no-cache"
    again = at(browser, path, **{"if-none-match": f'"other", {first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    deciding.say(deciding.link(DECISION, "berg"), Reply(Position.ADOPTS))
    changed = at(browser, path, **{"if-none-match": first.headers["etag"]})
    assert changed.status_code == 200
    assert changed.headers["etag"] != first.headers["etag"]


def test_each_language_is_another_edition(world: World, browser: Browser) -> None:
    tags = {browser.get(f"/record/{SLUG}.csv?lang={language}").headers["etag"] for language in ("sv", "da", "en")}
    assert len(tags) == 3
    assert browser.get(f"/record/{SLUG}.csv?lang=xx").headers["etag"] in tags


@pytest.mark.parametrize("path", PATHS)
def test_unknown_cycles_have_no_forms(world: World, browser: Browser, path: str) -> None:
    assert browser.get(f"/record/none{path}").status_code == 404


@pytest.mark.parametrize("access", [Access.CLOSED, Access.WHEN_CONCLUDED])
def test_what_is_not_public_is_not_there(world: World, browser: Browser, access: Access) -> None:
    closed: Definition = load_named(SLUG).model_copy(update={"record": access, "cycle": "closed"})
    start_cycle(world.register, closed, slug="closed", at=BEGINS, actor="coordinator")
    for path in (*PATHS, "/consultation/x", "/minutes/x", "/file/x"):
        assert browser.get(f"/record/closed{path}").status_code == 404, path
    assert "/record/closed" not in browser.get("/").text
    assert f"/record/{SLUG}" in browser.get("/").text
    assert access in dump(closed)


def test_a_cycle_that_has_ended_opens_its_record(world: World, browser: Browser) -> None:
    later = load_named(SLUG).model_copy(update={"record": Access.WHEN_CONCLUDED, "cycle": "later"})
    start_cycle(world.register, later, slug="later", at=BEGINS, actor="coordinator")
    assert browser.get("/record/later").status_code == 404
    with world.register.change("later", at=BEGINS, actor="test") as change:
        change.get(Cycle, "later").status = "cancelled"  # type: ignore[assignment]
        change.record("cycle_cancelled", "later")
    assert {browser.get(f"/record/later{path}").status_code for path in PATHS} == {200}


def test_what_is_withheld_leaves_every_form_at_once(deciding: World, browser: Browser) -> None:
    link = deciding.link(DECISION, "berg")
    deciding.say(link, Reply(Position.REFERS_BACK, "Anna Andersson är sjuk"))
    deciding.run()
    before = at(browser, ".json")
    assert "Anna Andersson" in before.text
    redact(
        deciding.register, SLUG, f"{DECISION}/berg.secretary-1", ground="OSL 21:1", passage="Anna Andersson",
        now=deciding.clock.at, actor="coordinator",
    )  # fmt: skip
    after = at(browser, ".json", **{"if-none-match": before.headers["etag"]})
    assert after.status_code == 200
    assert "Anna" not in "".join(at(browser, path).text for path in PATHS if path != ".pdf")
    assert "[utelämnat: OSL 21:1] är sjuk" in at(browser, "").text
    assert json.loads(after.text)["record"]["withheld"][0]["ground"] == "OSL 21:1"
