"""The plan's page: one file without scripts, whose drawing has a title, a description and its table."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from config.loader import load_named
from config.redate import landings, redate
from engine.plan_chart import NARROW, WIDE, chart
from engine.plan_page import plan_page
from engine.plan_words import LOCALES, PROMISES, RULES, WHATS
from notifications.i18n import translator
from tests.engine.test_plan import late_debate_paper

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from engine.plan_parts import Plan

VOID = {"meta", "br", "link", "img", "hr", "input"}


@pytest.fixture(scope="module")
def strategy() -> Plan:
    return replace(late_debate_paper(), title="<script>alert(1)</script> i det nære sundhedsvæsen")


@pytest.fixture(scope="module")
def page(strategy: Plan) -> str:
    return plan_page(strategy, today=date(2016, 3, 1))


class Tags(HTMLParser):
    """Elements in order; every one that is opened is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element without content."""
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """An element ends."""
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of every element of a name."""
        return [attrs for name, attrs in self.seen if name == tag]


def test_the_page_stands_alone_and_runs_nothing(page: str) -> None:
    tags = Tags(page)
    assert not {"script", "link", "img", "iframe", "object"} & {tag for tag, _ in tags.seen}
    assert not re.search(r"\bon\w+=|https?://|@import|javascript:", page)
    assert "&lt;script&gt;" in page
    assert page.startswith("<!DOCTYPE html>")
    assert tags.all("html") == [{"lang": "da"}]


def test_identifiers_are_unique_and_those_referred_to_are_there(page: str) -> None:
    attributes = [attrs for _, attrs in Tags(page).seen]
    ids = [attrs["id"] for attrs in attributes if "id" in attrs]
    assert len(ids) == len(set(ids))
    wanted = {name for attrs in attributes for name in (attrs.get("aria-labelledby") or "").split()}
    assert wanted
    assert wanted <= set(ids)


def test_each_drawing_is_xml_with_a_title_and_a_description(page: str) -> None:
    drawings = re.findall(r'<svg class="(?:wide|narrow)".*?</svg>', page, re.DOTALL)
    assert len(drawings) == 2
    for drawing in drawings:
        root = ET.fromstring(drawing)  # noqa: S314 - our own text
        assert [child.tag for child in root][:2] == ["title", "desc"]
        assert all(child.text for child in list(root)[:2])


def test_the_table_says_what_the_drawing_shows(page: str, strategy: Plan) -> None:
    for promise in strategy.promises:
        assert f"{promise.number}. {promise.key.capitalize()}" in page
    assert "senest torsdag den 30. juni 2016" in page
    assert "42 dage" in page


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_nothing_is_drawn_outside(strategy: Plan, width: int) -> None:
    drawn = chart(strategy, width, date(2016, 3, 1))
    places = [
        *(tick.x for tick in drawn.ticks),
        *(bar.x for bar in drawn.bars),
        *(bar.x + bar.width for bar in drawn.bars),
    ]
    places += [x for mark in drawn.marks for x in (mark.x, mark.label_x)]
    assert all(0 <= x <= width for x in places)
    assert all(0 <= mark.label_y <= drawn.height for mark in drawn.marks)
    assert drawn.today is not None
    assert chart(strategy, width, date(2020, 1, 1)).today is None


def test_dates_to_be_decided_on_come_first() -> None:
    moved = redate(load_named("jamtland-2012"), date(2027, 1, 11))
    text = plan_page(late_debate_paper(), landings(moved))
    assert text.index('id="decide"') < text.index('id="line"')
    assert "beslutsmote: søndag den 17. oktober 2027" in text


@pytest.mark.parametrize("language", ["sv", "da"])
def test_every_word_of_a_plan_is_translated(language: str) -> None:
    source = (LOCALES.parent / "templates" / "plan.html").read_text(encoding="utf-8")
    said = [*WHATS.values(), *RULES.values(), *PROMISES.values(), *re.findall(r'say\("([^"]+)"', source)]
    catalogue = translator(language, LOCALES)
    known = getattr(catalogue, "_catalog")  # noqa: B009
    assert [words for words in said if words not in known] == []


@pytest.mark.system
def test_the_page_fits_a_narrow_screen(page: str, chromium: Browser) -> None:
    shown = chromium.new_page(viewport={"width": 320, "height": 800})
    shown.set_content(page)
    assert shown.evaluate("document.documentElement.scrollWidth") == 320
    assert shown.locator("svg.narrow").is_visible()
    assert not shown.locator("svg.wide").is_visible()
    shown.close()
