"""What a cycle asks of Prefect and leaves in it. Times drift and counts do not, so that these are held."""

from __future__ import annotations

from typing import Any

import pytest

from bench.passes import BACKGROUND, inside, with_prefect
from bench.work import ANSWERS, PHASES

pytestmark = [pytest.mark.stack, pytest.mark.long]

OF_A_PASS = 13
"""Requests of a pass with what it takes to start it and to show its outcome; the creation of a run is one of them."""


@pytest.fixture(scope="module")
def counts() -> dict[str, Any]:
    """Of five phases of nine answers, in a real worker on a real server."""
    with with_prefect() as settings:
        return inside(settings, "counts")


def test_an_answer_that_settles_nothing_is_one_request(counts: dict[str, Any]) -> None:
    """The table of its phase is written anew; no run is made, resumed or logged to."""
    assert counts["answer"] == [1] * (ANSWERS - PHASES)


def test_closing_a_phase_and_opening_the_next_are_two_passes(counts: dict[str, Any]) -> None:
    assert counts["passes"] == 2 * PHASES
    assert max(counts["closing"]) <= 2 * OF_A_PASS
    assert counts["closing"][-1] <= OF_A_PASS


def test_a_cycle_is_one_run_for_each_phase_with_its_acts_as_task_runs(counts: dict[str, Any]) -> None:
    assert counts["runs"] == PHASES
    # Open, ask, send, close, and what the phase has come to; at last the letters that the cycle is concluded.
    assert counts["task_runs"] == 5 * PHASES + 1
    assert counts["states"] <= 9 * PHASES
    assert counts["logs"] <= 3 * PHASES


def test_a_whole_cycle_asks_prefect_no_more_than_it_did(counts: dict[str, Any]) -> None:
    requests = sum(number for what, number in counts["cycle"].items() if what not in ("event", BACKGROUND))
    assert requests <= 210
    assert counts["cycle"]["event"] <= 170


def test_waiting_asks_for_scheduled_runs_and_nothing_else(counts: dict[str, Any]) -> None:
    """Once in a while for the whole pool, however much waits in it."""
    assert set(counts["rest"]) <= {BACKGROUND, "GET csrf-token"}
