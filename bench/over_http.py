"""A page and its submission over HTTP, beside the same web framework that serves a page and commits one durable row."""

from __future__ import annotations

import subprocess
import sys
import time
from http.client import HTTPConnection
from statistics import median
from typing import TYPE_CHECKING

from bench.answering import Person
from bench.house import free_ports, installation, open_consultation, served
from bench.results import Row, spread

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST = 2.0
"""Times what the framework itself takes."""
PATIENCE = 20.0


def measure(*, quick: bool = False) -> Iterator[Row]:
    """Turn by turn: the participant's way on the portal, then as many requests to the framework alone."""
    number = 50 if quick else 300
    bare_port = free_ports(1)[0]
    with installation() as services:
        links = open_consultation(services, number)
        floor = [sys.executable, "-m", "bench.bare_web", str(bare_port), f"{services.settings.data_dir}/bare.db"]
        with served(services, "mailbox", "portal"):
            web = subprocess.Popen(floor)
            try:
                _up(bare_port)
                pairs = [(_bare(bare_port), _ours(services.settings.portal_port, link)) for link in links]
            finally:
                web.terminate()
                web.wait()
    bares, answers = zip(*pairs[number // 10 :], strict=True)
    bare, ours = median(bares), median(answers)
    yield Row("page and submission, the framework alone", bare * 1000, "ms", more=spread(bares, 1000))
    yield Row(
        "page and submission of an answer", ours * 1000, "ms", ours / bare, "the framework alone",
        f"at most {MOST:.0f}", ours <= MOST * bare, spread(answers, 1000),
    )  # fmt: skip


def _ours(port: int, link: str) -> float:
    person = Person(port, link, lambda: None)
    person.answer()
    time.sleep(0.02)  # until the receipt is on its way
    return person.form_and_submission


def _bare(port: int) -> float:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.connect()
    began = time.perf_counter()
    for method in ("GET", "POST"):
        connection.request(method, "/", "said=We+agree" if method == "POST" else None,
                           {"content-type": "application/x-www-form-urlencoded"})  # fmt: skip
        response = connection.getresponse()
        response.read()
        assert response.status in (200, 303), response.status
    spent = time.perf_counter() - began
    connection.close()
    return spent


def _up(port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            HTTPConnection("127.0.0.1", port, timeout=1).connect()
        except OSError:
            assert time.monotonic() < deadline, "the bare application does not come up"
            time.sleep(0.05)
        else:
            return
