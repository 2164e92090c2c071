"""How long a participant waits: one alone, and fifty at once, on the portal with its real register and mail server.

*Alone*: one participant after another. *At once*: fifty people who open their mail, read and type, each in her own
time, within the same few seconds. *In one instant*: fifty who all press at the very same moment and never pause; what
they wait is the queue, so this shows the portal's throughput more than its patience.
"""

from __future__ import annotations

import random
import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import chain
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from bench.house import installation, open_consultation, served
from bench.results import Row, percentile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CROWD = 50
MOST = 5.0
"""How many times longer than alone 95 of 100 in the crowd may wait."""
THINKS = (1.0, 4.0)
"""Seconds that a person of the crowd takes to open her mail, to read a page and fill it in, and to look it over."""
FORM = {"position": "supports", "comment": "We agree.", "decided_on": ""}
REFUSED = 400


class Failed(Exception):  # noqa: N818 - a request has
    """A page did not come as it should."""


@dataclass
class Person:
    """Somebody at a browser: one connection, one cookie."""

    port: int
    link: str
    pause: Callable[[], None]
    cookie: str = ""
    form_and_submission: float = 0.0  # seconds of the page with the question and of the final submission

    def answer(self) -> float:
        """Open the link, fill in the form, look it over, submit; the seconds spent waiting for pages."""
        self.connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        self.pause()
        spent, _, place = self._ask("GET", self.link)
        of_form, form, _ = self._ask("GET", place)
        spent += of_form
        self.pause()
        seconds, review, _ = self._ask("POST", f"{place}/review", {"csrf": _hidden(form, "csrf"), **FORM})
        spent += seconds
        self.pause()
        sealed = {"csrf": _hidden(review, "csrf"), "sealed": _hidden(review, "sealed")}
        seconds, _, receipt = self._ask("POST", place, sealed)
        if not receipt.endswith("/receipt"):
            raise Failed(f"{place} led to {receipt or 'no receipt'}")
        self.connection.close()
        self.form_and_submission = of_form + seconds
        return spent + seconds

    def _ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[float, str, str]:
        """One request: the seconds until its answer was there, the page, and where it leads."""
        headers = {"cookie": self.cookie, "accept-language": "en"}
        body = None
        if fields is not None:
            headers |= {"content-type": "application/x-www-form-urlencoded"}
            body = urlencode(fields)
        began = time.perf_counter()
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        text = response.read().decode()
        seconds = time.perf_counter() - began
        if response.status >= REFUSED:
            raise Failed(f"{method} {path}: {response.status}")
        if cookie := response.getheader("set-cookie"):
            self.cookie = cookie.partition(";")[0]
        return seconds, text, response.getheader("location") or ""


def measure(*, quick: bool = False) -> Iterator[Row]:
    """The three, in one run over one register."""
    rounds = 1 if quick else 3
    with installation() as services:
        links = iter(open_consultation(services, CROWD * (1 + 2 * rounds)))
        port = services.settings.portal_port
        with served(services, "mailbox", "portal"):
            alone = [Person(port, next(links), _by_oneself).answer() for _ in range(CROWD)]
            people = [time_of_crowd(port, links, _thoughtful) for _ in range(rounds)]
            burst = [time_of_crowd(port, links, _at_once) for _ in range(rounds)]
    floor = percentile(alone, 0.95)
    yield Row("an answer, one alone, 95th percentile", floor * 1000, "ms")
    slow = percentile(chain(*people), 0.95)
    yield Row(
        f"an answer, {CROWD} at once, 95th percentile", slow * 1000, "ms", slow / floor, "one alone",
        f"at most {MOST:.0f}", slow <= MOST * floor,
    )  # fmt: skip
    slow = percentile(chain(*burst), 0.95)
    yield Row(
        f"an answer, {CROWD} in one instant",
        slow * 1000,
        "ms",
        slow / floor,
        "one alone",
        "no request fails",
        reached=True,
    )


def time_of_crowd(port: int, links: Iterator[str], pause: Callable[[], None]) -> list[float]:
    """What each of the crowd waited. A request that fails ends the measurement."""
    crowd = [Person(port, next(links), pause) for _ in range(CROWD)]
    with ThreadPoolExecutor(CROWD) as pool:
        return list(pool.map(Person.answer, crowd))


def _at_once() -> None:
    """No pause at all."""


def _by_oneself() -> None:
    time.sleep(0.1)  # until the receipt of the one before is on its way


def _thoughtful() -> None:
    time.sleep(random.uniform(*THINKS))  # noqa: S311 - people, not secrets


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    if found is None:
        raise Failed(f"the page has no {name}")
    return found.group(1)
