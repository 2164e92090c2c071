"""A part of the tampering campaign: one register at its end, some of its columns, and what only a head shows."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from campaigns.tamper import damage, forging
from campaigns.tamper.registers import END, Stored, stored
from campaigns.tamper.trying import ANCHORED, TAIL, VALUE, Tally, try_one

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.sqlite


@pytest.fixture(scope="module")
def held() -> Iterator[Stored]:
    """A consultation that is over."""
    register = stored("svom-remiss", END)
    yield register
    register.close()


def test_changes_in_every_ninth_column_are_found(held: Stored) -> None:
    """Each way once; in the campaign in every column."""
    tally, chance = Tally(), Random(4)  # noqa: S311
    for table, column, ways in list(damage.values(held))[::9]:
        for way in ways:
            try_one(held, tally, VALUE, lambda way=way, t=table, c=column: way(held, t, c, chance))
    assert tally.missed == []
    assert tally.tried[VALUE] > 20


def test_only_a_head_shows_what_was_set_back_or_written_anew(held: Stored) -> None:
    """Both hold by themselves, and neither against a head."""
    chance, tally = Random(5), Tally()  # noqa: S311
    for forge in (forging.rolled_back, forging.forged):
        forge(held, chance)
        assert held.faults() == []
        held.restore()
        try_one(held, tally, ANCHORED, lambda forge=forge: forge(held, chance))
    assert (tally.missed, tally.tried[ANCHORED]) == ([], 2)


def test_campaign_notices_a_verification_that_is_blind(held: Stored, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: the chain is not looked at, and neither are the tables."""
    monkeypatch.setattr("models.verify._state_faults", lambda *_: ())
    tally = Tally()
    try_one(held, tally, TAIL, lambda: damage.cut(held, Random(6)))  # noqa: S311
    assert [kind for kind, _ in tally.missed] == [TAIL]
