"""The record in a browser, as the law asks of public pages: on a wide screen, on a phone, and on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlmodel import SQLModel

from config.loader import load_named
from config.publicity import People, Record
from engine.clock import FrozenClock
from engine.commands.redact import redact
from engine.rehearsal import Rehearsal
from engine.scripts import bundled_script
from models.register import Register
from portal.app import PortalServices, create_app
from tests.system.tour import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.system.looking import Looking

pytestmark = pytest.mark.system
CASE = "rsr-samverkan"
SECRET = "a secret for tests"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The portal over a cycle with meetings, minutes, seats, and something withheld."""
    folder: Path = tmp_path_factory.mktemp("record")
    register = Register(f"sqlite:///{folder / 'register.sqlite'}")
    SQLModel.metadata.create_all(register.engine)
    definition = load_named(CASE).model_copy(update={"record": Record(people=People.SEATS)})
    rehearsal = Rehearsal(definition, bundled_script(CASE), register=register)
    rehearsal.play()
    [minutes, *_] = [one for one in _documents(register) if one.startswith("minutes-")]
    redact(register, CASE, minutes, ground="OSL 21:7", passage="RSR", now=rehearsal.now, actor="coordinator")
    services = PortalServices(
        register=register, clock=FrozenClock(rehearsal.now), secret_key=SECRET, base_url="http://testserver"
    )  # fmt: skip
    with serving(create_app(services)) as base:
        yield base
    register.close()


def _documents(register: Register) -> list[str]:
    from engine.record.facts import record_of

    return [one.key for one in record_of(register, CASE).documents]


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A window."""
    window = chromium.new_context().new_page()
    yield window
    window.close()


@pytest.mark.parametrize("language", ["sv", "da", "en"])
def test_page_has_no_fault(address: str, page: Page, looking: Looking, language: str) -> None:
    response = page.goto(f"{address}/record/{CASE}?lang={language}")
    assert response is not None
    looking.keep(response.text(), f"record-{language}")
    looking.at(page, f"record-{language}")
    assert looking.faults == []
    assert page.locator("#withheld").count() == 1
    assert page.locator("#people + table tbody tr").count() > 5


def test_its_html_is_valid(address: str, looking: Looking) -> None:
    """What was served is what the Nu checker takes for HTML."""
    assert looking.seen
    assert looking.invalid() == []


def test_on_paper_it_is_black_on_white_with_whole_tables(address: str, page: Page) -> None:
    page.emulate_media(media="print", color_scheme="dark")
    page.set_viewport_size({"width": 718, "height": 1000})  # A4 less its margins, in CSS pixels
    page.goto(f"{address}/record/{CASE}")
    colours = page.evaluate("(({backgroundColor, color}) => [backgroundColor, color])(getComputedStyle(document.body))")
    assert colours == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]
    assert page.locator("table.stack").first.evaluate("node => getComputedStyle(node).display") == "table"
    assert page.locator("thead").first.evaluate("node => getComputedStyle(node).display") == "table-header-group"
    assert not page.locator(".formats").is_visible()
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
