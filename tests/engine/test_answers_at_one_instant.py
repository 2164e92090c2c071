"""Answers of one instant: what is read behind the cycle's lock is what the one before has left."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from sqlmodel import col, select

from bench.work import SECRET, YES, asked, begin, cycle_of
from engine.commands.answer import answer
from models.assignment import Answer
from models.migrate import upgrade
from models.phase import Step
from models.register import Register
from models.verify import verify
from tests.models.rows import AT
from tests.registers import registers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from engine.commands.answer import Receipt

PEOPLE = 24


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    """On disk, with people who are all asked the same."""
    url = registers.at(tmp_path / "register.db")
    upgrade(url)
    opened = Register(url)
    begin(opened, cycle_of(1, PEOPLE, begins=AT.date()), "asked", AT, SECRET)
    yield opened
    opened.close()


def given_at_once(register: Register, given: Sequence[tuple[str, str]]) -> list[Receipt]:
    """Answers through these links with these nonces, all at one instant."""
    together = Barrier(len(given), timeout=60)

    def give(link: str, nonce: str) -> Receipt:
        together.wait()
        return answer(register, link_id=link, reply=YES, nonce=nonce, now=AT)

    with ThreadPoolExecutor(len(given)) as pool:
        return list(pool.map(give, *zip(*given, strict=True)))


def test_everybody_is_counted(register: Register) -> None:
    """The count goes up by one for each, and the journal has no fork."""
    links = asked(register, "asked")
    given_at_once(register, [(link, f"nonce of {link}") for link in links])
    with register.read() as session:
        [step] = session.exec(select(Step).where(col(Step.asked) == PEOPLE)).all()
        assert step.answered == PEOPLE
        assert verify(session, "asked").holds


def test_one_page_sent_many_times_is_one_answer(register: Register) -> None:
    """Whoever comes later finds what the first has recorded."""
    link = asked(register, "asked")[0]
    receipts = given_at_once(register, [(link, "the same")] * PEOPLE)
    assert {receipt.version for receipt in receipts} == {1}


def test_versions_of_several_windows_follow_each_other(register: Register) -> None:
    """Each counts those that were there before it."""
    link = asked(register, "asked")[0]
    receipts = given_at_once(register, [(link, f"window {number}") for number in range(PEOPLE)])
    assert {receipt.version for receipt in receipts} == {*range(1, PEOPLE + 1)}
    with register.read() as session:
        assert len(session.exec(select(Answer)).all()) == PEOPLE
        [step] = session.exec(select(Step).where(col(Step.asked) == PEOPLE)).all()
        assert step.answered == 1
