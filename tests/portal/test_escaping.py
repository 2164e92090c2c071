"""Words of people are data."""

from __future__ import annotations

from models.assignment import Link
from models.cycle import Body, Person
from models.phase import Milestone, Step
from tests.portal.conftest import SLUG, Browser, World

DECISION = "antagande-inriktning/decision"


def test_words_of_people_are_escaped_everywhere(deciding: World, browser: Browser) -> None:
    attack = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7*7 }}"
    link = deciding.link(DECISION, "berg")
    with deciding.register.change(SLUG, at=deciding.clock.at, actor="test") as change:
        change.cycle.title = f"Titel {attack}"
        change.get(Body, f"{SLUG}/@berg").name = f"Berg {attack}"
        change.get(Step, f"{SLUG}/{DECISION}").question = {"sv": f"Fråga {attack}"}
        change.get(Milestone, f"{SLUG}/:beslutsprocess-klar").words = f"Ord {attack}"
        change.get(Person, change.get(Link, link).person_id).name = attack
        change.record("renamed", SLUG)
    pages = [browser.open(link), browser.review(link, position="declines", comment=attack, meeting_on=attack)]
    review = browser.review(link, position="declines", comment=attack)
    bound = browser.bind(link, review)
    pages += [review, browser.get(bound.headers["location"]), browser.open(link), browser.get("/")]
    pages += [browser.get(f"/record/{SLUG}"), browser.get(f"/record/{SLUG}?lang={attack}")]
    for page in pages:
        assert "<script" not in page.text
        assert "<img" not in page.text
        assert "{{ 7*7 }}" in page.text
        assert "onerror=alert(2)&gt;" in page.text
