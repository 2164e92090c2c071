"""The acts in a real browser: forms, faults and reviews, narrow and wide, in every language, and by keyboard."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlmodel import col, select

from config.terms import Language
from models.assignment import Assignment
from models.phase import Milestone, Step
from tests.desk.test_desk_in_a_browser import context, served
from tests.portal.conftest import SLUG
from tests.system.looking import SCREENSHOTS, axe_faults, reflow_faults

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.desk.conftest import DeskWorld
    from tests.portal.conftest import World

__all__ = ["served"]
pytestmark = pytest.mark.system

HERE = f"/desk/{SLUG}"
STEP = f"{SLUG}/antagande-inriktning/decision"
FORMS = ("remind", "dates", "answer", "people", "letters", "publish", "agenda", "areas", "close", "hold", "cancel")
REVIEWED = ("remind", "hold", "cancel")
WIDTHS = (320, 1280)


def looked(page: Page, name: str) -> list[str]:
    """What is wrong with a page at both widths; its pictures are kept."""
    faults = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        faults += [f"{name} at {width}: {fault}" for fault in (*axe_faults(page), *reflow_faults(page))]
        SCREENSHOTS.mkdir(exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"desk-{name}-{width}.png", full_page=True)
    return faults


@pytest.mark.parametrize("language", [Language.SV, Language.EN])  # the longest words, and the shortest
def test_every_act_s_pages(
    chromium: Browser, desk: DeskWorld, deciding: World, served: str, language: Language
) -> None:
    window = context(chromium, desk, served, language, 1280)
    page = window.new_page()
    with deciding.register.read() as session:
        one = session.exec(select(Assignment).where(col(Assignment.step_id) == STEP)).first()
        key = session.get_one(Step, STEP).milestone
        due = session.get_one(Milestone, f"{SLUG}/:{key}").due_on
    assert one is not None
    assert due is not None
    faults: list[str] = []
    for name in FORMS:
        page.goto(f"{served}{HERE}/{name}")
        faults += looked(page, f"act-{name}-{language}")
    for name in ("close", "publish", "people"):
        page.goto(f"{served}{HERE}/{name}")
        page.locator("main form button[type=submit]").first.click()
        assert page.locator(".errors a").first.get_attribute("href")
        faults += looked(page, f"act-{name}-faults-{language}")
    for name in REVIEWED:
        page.goto(f"{served}{HERE}/{name}")
        page.fill("#reason", "Så bestämdes det.")
        page.locator("main form button[type=submit]").first.click()
        faults += looked(page, f"act-{name}-review-{language}")
    page.goto(f"{served}{HERE}/answer?assignment={one.id}")
    faults += looked(page, f"act-answer-form-{language}")
    page.goto(f"{served}{HERE}/concern?number=1")
    faults += looked(page, f"act-concern-{language}")
    page.goto(f"{served}{HERE}/move?milestone={key}")
    page.fill("#day", (due + timedelta(days=30)).isoformat())
    page.fill("#reason", "Så bestämdes det.")
    page.locator("main form button[type=submit]").first.click()
    page.locator("summary").click()
    faults += looked(page, f"act-move-review-{language}")
    assert faults == []
    window.close()


def test_a_milestone_is_moved_with_the_keyboard_alone(
    chromium: Browser, desk: DeskWorld, deciding: World, served: str
) -> None:
    window = context(chromium, desk, served, Language.SV, 1280, script=False)
    page = window.new_page()
    with deciding.register.read() as session:
        key = session.get_one(Step, STEP).milestone
        due = session.get_one(Milestone, f"{SLUG}/:{key}").due_on
    assert due is not None
    page.goto(f"{served}{HERE}/move?milestone={key}")
    page.focus("#edtf")
    page.keyboard.type("2014-01")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("Fler vill svara")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Flytta").focus()
    page.keyboard.press("Enter")
    page.get_by_role("status").first.wait_for()
    with deciding.register.read() as session:
        assert session.get_one(Milestone, f"{SLUG}/:{key}").edtf == "2014-01"
    window.close()
