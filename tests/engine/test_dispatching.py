"""What a due phase needs, by the state of the Prefect run that shows it."""

from __future__ import annotations

import warnings

import pytest

STATES = {
    None: "create",
    "SCHEDULED": "resume",
    "COMPLETED": "create",
    "CANCELLED": "create",
    "PAUSED": "resume",
    "FAILED": "resume",
    "CRASHED": "resume",
    "PENDING": "force",
    "RUNNING": "force",
    "CANCELLING": "force",
}


@pytest.mark.parametrize("state", STATES)
def test_what_is_done(state: str | None) -> None:
    """Whatever somebody did in the Prefect UI, the phase gets its pass."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Prefect's own, while it is imported
        from prefect.client.schemas.objects import StateType

        from engine.dispatcher import what_to_do
    assert what_to_do(None if state is None else StateType[state]) == STATES[state]
    assert {name for name in STATES if name} == set(StateType.__members__)


def test_run_that_no_pool_holds_is_replaced() -> None:
    """It would wait to be taken up for ever."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from prefect.client.schemas.objects import StateType

        from engine.dispatcher import what_to_do
    assert what_to_do(StateType.SCHEDULED, queued=False) == "create"
