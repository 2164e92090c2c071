"""The desk in a real browser: no violation that axe-core finds, nothing wider than the window, and live updates."""

from __future__ import annotations

import socket
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import uvicorn

from config.terms import Language, Position
from engine.accounts.accounts import give_role
from engine.accounts.sessions import open_session
from engine.commands.answer import Reply
from models.account import Role
from models.concern import ConcernKind, raise_concern
from models.phase import Step
from tests.portal.conftest import SLUG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext

    from tests.desk.conftest import DeskWorld
    from tests.portal.conftest import World

pytestmark = pytest.mark.system

QUESTION = f"/desk/{SLUG}/question/antagande-inriktning/decision"
PAGES = (
    "/desk", f"/desk/{SLUG}", QUESTION, f"/desk/{SLUG}/history", "/desk/bodies/Bergs kommun", "/desk/you",
    "/desk/accounts", "/desk/sign-in", "/desk/sign-in/sent", "/desk/enter/none", f"/desk/{SLUG}/none",
)  # fmt: skip
AXE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
}
STAFF = {Language.SV: 1280, Language.DA: 320, Language.EN: 320}


@pytest.fixture
def served(desk: DeskWorld, deciding: World) -> Iterator[str]:
    """The portal on a free port of loopback, with something that needs somebody."""
    with deciding.register.read() as session:
        due = session.get_one(Step, f"{SLUG}/antagande-inriktning/decision").due_before
    assert due is not None
    deciding.say(deciding.link("antagande-inriktning/decision", "are"), Reply(Position.ADOPTS))
    deciding.clock.at = due - timedelta(days=2)
    with deciding.register.change(SLUG, at=deciding.clock.at, actor="test") as change:
        raise_concern(change, ConcernKind.MAIL_RECEIVED, subject=SLUG, words="Hej! När är sista dagen?")
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    base = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(desk.app(base_url=base), log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield base
    server.should_exit = True
    thread.join()
    listener.close()


def context(
    chromium: Browser, desk: DeskWorld, base: str, language: Language, width: int, *, script: bool = True
) -> BrowserContext:
    """A window in which an administrator is signed in."""
    account = desk.account(f"anna-{language}", language=language, administrator=True)
    give_role(desk.register, account, SLUG, Role.COORDINATOR, now=desk.world.clock.at, actor="test")
    token = open_session(desk.register, account.id, via="test", now=desk.wall.now(), limits=desk.settings.limits)
    made = chromium.new_context(
        viewport={"width": width, "height": 900}, locale=str(language), java_script_enabled=script
    )
    made.add_cookies([{"name": "samsyn-desk", "value": token, "url": base}])
    return made


@pytest.mark.parametrize("language", list(STAFF))
def test_no_page_has_a_violation_or_is_too_wide(
    chromium: Browser, desk: DeskWorld, served: str, language: Language
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    window = context(chromium, desk, served, language, STAFF[language])
    page = window.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if "Security Policy" in message.text else None)
    for address in PAGES:
        page.goto(served + address)
        # The pages' own policy keeps out every script that is not theirs: axe comes in beside it.
        found = Axe().run(page, options=AXE).response
        assert {one["id"] for one in found["passes"]} >= {"color-contrast", "document-title", "html-has-lang"}
        told = [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found["violations"]]
        assert told == [], (address, told)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
    assert complaints == []
    window.close()


def test_a_page_that_stands_open_shows_what_has_come(
    chromium: Browser, desk: DeskWorld, deciding: World, served: str
) -> None:
    window = context(chromium, desk, served, Language.SV, 1280)
    page = window.new_page()
    page.goto(served + QUESTION)
    page.get_by_text("1 av 9").first.wait_for()
    deciding.say(deciding.link("antagande-inriktning/decision", "berg"), Reply(Position.ADOPTS))
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.get_by_text("2 av 9").first.wait_for()
    assert page.locator("#refreshed").inner_text() == "Sidan har uppdaterats."
    window.close()


def test_without_scripts_a_link_refreshes(chromium: Browser, desk: DeskWorld, deciding: World, served: str) -> None:
    window = context(chromium, desk, served, Language.SV, 1280, script=False)
    page = window.new_page()
    page.goto(served + QUESTION)
    deciding.say(deciding.link("antagande-inriktning/decision", "berg"), Reply(Position.ADOPTS))
    page.get_by_role("link", name="Uppdatera").click()
    page.get_by_text("2 av 9").first.wait_for()
    window.close()


def test_the_keyboard_reaches_everything_and_the_first_stop_leads_to_the_content(
    chromium: Browser, desk: DeskWorld, served: str
) -> None:
    window = context(chromium, desk, served, Language.SV, 1280)
    page = window.new_page()
    page.goto(served + QUESTION)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    wanted = page.locator("a[href], button, input:not([type=hidden]), select").count()
    seen = set()
    for _ in range(wanted + 2):
        seen.add(page.evaluate("[...document.querySelectorAll('*')].indexOf(document.activeElement)"))
        page.keyboard.press("Tab")
    assert len(seen) >= wanted
    window.close()
