"""A consultation of hundreds: pages show a part of them, and ask the register no more than for a few."""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlmodel import SQLModel

from bench.work import begin, cycle_of
from campaigns.statements import watched
from engine.accounts.accounts import add_account, give_role
from engine.accounts.sessions import Limits, open_session
from engine.clock import FrozenClock
from engine.commands.remind import remind_silent
from engine.starting.previews import Previews
from models.account import Role
from models.register import Register
from portal.app import PortalServices, create_app
from portal.desk.browser import cookie_name
from portal.desk.services import DeskSettings
from tests.desk.conftest import DeskBrowser
from tests.portal.conftest import BASE, SECRET, hidden
from tests.registers import registers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
FEW, MANY = 3, 230
DESK, RECORD = "/desk/measured", "/record/measured"
LISTS = (f"{DESK}/remind", f"{DESK}/answer", f"{DESK}/people", f"{RECORD}/consultation/ask-0")
PAGES = (
    "/desk", DESK, f"{DESK}/question/ask-0/replies", f"{DESK}/question/ask-0/replies?show=silent", f"{DESK}/close",
    f"{DESK}/cancel", RECORD, *LISTS, f"{RECORD}/consultation/ask-0.csv", f"{RECORD}/consultation/ask-0.xlsx",
)  # fmt: skip


class Consultation:
    """So many consultees who have been asked, and the desk of their coordinator."""

    def __init__(self, folder: Path, consultees: int) -> None:
        self.register = Register(registers.at(folder / f"{consultees}.db"))
        SQLModel.metadata.create_all(self.register.engine)
        with self.statements() as asked:
            begin(self.register, cycle_of(1, consultees, begins=NOW.date()), "measured", NOW, SECRET)
        self.opened_with = len(asked)
        clock = FrozenClock(NOW)
        desk = DeskSettings(limits=Limits(), wall=clock, previews=Previews())
        services = PortalServices(
            register=self.register,
            clock=clock,
            secret_key=SECRET,
            base_url=BASE,
            after_answer=lambda _: None,
            desk=desk,
        )
        self.browser = DeskBrowser(create_app(services))
        account = add_account(self.register, "chief@region.example", now=NOW, name="Chief")
        give_role(self.register, account, "measured", Role.COORDINATOR, now=NOW, actor="test")
        token = open_session(self.register, account.id, via="test", now=NOW, limits=Limits())
        self.browser.client.cookies.set(cookie_name(https=False), token)

    @contextmanager
    def statements(self) -> Iterator[list[str]]:
        """What is asked of the register meanwhile."""
        asked: list[str] = []

        with watched(lambda _, statement, __: asked.append(statement), self.register.engine):
            yield asked

    def looked_at(self, address: str) -> int:
        """How many statements a page costs, once everything is warm."""
        assert self.browser.get(address).status_code == 200
        with self.statements() as asked:
            self.browser.get(address)
        return len(asked)


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Consultation:
    """Three consultees."""
    return Consultation(tmp_path_factory.mktemp("few"), FEW)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Consultation:
    """More than two pages of them."""
    return Consultation(tmp_path_factory.mktemp("many"), MANY)


@pytest.mark.parametrize("address", PAGES)
def test_a_page_asks_the_register_no_more_for_many(few: Consultation, many: Consultation, address: str) -> None:
    """So many queries for a page, however many consultees there are."""
    assert many.looked_at(address) == few.looked_at(address)


def test_opening_asks_the_register_less_than_once_for_each(few: Consultation, many: Consultation) -> None:
    """Assignments, links and notices are written together."""
    assert many.opened_with - few.opened_with < (MANY - FEW) / 4


@pytest.mark.parametrize("address", LISTS)
def test_a_list_of_many_is_shown_page_by_page(many: Consultation, address: str) -> None:
    """Everybody is on one page, and the pages lead to each other with plain links."""
    seen: list[str] = []
    where, pages = address, 0
    while where:
        text = many.browser.get(where).text
        shown = {int(number) for number in re.findall(r"Person (\d+)(?=[:<])", text)}
        assert 0 < len(shown) <= 100
        seen += map(str, sorted(shown))
        found = re.search(r'<a rel="next" href="([^"]+)"', text)
        where, pages = found[1].replace("&amp;", "&") if found else "", pages + 1
    assert pages == 3
    assert sorted(map(int, seen)) == [*range(MANY)]


def test_all_are_reminded_from_any_page(many: Consultation) -> None:
    """Choosing nobody means all who can be reminded, not only those of the page."""
    page = many.browser.get("/desk/measured/remind?page=2")
    fields = {"csrf": hidden(page, "csrf"), "question": "", "page": "2", "reason": "The last week"}
    review = many.browser.post("/desk/measured/remind", fields)
    assert f'<dd><div class="written">{MANY}</div></dd>' in review.text or f">{MANY}<" in review.text


def test_reminding_asks_no_more_for_many(few: Consultation, many: Consultation) -> None:
    """Who cannot be reminded, and why, is found for all at once."""
    counts = []
    for one in (few, many):
        with one.statements() as asked:
            done = remind_silent(one.register, "measured", None, reason="The last week", now=NOW, actor="test")
        assert done == {"ask-0/replies": FEW if one is few else MANY}
        counts.append(sum(statement.startswith("SELECT") for statement in asked))
    assert counts[0] == counts[1]
