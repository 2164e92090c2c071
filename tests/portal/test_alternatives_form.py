"""A commission on a page: its terms stand there, and a submission that is refused loses nothing of what was typed."""

from __future__ import annotations

import html
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from config.loader import load
from engine.clock import FrozenClock
from engine.commands.start import start_cycle
from tests.portal.conftest import World
from tests.registers import registers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BEGINS = datetime(2024, 1, 15, 8, tzinfo=UTC)
COMMISSION = """\
cycle: oversyn
title: Översyn av samverkansstrukturen
begins: 2024-01-15
coordinator: kansliet
bodies:
  kansliet: {name: Kansliet, seats: {contact: 1}}
phases:
  oversyn:
    kind: drafting
    text: samverkansstruktur
    terms:
      must_clarify: [mandat]
      must_not_cover: [den interna organisationen hos samverkande parter]
    alternatives: {at_most: 2}
"""
TYPED = {
    "alternative-1-title": "En gemensam arena",
    "alternative-1-description": "SVOM och Barnarenan blir en.",
    "alternative-1-advantages": "Ett möte i stället för två.",
    "alternative-1-disadvantages": "Färre deltar i varje fråga.",
    "alternative-2-title": "Två arenor",
    "alternative-2-description": "Som i dag.",
    "alternative-2-advantages": "Väl känt.",
    "alternative-2-disadvantages": "Dubbelt arbete.",
    "reasons": "Den är enklast.",
    "clarified-1": "Rådet beslutar.",
}


@pytest.fixture
def commissioned(tmp_path: Path) -> Iterator[World]:
    """The commission has gone out."""
    register = registers.fresh()
    world = World(register, FrozenClock(BEGINS), tmp_path)
    start_cycle(register, load("oversyn.yaml", COMMISSION), slug="oversyn", at=BEGINS, actor="kansliet")
    world.run()
    yield world
    register.close()


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ((), "Förorda ett av alternativen. Nu är inget förordat."),
        ((1, 2), "Förorda bara ett av alternativen. Nu är 2 förordade."),
    ],
)
def test_refused_submission_keeps_what_was_typed(commissioned: World, chosen: tuple[int, ...], message: str) -> None:
    """None or two recommended: a clear message, and every word still in its field."""
    [(_, _, link)] = commissioned.open_links()
    ticked = {f"alternative-{number}-recommended": "yes" for number in chosen}
    page = commissioned.browser().review(link.id, position="submits", **TYPED, **ticked)
    shown = html.unescape(page.text)
    assert page.status_code == 422
    assert message in shown
    assert all(words in shown for words in TYPED.values())
    assert "den interna organisationen hos samverkande parter" in shown


def test_whole_submission_is_looked_over(commissioned: World) -> None:
    """Exactly one is recommended, and the review page shows it all."""
    [(_, _, link)] = commissioned.open_links()
    page = commissioned.browser().review(link.id, position="submits", **TYPED, **{"alternative-1-recommended": "yes"})
    assert page.status_code == 200
    assert all(words in html.unescape(page.text) for words in TYPED.values())
