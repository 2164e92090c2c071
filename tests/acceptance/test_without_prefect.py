"""Prefect is away, or has forgotten everything: it shows the cycle, and does not hold it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.waiting import wait_until

if TYPE_CHECKING:
    from tests.acceptance.house import House

pytestmark = [pytest.mark.stack, pytest.mark.long]


def test_participant_answers_while_prefect_is_down_and_the_phase_goes_on_when_it_returns(house: House) -> None:
    """The portal takes the answer and the receipt is sent at once; the pass is made up for."""
    cycle = house.cycle("away")
    cycle.rest()
    house.stack.end("prefect")
    cycle.answer_next()
    wait_until(lambda: not cycle.unsent(), what="the receipt")
    assert [notice for notice in cycle.notices() if "!receipt" in notice]
    assert not cycle.closed("writing")
    house.stack.start(["prefect"])
    wait_until(lambda: cycle.closed("writing") or cycle.closed("proposing"), what="the phase to go on")
    assert cycle.see_through()["outcome"] == "adopted"
    assert cycle.states() == ["Completed"] * 3
    assert cycle.repeats() == 0
    assert cycle.faults() == ()


def test_cycle_goes_on_after_prefects_database_was_deleted(house: House) -> None:
    """Deleted while phases wait: at their next look they get new runs, under the same names."""
    cycle = house.cycle("forgotten")
    cycle.rest()
    forgotten = cycle.run_ids()
    house.stack.end("prefect")
    house.forget_prefects_database()
    house.stack.start(["prefect"])
    assert cycle.runs() == []
    assert cycle.see_through()["outcome"] == "adopted"
    assert [(run["name"], run["state_name"]) for run in cycle.runs_at_rest()] == [
        ("forgotten · 1 The text is written", "Completed"),
        ("forgotten · 2 The groups propose", "Completed"),
        ("forgotten · 3 The councils decide", "Completed"),
    ]
    assert not set(forgotten.values()) & set(cycle.run_ids().values())
    assert cycle.repeats() == 0
    assert cycle.faults() == ()
