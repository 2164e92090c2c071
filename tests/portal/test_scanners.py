"""Mail scanners and guessers: whatever is followed or guessed, nothing is written and nothing is found.

The suite runs small numbers; `SAMSYN_SCANNER_REQUESTS=10000 SAMSYN_WRONG_TOKENS=100000` make the campaign.
"""

from __future__ import annotations

import os
import re
import secrets
import statistics
import time
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import pytest

from portal.guesses import Guesses
from tests.portal.conftest import BASE, SLUG, Browser, World, token

if TYPE_CHECKING:
    from typing import Any

DECISION = "antagande-inriktning/decision"
REQUESTS = int(os.environ.get("SAMSYN_SCANNER_REQUESTS", "500"))
TOKENS = int(os.environ.get("SAMSYN_WRONG_TOKENS", "2000"))
pytestmark = [pytest.mark.long, pytest.mark.timeout(300 + (REQUESTS + TOKENS) // 20)]
UNHINDERED = "100000000/second"


class Leads(HTMLParser):
    """Everything on a page that a scanner could follow: links, sources, and where forms go, buttons included."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember the addresses of any tag."""
        del tag
        for name, value in attrs:
            if name in ("href", "src", "action", "formaction") and value:
                self.found.append(value)


def crawl(browser: Browser, starts: list[str], most: int) -> set[str]:
    """GET and HEAD everything that can be reached, over and over, until `most` requests have been made."""
    seen: set[str] = set()
    made = 0
    while made < most:
        waiting = list(starts)
        followed: set[str] = set()
        while waiting and made < most:
            address = waiting.pop()
            if address in followed:
                continue
            followed.add(address)
            page, head = browser.get(address), browser.head(address)
            made += 2
            assert page.status_code == head.status_code, address
            assert page.status_code < 500, address
            leads = [page.headers["location"]] if "location" in page.headers else Leads(page.text).found
            whole = (urljoin(BASE + address, lead) for lead in leads)
            waiting += [_path(url) for url in whole if url.startswith(BASE)]
        seen |= followed
    return seen


def _path(url: str) -> str:
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def test_crawler_that_follows_everything_changes_nothing(deciding: World) -> None:
    browser = deciding.browser(guesses=Guesses(UNHINDERED))
    links = [link.id for _, _, link in deciding.open_links()][:3]
    for link in links:
        browser.open(link)
    before = deciding.state()
    seen = crawl(browser, [f"/a/{token(link)}" for link in links] + ["/"], REQUESTS)
    for link in links:
        for page in ("", "/review", "/not-me", "/not-me/review", "/substitute", "/substitute/review"):
            assert f"/answer/{link}{page}" in seen, page
    assert f"/record/{SLUG}" in seen
    assert deciding.state() == before


def guesses(right: str, count: int) -> list[str]:
    """Wrong tokens: random ones, and right ones with a sign changed."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    made = []
    for number in range(count):
        place = number % len(right)
        other = alphabet[(alphabet.index(right[place]) + 1 + number // len(right)) % len(alphabet)]
        near = right[:place] + other + right[place + 1 :]
        made.append(near if number % 2 and near != right else secrets.token_urlsafe(32))
    return made


def test_wrong_tokens_find_nothing_and_take_no_longer_when_nearly_right(deciding: World) -> None:
    browser = deciding.browser(guesses=Guesses(UNHINDERED))
    right = token(deciding.link(DECISION, "berg"))
    before = deciding.state()
    pages: set[str] = set()
    times: dict[str, list[float]] = {"near": [], "random": []}
    for number, guess in enumerate(guesses(right, TOKENS)):
        began = time.perf_counter()
        response = browser.get(f"/a/{guess}")
        times["near" if number % 2 else "random"].append(time.perf_counter() - began)
        assert response.status_code == 404
        pages.add(response.text)
    assert len(pages) == 1
    assert deciding.state() == before
    assert browser.get(f"/a/{right}").status_code == 303
    near, random = (statistics.median(taken) for taken in times.values())
    assert 0.8 < near / random < 1.25, times_said(near, random)


def times_said(near: float, random: float) -> str:
    return f"median of nearly right tokens {near * 1e3:.2f} ms, of random ones {random * 1e3:.2f} ms"


def test_right_ones_are_as_fast_after_the_guesses_as_before(deciding: World) -> None:
    right = token(deciding.link(DECISION, "berg"))
    browser = deciding.browser(guesses=Guesses("10/hour"))

    def opened() -> float:
        taken = []
        for _ in range(40):
            began = time.perf_counter()
            assert browser.get(f"/a/{right}").status_code == 303
            taken.append(time.perf_counter() - began)
        return statistics.median(taken)

    before = opened()
    statuses: list[Any] = [browser.get(f"/a/wrong-{number}").status_code for number in range(200)]
    assert statuses.count(429) == 190
    assert opened() < before * 2
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", right)
