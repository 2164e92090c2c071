"""Starting a cycle in a real browser: by keyboard, in every language, at both widths."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

import pytest
import uvicorn

from config.loader import find, parse_dumped
from config.terms import Language
from engine.accounts.sessions import open_session
from models.cycle import Cycle, Membership, Person
from tests.desk.conftest import DeskWorld, advanced, deciding, world
from tests.system.keyboard import Keyboard
from tests.system.looking import Looking

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.portal.conftest import World

__all__ = ["advanced", "deciding", "world"]

pytestmark = pytest.mark.system

PARTICULARS = {
    "title": "Framtidens behov 2027",
    "slug": "behov-2027",
    "registry_no": "2027/114",
    "begins": "2027-04-05",
}


@pytest.fixture
def desk(world: World) -> DeskWorld:
    """The desk."""
    return DeskWorld(world)


@pytest.fixture
def served(desk: DeskWorld) -> Iterator[str]:
    """The portal on a free port of loopback."""
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


def window(chromium: Browser, desk: DeskWorld, served: str, language: Language, *, script: bool) -> BrowserContext:
    """The browser of somebody who may start cycles."""
    account = desk.account("anna", language=language, starts=True)
    token = open_session(desk.register, account.id, via="test", now=desk.wall.now(), limits=desk.settings.limits)
    made = chromium.new_context(locale="en-US", java_script_enabled=script)
    made.add_cookies([{"name": "samsyn-desk", "value": token, "url": served}])
    return made


@pytest.mark.parametrize("language", [Language.SV, Language.DA])  # in English by keyboard, below
def test_the_whole_way(chromium: Browser, desk: DeskWorld, served: str, tmp_path: Path, language: Language) -> None:
    looking = Looking(tmp_path)
    context = window(chromium, desk, served, language, script=True)
    page = context.new_page()
    _walk(page, served, lambda name: looking.at(page, f"start-{name}-{language}"))
    context.close()
    assert looking.faults == []
    assert len(looking.seen) == 12
    with desk.register.read() as session:
        assert session.get(Cycle, "behov-2027") is not None


def test_the_whole_way_without_scripts(chromium: Browser, desk: DeskWorld, served: str) -> None:
    context = window(chromium, desk, served, Language.SV, script=False)
    _walk(context.new_page(), served, lambda _: None)
    context.close()
    with desk.register.read() as session:
        assert session.get(Cycle, "behov-2027") is not None


def _walk(page: Page, served: str, see: Callable[[str], None]) -> None:
    """From the desk to a running cycle, looking at every page on the way."""
    page.goto(f"{served}/desk/new")
    see("choose")
    _mend_a_file(page, see)
    page.goto(f"{served}/desk/new")
    see("drafts")
    page.locator("input[value='bundled:pks-2021']").check()
    page.locator("form:has(input[value='bundled:pks-2021']) button").click()
    see("particulars")
    draft = page.url
    for name, value in PARTICULARS.items():
        page.fill(f"#{name}", value)
    page.locator("main form button").first.click()
    see("titles")
    page.locator("form[action$='/titles'] button").click()
    see("people")
    page.fill("#address-2", "ingen")
    page.locator("form[action$='/people'] button:not([name], [aria-hidden])").click()
    see("people-faults")
    _decide_the_dates(page, draft, see)
    see("preview")
    page.goto(f"{draft}/preview/mails")
    see("mails")
    page.goto(f"{draft}/preview/mails/1")
    see("mail")
    page.goto(f"{draft}/preview")
    for box in page.locator("main input[type=checkbox]").all():
        box.check()
    page.locator("form[action$='/preview'] button").click()
    see("review")
    page.locator("main form button").click()
    page.wait_for_url(f"{served}/desk/behov-2027")


def test_the_whole_way_by_keyboard(chromium: Browser, desk: DeskWorld, served: str) -> None:
    """From nothing to a running cycle, with Tab, arrows, Space and Enter alone, and every stop to be seen."""
    context = window(chromium, desk, served, Language.EN, script=False)
    page = context.new_page()
    keys = Keyboard(page)
    page.goto(f"{served}/desk")
    keys.follow("/desk/new")
    keys.fill_in({"source": "bundled:pks-2021"})
    keys.fill_in(PARTICULARS)
    assert page.url.endswith("/titles")
    keys.fill_in({"texts.framtidens-behov": "The needs of the future 2027–2036"})
    keys.fill_in({
        "body-more": "Aneby Municipality", "seat-more": "substitute", "address-more": "eva@aneby.se", "do": "add",
    })  # fmt: skip
    keys.fill_in({"address-0": "anna@region.se", "name-0": "Anna Berg"})
    assert page.url.endswith("/dates")
    radios = page.locator("input[type=radio][value=roll]").all()
    rolled = {str(radio.get_attribute("name")): "roll" for radio in radios}
    keys.fill_in({**rolled, "day-phases.antagande.due": "2027-12-15"})
    assert page.url.endswith("/preview")
    boxes = page.locator("main input[type=checkbox]").all()
    keys.fill_in({str(box.get_attribute("name")): "yes" for box in boxes})
    assert page.url.endswith("/start")
    keys.press("Start")
    assert page.url == f"{served}/desk/behov-2027"
    context.close()
    with desk.register.read() as session:
        definition = parse_dumped(session.get_one(Cycle, "behov-2027").definition)
        seat = session.get_one(Membership, "behov-2027/@aneby.substitute-1")
        assert session.get_one(Person, seat.person_id).address == "eva@aneby.se"
    assert definition.text_title("framtidens-behov") == "The needs of the future 2027–2036"


def _mend_a_file(page: Page, see: Callable[[str], None]) -> None:
    text = find("pks-2021").read_text(encoding="utf-8").replace("kind: adoption", "kind: adoptoin")
    page.set_input_files("#file", {"name": "eget.yaml", "mimeType": "text/yaml", "buffer": text.encode()})
    page.locator("form[action$='/file'] button").click()
    see("text")


def _decide_the_dates(page: Page, draft: str, see: Callable[[str], None]) -> None:
    page.goto(f"{draft}/dates")
    page.locator("form[action$='/dates'] button").click()
    see("dates-faults")
    for chosen in page.locator("input[type=radio][value=roll]").all():
        chosen.check()
    page.locator("input[id='day-phases.antagande.due']").fill("2027-12-15")
    page.locator("form[action$='/dates'] button").click()
