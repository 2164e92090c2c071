"""A consultation of ever more consultees: its rehearsal, its opening, and the pages that show it.

What opens and compiles it may cost each consultee the same, and no more; a page shows a part of them and may cost no
more than twice what it costs with a hundred.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import median
from typing import TYPE_CHECKING

import httpx

from bench.house import installation
from bench.results import Row
from bench.work import asked, begin, cycle_of, reply
from engine.accounts.accounts import add_account, give_role
from engine.accounts.sessions import Limits, open_session
from engine.rehearsal import rehearse
from models.account import Role
from portal.desk.browser import cookie_name
from portal.serving import portal_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.services import Services

SIZES, QUICK = (100, 1_000, 10_000), (100, 3_000)
REHEARSED, REHEARSED_QUICK = (100, 1_000, 3_000), (100, 500)
MOST = 1.5
"""Times as much for each consultee as with the fewest: the rest of linear is noise."""
PAGE = 2.0
"""Times as much for a page."""
ANSWERED = 0.1
"""Of the consultees, before the pages are looked at."""
ROUNDS = 5
CONSULTATION = "/record/measured/consultation/ask-0"
PAGES = {
    "the desk's front": "/desk",
    "the cycle's desk page": "/desk/measured",
    "the page of a question": "/desk/measured/question/ask-0/replies",
    "whom an answer is recorded for": "/desk/measured/answer",
    "the seats of a cycle": "/desk/measured/people",
    "the record's page": "/record/measured",
}
WHOLE = {"the compilation's page": "", "the compilation as CSV": ".csv", "the compilation as a workbook": ".xlsx"}


@dataclass
class Seen:
    """Seconds of the processor that a consultation of a size cost."""

    consultees: int
    opening: float = 0.0
    pages: dict[str, float] = field(default_factory=dict)


def measure(*, quick: bool = False) -> Iterator[Row]:
    """The same consultation in several sizes, each beside the smallest."""
    yield from _rehearsals(REHEARSED_QUICK if quick else REHEARSED)
    found = [_live(size) for size in (QUICK if quick else SIZES)]
    fewest = found[0]
    for seen in found[1:]:
        yield _each("opened", seen.consultees, seen.opening, fewest.consultees, fewest.opening)
        for name in WHOLE:
            yield _each(name, seen.consultees, seen.pages[name], fewest.consultees, fewest.pages[name])
        for name in PAGES:
            spent, ratio = seen.pages[name], seen.pages[name] / fewest.pages[name]
            yield Row(
                f"{name}, {seen.consultees:,} consultees", spent * 1000, "ms", ratio,
                f"{fewest.consultees} consultees", f"at most {PAGE:.0f}", ratio <= PAGE,
            )  # fmt: skip


def _rehearsals(sizes: tuple[int, ...]) -> Iterator[Row]:
    spent = []
    for size in sizes:
        began = time.process_time()
        rehearse(cycle_of(1, size))
        spent.append(time.process_time() - began)
    for size, seconds in zip(sizes[1:], spent[1:], strict=True):
        yield _each("rehearsed", size, seconds, sizes[0], spent[0])


def _each(what: str, size: int, seconds: float, fewest: int, least: float) -> Row:
    """What it costs for each consultee, beside the same with the fewest."""
    ratio = seconds / size / (least / fewest)
    return Row(
        f"{what}, {size:,} consultees, for each", seconds / size * 1000, "ms", ratio, f"{fewest} consultees",
        f"at most {MOST}", ratio <= MOST,
    )  # fmt: skip


def _live(size: int) -> Seen:
    """Opened in a register on disk, answered in part, and looked at."""
    seen = Seen(size)
    with installation() as services:
        began = time.process_time()
        begin(services.register, cycle_of(1, size), "measured", datetime.now(UTC), services.secret_key)
        seen.opening = time.process_time() - began
        for link in asked(services.register, "measured")[: round(size * ANSWERED)]:
            reply(services.register, link, datetime.now(UTC))
        seen.pages = asyncio.run(_looked_at(services))
    return seen


async def _looked_at(services: Services) -> dict[str, float]:
    """The pages as a signed-in coordinator gets them: the median of some rounds each, after one to warm up."""
    base = services.settings.base_url
    way = httpx.ASGITransport(portal_app(services, lambda _: None))
    async with httpx.AsyncClient(transport=way, base_url=base, timeout=600) as client:
        client.cookies.set(cookie_name(https=False), _signed_in(services))
        wanted = {**PAGES, **{name: CONSULTATION + ending for name, ending in WHOLE.items()}}
        return {name: await _spent(client, address) for name, address in wanted.items()}


def _signed_in(services: Services) -> str:
    now = datetime.now(UTC)
    account = add_account(services.register, "chief@office.example", now=now, name="Chief")
    give_role(services.register, account, "measured", Role.COORDINATOR, now=now, actor="bench")
    return open_session(services.register, account.id, via="bench", now=now, limits=Limits())


async def _spent(client: httpx.AsyncClient, address: str) -> float:
    spent = []
    for _ in range(ROUNDS + 1):
        began = time.process_time()
        shown = await client.get(address)
        spent.append(time.process_time() - began)
        assert shown.status_code == httpx.codes.OK, (address, shown.status_code)
    return median(spent[1:])
