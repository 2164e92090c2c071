"""A short campaign of many at once, on both databases; and that it sees a register which does not lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy.sql.selectable import Select

from campaigns.cluster import NoPostgreSQL, program
from campaigns.concurrent.__main__ import KINDS, campaign
from campaigns.concurrent.judge import CLOSED, PROMISES, TALLY
from models.register import AlreadyThere
from tests.tools import missed

if TYPE_CHECKING:
    from collections.abc import Callable

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


def test_register_that_does_not_lock_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL without the lock on the cycle takes answers after closing and counts what came too late."""
    unlocked: Callable[..., object] = lambda query, **_: query  # noqa: E731
    monkeypatch.setattr(Select, "with_for_update", unlocked)
    found: set[str] = set()
    for seed in range(3, 7):
        try:
            found |= set(campaign(("postgresql",), rounds=1, seed=seed)["postgresql"].faults)
        except AlreadyThere:  # two changes were about to write the same entry of the journal
            return
        if found & {CLOSED, TALLY}:
            return
    raise AssertionError(found)
