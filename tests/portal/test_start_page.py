"""The start page, and what machines ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.register import Register
from tests.portal.conftest import SLUG, Browser, World

if TYPE_CHECKING:
    from pathlib import Path


def test_lists_cycles_and_the_mailbox(world: World, browser: Browser) -> None:
    page = browser.get("/").text
    assert f'href="/record/{SLUG}"' in page
    assert 'href="/mailbox"' in page


def test_without_mailbox_there_is_none(world: World) -> None:
    browser = world.browser(mailbox=None)
    assert "mailbox" not in browser.get("/").text
    assert browser.get("/mailbox").status_code == 404
    assert browser.get("/mailbox.json").status_code == 404


def test_empty_register(world: World, tmp_path: Path) -> None:
    empty = Register(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    assert world.browser(register=empty).get("/healthz").status_code == 503
    assert world.browser(register=empty).get("/healthz/live").status_code == 200
    empty.close()


def test_health(browser: Browser) -> None:
    assert browser.get("/healthz").json() == {"status": "ok", "register": "ok"}
    assert browser.get("/healthz/live").json() == {"status": "ok"}


def test_openapi_lists_the_routes_and_has_no_page(browser: Browser) -> None:
    described = browser.get("/openapi.json").json()
    assert {"/a/{token}", "/answer/{link_id}", "/record/{slug}", "/mailbox.json", "/healthz"} <= set(described["paths"])
    assert browser.get("/docs").status_code == 404
    assert browser.get("/redoc").status_code == 404
