"""What an answer and its pages ask of the database, in statements and transactions: counts do not drift, times do."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from bench.answering import FORM
from bench.house import installation, open_consultation
from bench.work import asked, begin, cycle_of, reply
from campaigns.statements import watched
from models.migrate import upgrade
from models.register import Register
from models.verify import verify
from portal.serving import portal_app
from tests.models.rows import AT
from tests.portal.conftest import Browser, hidden
from tests.registers import registers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ANSWER = {"SELECT": 3, "INSERT": 4, "UPDATE": 3, "transactions": 1}
"""The lock, what the link opens and the journal's head; answer, receipt, delivery and entry; question, assignment, and
that administrators are shown less than there is."""
LAST = {"SELECT": 5, "UPDATE": 4, "transactions": 1}
"""The last one wakes the phase: its row, its questions and the promises that it has still to keep."""
PAGE, REVIEW, SUBMISSION = 9, 12, 21
"""Statements of the question's page, of the page that looks it over, which saves a draft, and of the submission."""


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """Statements by their first word, and transactions."""
    found: Counter[str] = Counter()

    def statement(_: Any, text: str, __: Any) -> None:
        found[text.split(maxsplit=1)[0]] += 1

    def transaction(_: Any) -> None:
        found["transactions"] += 1

    event.listen(Engine, "begin", transaction)
    try:
        with watched(statement):
            yield found
    finally:
        event.remove(Engine, "begin", transaction)


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    """On disk, with nine people who are asked."""
    url = registers.at(tmp_path / "register.db")
    upgrade(url)
    opened = Register(url)
    begin(opened, cycle_of(1, 9, begins=AT.date()), "asked", AT)
    yield opened
    opened.close()


def test_an_answer_is_one_transaction_of_few_statements(register: Register) -> None:
    """As many for the first as for the next."""
    links = asked(register, "asked")
    for link in links[:3]:
        with counted() as found:
            reply(register, link, AT)
        assert {what: found[what] for what in ANSWER} == ANSWER
    with register.read() as session:
        assert verify(session, "asked").holds


def test_the_same_answer_again_writes_nothing(register: Register) -> None:
    """It is looked up under the lock, and given back."""
    link = asked(register, "asked")[0]
    reply(register, link, AT)
    with counted() as found:
        reply(register, link, AT)
    assert found == {"SELECT": 3, "transactions": 1}


def test_the_last_answer_asks_when_to_look_next(register: Register) -> None:
    """However many came before it."""
    *others, last = asked(register, "asked")
    for link in others:
        reply(register, link, AT)
    with counted() as found:
        reply(register, last, AT)
    assert {what: found[what] for what in LAST} == LAST


def test_pages_ask_little(tmp_path: Path) -> None:
    """From the mail to the receipt, as a browser goes."""
    with installation() as services:
        address = open_consultation(services, 3)[0]
        browser = Browser(portal_app(services), services.settings.base_url)
        place = browser.get(address).headers["location"]
        with counted() as page:
            form = browser.get(place)
        with counted() as review:
            looked_over = browser.request("POST", f"{place}/review", data={"csrf": hidden(form, "csrf"), **FORM})
        sealed = {name: hidden(looked_over, name) for name in ("csrf", "sealed")}
        with counted() as submission:
            assert browser.request("POST", place, data=sealed).headers["location"].endswith("/receipt")
    spent = [found.total() - found["transactions"] for found in (page, review, submission)]
    assert spent == [PAGE, REVIEW, SUBMISSION]
    assert (page["transactions"], review["transactions"], submission["transactions"]) == (3, 4, 5)
