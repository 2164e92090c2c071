"""A pass fails: it says why, is tried again, and stops nobody else."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from sqlmodel import col, update

from models.cycle import Body
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from models.register import Register
    from tests.acceptance.house import House

pytestmark = [pytest.mark.stack, pytest.mark.long]


def test_failed_pass_says_why_is_tried_again_and_stops_no_other_phase(house: House) -> None:
    """The author has vanished from the register; when it is back, the next attempt succeeds."""
    cycle = house.cycle("failing")
    cycle.rest()
    with body_gone(cycle.register, f"{cycle.slug}/@office"):
        cycle.answer_all()
        wait_until(lambda: cycle.phase_run("writing").failures >= 2, what="a second attempt")
        wait_until(lambda: cycle.closed("proposing"), what="the other phase to go on")
        failed = wait_until(
            lambda: next((run for run in cycle.runs() if run["state_name"] == "Failed"), None), what="a failed run"
        )
        assert failed["name"] == "failing · 1 The text is written"
        reason = "s, nothing is lost: LookupError: no body 'office' takes part in 'failing'"
        assert failed["state"]["message"].startswith("tried again in ")
        assert failed["state"]["message"].endswith(reason)
    wait_until(lambda: cycle.closed("writing"), what="the phase to go on")
    cycle.rest()
    assert cycle.states() == ["Completed", "Completed", "Suspended"]
    assert cycle.phase_run("writing").failures == 0
    assert cycle.repeats() == 0
    assert cycle.faults() == ()


@contextmanager
def body_gone(register: Register, body: str) -> Iterator[None]:
    """Behind the register's back: no change of a cycle does this."""
    this = update(Body).where(col(Body.id) == body)
    with register.operate() as session:
        session.execute(this.values(withdrawn=True))
    try:
        yield
    finally:
        with register.operate() as session:
            session.execute(this.values(withdrawn=False))
