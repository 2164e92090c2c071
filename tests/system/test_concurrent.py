"""A short campaign of many at once, on both databases; and that it sees a register which does not lock."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from campaigns.cluster import NoPostgreSQL, program
from campaigns.concurrent.__main__ import KINDS, campaign
from campaigns.concurrent.judge import CLOSED, PROMISES, TALLY
from models import driver
from models.register import AlreadyThere
from tests.tools import missed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

pytestmark = pytest.mark.system


@pytest.fixture(autouse=True, scope="module")
def postgresql() -> None:
    """It must be there."""
    try:
        program("initdb")
    except NoPostgreSQL as absent:
        missed(str(absent))


@pytest.mark.parametrize("kind", KINDS)
def test_many_at_once_have_a_serial_order(kind: str) -> None:
    """One round: every promise is tried, and none breaks."""
    verdict = campaign((kind,), rounds=1, seed=7)[kind]
    assert verdict.faults == {}
    assert {promise for promise in PROMISES if verdict.tried[promise]} == set(PROMISES)


LOCK = re.compile(r" FOR UPDATE( OF \w+)?$")


@contextmanager
def without_locks() -> Iterator[None]:
    """No change asks for a lock."""
    execute = driver.execute

    def unlocked(connection: Connection, text: str, values: Any) -> Any:
        return execute(connection, LOCK.sub("", text), values)

    driver.execute = unlocked
    try:
        yield
    finally:
        driver.execute = execute


def test_register_that_does_not_lock_is_found_out() -> None:
    """PostgreSQL without the lock on the cycle takes answers after closing and counts what came too late."""
    found: set[str] = set()
    for seed in range(3, 7):
        try:
            with without_locks():
                found |= set(campaign(("postgresql",), rounds=1, seed=seed)["postgresql"].faults)
        except AlreadyThere:  # two changes were about to write the same entry of the journal
            return
        if found & {CLOSED, TALLY}:
            return
    raise AssertionError(found)
