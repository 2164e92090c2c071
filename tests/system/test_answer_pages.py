"""Every kind of question, answered in a real browser by keyboard alone; every page of it looked at as the law asks."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeAlias

import pytest

from config.terms import Language
from tests.system.keyboard import Keyboard
from tests.system.looking import Looking
from tests.system.tour import Stop, touring

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.system, pytest.mark.timeout(900)]

SV, DA, EN = Language.SV, Language.DA, Language.EN
CASES = {
    "jamtland-2012": (SV, DA, EN), "rsr-samverkan": (SV, EN), "svom-remiss": (SV, DA), "pks-2021": (SV,),
    "midtjylland-2015": (DA, SV),
}  # fmt: skip
"""In which languages. Every form and every word is also tested without a browser, in all three."""
Visited: TypeAlias = "defaultdict[tuple[Language, str], set[str]]"


@pytest.fixture(scope="module")
def looking(tmp_path_factory: pytest.TempPathFactory) -> Looking:
    """All pages of this module."""
    return Looking(tmp_path_factory.mktemp("pages"))


@pytest.fixture(scope="module")
def visited() -> Visited:
    """The kinds of question that have been answered, so that one which several cases ask is answered once."""
    return defaultdict(set)


@pytest.fixture
def page(chromium: Browser, looking: Looking) -> Page:
    """A window whose pages are kept for the validator as they were served."""
    return chromium.new_context(locale="sv-SE", reduced_motion="reduce").new_page()


class Participant:
    """Opens each link, makes every mistake once, and answers."""

    def __init__(self, page: Page, looking: Looking, language: Language) -> None:
        self.page, self.looking, self.language = page, looking, language
        self.keyboard = Keyboard(page)
        self.answered: list[str] = []

    def visit(self, stop: Stop) -> None:
        """From the mail's link to the receipt."""
        assert stop.plan is not None
        self._see(stop, "form", self.page.goto(stop.address))
        self.page.locator("form[data-step] button:not([formaction], [name], .unseen)").first.click()
        if self.page.locator(".errors").count():
            self._see(stop, "faults")
        plan = stop.plan
        wanted = {
            "position": str(plan.position),
            "comment": plan.comment,
            "text": plan.text,
            "items": "\n".join(plan.items),
        }
        self.page.goto(stop.address)
        present = {name: value for name, value in {**wanted, **stop.fields}.items() if self._has(name)}
        self.keyboard.fill_in(present)
        self._see(stop, "review")
        assert not self.page.locator(".errors").count(), self.page.locator(".errors").inner_text()
        self.keyboard.press_button()
        assert self.page.url.endswith("/receipt")
        self._see(stop, "receipt")
        self.answered.append(stop.kind)

    def _has(self, name: str) -> bool:
        return self.page.locator(f'form[data-step] [name="{name}"]:not([type=hidden])').count() > 0

    def _see(self, stop: Stop, what: str, _: object = None) -> None:
        name = f"{stop.name}-{what}-{self.language}"
        assert self.page.locator("html").get_attribute("lang") == self.language
        self.looking.at(self.page, name)
        self.looking.keep(
            self.page.request.get(self.page.url).text() if what != "review" else self.page.content(), name
        )


@pytest.mark.parametrize(("case", "language"), [(case, one) for case, spoken in CASES.items() for one in spoken])
def test_every_question_of_a_case(
    case: str, language: Language, page: Page, looking: Looking, visited: Visited, tmp_path: Path
) -> None:
    """Form, mistakes, review and receipt: no violation, nothing sideways at 320 pixels, all of it by keyboard."""
    before = len(looking.faults)
    with touring(case, tmp_path, language) as tour:
        tour.visited = visited[language, tour.definition.place]
        known = len(tour.visited)
        participant = Participant(page, looking, language)
        tour.visit = participant.visit
        tour.play()
        assert tour.over
        assert len(participant.answered) == len(tour.visited) - known
    assert looking.faults[before:] == []


def test_the_html_is_valid(looking: Looking) -> None:
    """What was served is what the Nu checker takes for HTML."""
    assert looking.seen
    assert looking.invalid() == []
