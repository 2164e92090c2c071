"""Whatever stands in the register was once typed by somebody: on no page of anybody is it more than words."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from sqlmodel import SQLModel, select

from config.terms import Position
from engine.commands.answer import Reply
from models.assignment import Answer, Decision, Document
from models.concern import Concern
from models.cycle import Body, Cycle, Person
from models.meeting import Meeting
from models.phase import Milestone, Phase, Step
from tests.desk.conftest import DeskWorld, advanced, deciding, desk, world
from tests.desk.test_desk_rights import address, routes
from tests.portal.conftest import SLUG
from tests.security.test_headers import addresses

if TYPE_CHECKING:
    import httpx

    from tests.portal.conftest import World

__all__ = ["advanced", "deciding", "desk", "world"]

pytestmark = pytest.mark.long

ATTACK = (
    "\"'><script>alert(1)</script><img src=x onerror=alert(2)><a href=javascript:alert(3)>x</a></textarea>{{ 7*7 }}"
)
TYPST = '#panic(read("/etc/passwd")) $x$ *b* `c` @d <e> \\ //'
ADDRESS = "javascript:alert(1)"
DECISION = "antagande-inriktning/decision"
TYPED: tuple[tuple[type[SQLModel], tuple[str, ...]], ...] = (
    (Cycle, ("title", "registry_no")), (Body, ("name", "group")), (Person, ("name",)), (Phase, ("title",)),
    (Milestone, ("words", "missing", "title")), (Step, ("question",)), (Answer, ("comment",)),
    (Document, ("title", "file_name", "reason")), (Meeting, ("place",)),
    (Decision, ("paragraph", "addition", "reservations", "reason")), (Concern, ("subject", "words", "settlement")),
)  # fmt: skip
"""What people have written, by table."""


class Reader(HTMLParser):
    """Reads a page as a browser does, and keeps what would run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.runs: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag that the page has not got from its template, or an attribute that does something."""
        said = {name: (value or "").strip().lower() for name, value in attrs}
        own = tag == "script" and said.get("src", "").startswith("/static/")
        if (tag in {"script", "img", "object", "embed"} and not own) or any(name.startswith("on") for name in said):
            self.runs.append(f"{tag} {said}")
        if any(
            said.get(name, "").startswith(("javascript:", "data:", "vbscript:")) for name in ("href", "src", "action")
        ):
            self.runs.append(f"{tag} {said}")


def typed_everywhere(world: World, words: str) -> int:
    """Put words where people's words stand; returns in how many cells."""
    count = 0
    with world.register.operate() as session:
        for table, names in TYPED:
            for row in session.exec(select(table)).all():
                for name in names:
                    held = getattr(row, name)
                    if isinstance(held, str):
                        setattr(row, name, words)
                    elif isinstance(held, dict) and held:
                        setattr(row, name, dict.fromkeys(held, words))
                    elif isinstance(held, (list, tuple)) and held:
                        setattr(row, name, [words])
                    else:
                        continue
                    count += 1
    return count


def pages(desk: DeskWorld) -> list[httpx.Response]:
    """Every page that can be asked for, by an administrator and by whoever has a link."""
    chief = desk.administrator()
    found = [chief.get(path) for path in addresses(desk.world, desk.app())]
    found += [chief.get(address(route)) for route in routes(desk) if route.method == "GET"]
    browser, link = desk.visitor(), desk.world.link(DECISION, "berg")
    found.append(browser.open(link))
    found.append(browser.review(link, position="declines", comment=ATTACK, meeting_on=ATTACK))
    return [*found, browser.get(f"/answer/{link}/not-me"), browser.get(f"/answer/{link}/substitute")]


@pytest.mark.parametrize("words", [ATTACK, ADDRESS, TYPST], ids=["markup", "address", "typst"])
def test_words_run_on_no_page(desk: DeskWorld, deciding: World, words: str) -> None:
    for step, _, link in deciding.open_links()[:2]:
        deciding.say(link.id, Reply(Position(step.offers[0]), comment="Ja"))
    deciding.run()
    assert typed_everywhere(deciding, words) > 100
    shown = seen = 0
    for page in pages(desk):
        assert page.status_code < 500, (page.url, page.text[:2000])
        if page.headers.get("content-type", "").startswith("text/html"):
            assert not Reader(page.text).runs, page.url
            shown += 1
            seen += "alert(1)" in page.text or "#panic" in page.text
    assert shown > 40
    assert seen > 15


@pytest.mark.parametrize("words", [ATTACK, TYPST], ids=["markup", "typst"])
def test_words_stay_words_in_every_format(desk: DeskWorld, deciding: World, words: str) -> None:
    typed_everywhere(deciding, words)
    given = {end: desk.visitor().get(f"/record/{SLUG}.{end}") for end in ("json", "csv", "ics", "atom", "pdf")}
    assert {one.status_code for one in given.values()} == {200}
    assert given["json"].json()
    assert words in "".join(ET.fromstring(given["atom"].content).itertext())  # noqa: S314 - written by ourselves
    assert given["pdf"].content.startswith(b"%PDF-")
    assert b"root:" not in given["pdf"].content


def test_what_would_run_is_found() -> None:
    """The check can fail."""
    assert len(Reader(ATTACK).runs) == 3
    assert Reader('<a href=" JavaScript:x">').runs
    assert not Reader('<script src="/static/desk.js"></script><a href="/desk">x</a>').runs
