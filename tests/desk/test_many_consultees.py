"""A consultation of hundreds: pages show a part of them, and ask the register no more than for a few."""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import UTC, datetime
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import quote

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
SEARCHED = (f"{DESK}/remind", f"{DESK}/answer", f"{DESK}/people", f"{DESK}/question/ask-0/replies")
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


@pytest.mark.parametrize("address", SEARCHED)
def test_one_of_many_is_found(few: Consultation, many: Consultation, address: str) -> None:
    """By body, name or address, whatever the case; the field stands where there is more than a page."""
    field = 'name="find"'
    assert field in many.browser.get(address).text
    assert field not in few.browser.get(address).text
    for wanted, numbers in (("PERSON 117", {117}), ("CONTACT@person-22.", {22}), ("person 11", {11, *range(110, 120)})):
        found = many.browser.get(f"{address}?find={quote(wanted)}").text
        assert set(map(int, re.findall(r"Person (\d+)(?=[:<])", found))) == numbers
        assert f'value="{wanted}"' in found


@pytest.mark.parametrize("address", SEARCHED)
def test_who_is_not_there_is_not_found(many: Consultation, address: str) -> None:
    """It is said, and what was looked for can be changed."""
    found = many.browser.get(f"{address}?find=%25%22%3E").text
    assert "Ingen hittades." in found
    assert 'value="%&#34;&gt;"' in found


def test_the_pages_of_those_found_lead_to_each_other(many: Consultation) -> None:
    """What was looked for stands in the addresses of pages and filters."""
    first = many.browser.get(f"{DESK}/question/ask-0/replies?find=Person+1").text
    assert "1 till 100 av 111" in first
    assert "find=Person+1" in re.findall(r'<a rel="next" href="([^"]+)"', first)[0]
    assert re.findall(r"show=silent[^>]*>[^<]*<span class=\"soft\">\((\d+)\)", first) == ["111"]


def test_a_question_that_is_put_to_somebody_found_comes_back_to_her(many: Consultation) -> None:
    """A form that is refused shows the same narrowed list again."""
    page = many.browser.get(f"{DESK}/people?find=person+117")
    fields = {"csrf": hidden(page, "csrf"), "find": hidden(page, "find"), "page": "1"}
    again = many.browser.post(f"{DESK}/people", fields)
    assert again.status_code == 422
    assert set(re.findall(r"Person (\d+)(?=[:<])", again.text)) == {"117"}


def test_choosing_nobody_of_those_found_reminds_them_only(many: Consultation) -> None:
    """What is not shown is not meant."""
    assert "alla 11 som kan" in many.browser.get(f"{DESK}/remind?find=person+11").text
    found = many.browser.get(f"{DESK}/question/ask-0/replies?find=person+117").text
    page = many.browser.get(unescape(re.findall(r'href="([^"]+/remind[^"]+)"', found)[0]))
    fields = {"csrf": hidden(page, "csrf"), "find": hidden(page, "find"), "reason": "Why"}
    review = many.browser.post(f"{DESK}/remind", fields)
    assert "Person 117" in review.text
    assert "Person 116" not in review.text


def test_who_was_chosen_and_drops_out_is_not_replaced_by_the_others(many: Consultation) -> None:
    """Choosing somebody who cannot be reminded any more is not choosing nobody."""
    page = many.browser.get(f"{DESK}/remind?find=person+11")
    chosen = re.findall(r'name="(who:[^"]+)"', page.text)[0]
    fields = {"csrf": hidden(page, "csrf"), "find": "person 11", "reason": "Why", f"{chosen}-that-is-gone": "yes"}
    again = many.browser.post(f"{DESK}/remind", fields)
    assert again.status_code == 422
    assert "Den du valde kan inte påminnas längre." in again.text


def test_an_address_that_a_concern_has_filled_in_outlives_a_search(many: Consultation) -> None:
    """It stands in the pages' addresses and in the search; the form has it once."""
    page = many.browser.get(f"{DESK}/people?address=new%40region.example").text
    assert page.count('name="address" value="new@region.example"') == 1  # with the search
    assert 'id="address" value="new@region.example"' in page
    assert "address=new%40region.example" in re.findall(r'<a rel="next" href="([^"]+)"', page)[0]


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


def test_who_has_been_reminded_is_found_and_said_to_be(many: Consultation) -> None:
    """They are listed page by page with the reason, and nobody says that they were not found."""
    found = many.browser.get(f"{DESK}/remind?find=person+1").text
    assert found.count("har påmints i dag") == 100
    assert "Ingen hittades." not in found
    assert "find=person+1" in re.findall(r'<a rel="next" href="([^"]+)"', found)[0]


@pytest.mark.parametrize("address", [*SEARCHED, "/desk/accounts"])
@pytest.mark.parametrize("wanted", ["%ED%A0%80", "'--", "a" * 5_000])
def test_nonsense_finds_nobody(many: Consultation, address: str, wanted: str) -> None:
    """Whatever is looked for, the page comes."""
    answer = many.browser.get(f"{address}?find={wanted}")
    assert answer.status_code == (403 if address.endswith("accounts") else 200)
    assert "Traceback" not in answer.text
