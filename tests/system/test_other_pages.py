"""The pages around the question: who is meant, drafts, files, documents, closed questions, problems, the statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import pytest

from config.terms import Language, Position
from engine.commands.answer import Reply
from engine.commands.coordinate import close_step
from models import register as register_module
from models.cycle import Person
from tests.portal.conftest import SECRET, SLUG, World, new_world, token
from tests.portal.test_unavailable import locked
from tests.system.looking import Looking
from tests.system.tour import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]

DECISION = "antagande-inriktning/decision"
LOCALES = {Language.SV: "sv-SE", Language.DA: "da-DK", Language.EN: "en-GB"}
VISITS = 60
"""Pages that the scanner with a browser opens."""


@pytest.fixture(scope="module")
def looking(tmp_path_factory: pytest.TempPathFactory) -> Looking:
    """All pages of this module."""
    return Looking(tmp_path_factory.mktemp("other-pages"))


class Place:
    """A cycle whose principals decide, served on loopback, and a window on it."""

    def __init__(self, world: World, base: str, page: Page, looking: Looking, language: Language) -> None:
        self.world, self.base, self.page, self.looking, self.language = world, base, page, looking, language

    def see(self, name: str, *, address: str | None = None, status: int = 200) -> None:
        """Open an address, or take the page as it stands, and look at it."""
        if address is not None:
            response = self.page.goto(urljoin(self.base, address))
            assert response is not None
            assert response.status == status, address
            self.looking.keep(response.text(), f"{name}-{self.language}")
        assert self.page.locator("html").get_attribute("lang") == self.language, name
        self.looking.at(self.page, f"{name}-{self.language}")

    def opened(self, who: str) -> str:
        """The form of a principal, opened by the link in her mail."""
        link = self.world.link(DECISION, who)
        self.page.goto(f"{self.base}/a/{token(link)}")
        return f"/answer/{link}"


@pytest.fixture(params=list(Language))
def place(request: pytest.FixtureRequest, chromium: Browser, looking: Looking, tmp_path: Path) -> Iterator[Place]:
    """The place, in each language."""
    language: Language = request.param
    world = new_world(tmp_path)
    world.advance_to(DECISION)
    with world.register.change(SLUG, at=world.clock.at, actor="test") as change:
        for key in change.session.exec(_people()).all():
            change.get(Person, key).language = language
        change.record("language_chosen", SLUG)
    window = chromium.new_context(locale=LOCALES[language], reduced_motion="reduce")
    with serving(world.app(secret_key=SECRET)) as base:
        yield Place(world, base, window.new_page(), looking, language)
    window.close()
    world.register.close()


def _people() -> Any:
    from sqlmodel import select

    return select(Person.id)


def test_pages_around_a_question(place: Place) -> None:
    """Read first, attach, save and come back, not me, somebody else instead."""
    before = len(place.looking.faults)
    form = place.opened("are")
    place.page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    place.see("read-first")
    place.see("document", address=f"{form}/document/1")
    place.page.goto(f"{place.base}{form}")
    place.page.set_input_files(
        "input[type=file]", {"name": "protokoll.txt", "mimeType": "text/plain", "buffer": b"Utdrag"}
    )
    place.page.locator("[name=comment]").fill("Inte klart.")
    place.page.locator("button[value=save]").first.click()
    place.see("draft")
    place.page.set_input_files(
        "input[type=file]", {"name": "bild.pdf", "mimeType": "application/pdf", "buffer": b"GIF89a"}
    )
    place.page.locator("button[value=attach]").click()
    place.see("refused-file")
    place.see("not-me", address=f"{form}/not-me")
    place.see("somebody-else", address=f"{form}/substitute")
    assert place.looking.faults[before:] == []


def test_pages_after_a_question(place: Place) -> None:
    """The receipt again, a closed question, a link that has been withdrawn, one that never was."""
    before = len(place.looking.faults)
    link = place.world.link(DECISION, "berg")
    place.world.say(link, Reply(Position.ADOPTS))
    form = place.opened("berg")
    place.see("receipt-again", address=f"{form}/receipt")
    silent = place.opened("krokom")
    now, step = place.world.clock.at, f"{SLUG}/{DECISION}"
    close_step(place.world.register, step, reason="Beslutet behövs.", actor="coordinator", now=now)
    place.world.run()
    place.see("closed", address=silent, status=410)
    place.see("closed-answered", address=form, status=410)
    place.see("no-such-link", address="/a/" + "x" * 43, status=404)
    assert place.looking.faults[before:] == []


def test_what_is_only_sent_again_is_not_seen(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing can be saved: the page shows the words that were typed, and not the fields that go with them."""
    before = len(place.looking.faults)
    place.opened("are")
    place.page.locator("input[name=position]").first.check()
    place.page.locator("[name=comment]").fill("Med tillägg.")
    monkeypatch.setattr(register_module, "BUSY_MS", 50)
    place.world.register.engine.dispose()
    with locked(place.world):
        place.page.locator("p.actions button:not([name])").click()
        place.see("unavailable")
        assert place.page.locator("textarea[hidden]").count() > 1
        assert place.page.locator("textarea:visible").count() == 1
    assert place.looking.faults[before:] == []


def test_public_pages(place: Place) -> None:
    """The first page, the statement, a page that is not there."""
    before = len(place.looking.faults)
    place.see("first-page", address="/")
    place.see("accessibility", address="/accessibility")
    place.see("nowhere", address="/nowhere", status=404)
    assert place.looking.faults[before:] == []


def test_scanner_with_a_browser_changes_nothing(place: Place) -> None:
    """It follows every link of the mails and the pages in a browser that runs scripts, and asks for each with HEAD."""
    waiting = [f"{place.base}/a/{token(place.world.link(DECISION, who))}" for who in ("are", "berg")]
    for address in waiting:
        place.page.goto(address)
    before, seen = place.world.state(), set()
    while waiting and len(seen) < VISITS:
        address = waiting.pop(0)
        if address in seen or urlsplit(address).netloc != urlsplit(place.base).netloc:
            continue
        seen.add(address)
        place.page.request.head(address)
        if urlsplit(address).path.endswith((".csv", ".xlsx", ".pdf", ".ics", ".json", ".atom")) or "/file/" in address:
            place.page.request.get(address)
            continue
        place.page.goto(address)
        found = place.page.eval_on_selector_all("[href], [action], [formaction]", LEADS)
        waiting += [lead.partition("#")[0] for lead in found]
    assert len(seen) > 10
    assert place.world.state() == before


LEADS = "all => all.flatMap(e => [e.href, e.action, e.formAction]).filter(lead => typeof lead === 'string' && lead)"


def test_the_html_of_these_pages_is_valid(looking: Looking) -> None:
    """What was served is what the Nu checker takes for HTML."""
    assert looking.seen
    assert looking.invalid() == []
