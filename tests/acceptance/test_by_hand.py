"""What somebody does to a run in the Prefect UI decides nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.waiting import wait_until

if TYPE_CHECKING:
    from tests.acceptance.house import House, LiveCycle

pytestmark = [pytest.mark.stack, pytest.mark.long]

GONE_ON = ["Completed", "Completed", "Suspended"]
"""The states of the runs when the first two phases are over and the third waits."""


def test_resuming_a_waiting_phase_changes_nothing(house: House) -> None:
    """A pass that finds nothing to do, once and again: no entry in the journal, no notice, suspended as before."""
    cycle = waiting(house, "by-hand")
    before = what_there_is(cycle)
    run = cycle.waiting_runs(2)[0]
    words = run["state"]["message"]
    for _ in range(2):
        passes = cycle.passes()
        house.prefect.resume(run["id"])
        wait_until(lambda: cycle.passes() > passes, what="the pass by hand")  # noqa: B023
        cycle.waiting_runs(2)
    assert what_there_is(cycle) == before
    assert house.prefect.run(run["id"])["state"]["message"] == words


def test_resuming_twice_at_once_makes_one_pass(house: House) -> None:
    """A double click: the second is refused by Prefect, because the run is no longer paused."""
    cycle = waiting(house, "by-hand-double")
    before = what_there_is(cycle)
    run = cycle.waiting_runs(2)[0]
    assert [house.prefect.resume(run["id"])["status"] for _ in range(2)] == ["ACCEPT", "ABORT"]
    cycle.waiting_runs(2)
    assert what_there_is(cycle) == before


def test_resuming_a_planned_phase_opens_nothing(house: House) -> None:
    """Its time has not come: it is suspended again, with words that say so."""
    cycle = waiting(house, "by-hand-planned")
    cycle.waiting_runs(2)
    planned = wait_until(lambda: cycle.runs()[2:], what="the planned phase to be shown")[0]
    before, passes = what_there_is(cycle), cycle.passes()
    house.prefect.resume(planned["id"])
    wait_until(lambda: cycle.passes() > passes, what="the pass by hand")
    cycle.waiting_runs(2)
    assert what_there_is(cycle) == before
    assert house.prefect.run(planned["id"])["state"]["message"].startswith("planned")


def test_answer_that_comes_just_after_a_resume_by_hand_leaves_one_run(house: House) -> None:
    """The run that waits to be taken up is the one that goes on; no second one is made beside it."""
    cycle = waiting(house, "by-hand-answer")
    run = cycle.waiting_runs(2)[0]
    house.prefect.resume(run["id"])
    cycle.answer_all()
    cycle.rest()
    assert cycle.states() == GONE_ON


def test_phase_whose_run_was_cancelled_goes_on_with_another(house: House) -> None:
    """Cancelling a run is not cancelling a phase: at the phase's next look there is a successor."""
    cycle = waiting(house, "by-hand-cancelled")
    run = cycle.waiting_runs(2)[0]
    house.prefect.cancel(run["id"])
    goes_on(cycle)
    assert cycle.run_ids()["writing"] != run["id"]
    assert sorted(cycle.states()) == ["Cancelled", *GONE_ON]


def test_phase_whose_run_was_deleted_goes_on_with_another(house: House) -> None:
    """The register has forgotten nothing."""
    cycle = waiting(house, "by-hand-deleted")
    run = cycle.waiting_runs(2)[0]
    house.prefect.delete(run["id"])
    goes_on(cycle)
    assert cycle.run_ids()["writing"] != run["id"]
    assert cycle.states() == GONE_ON


@pytest.mark.parametrize("kind", ["FAILED", "CRASHED"])
def test_phase_whose_run_was_marked_failed_goes_on_in_it(house: House, kind: str) -> None:
    """The same run, because it is the one that people look at."""
    cycle = waiting(house, f"by-hand-{kind.lower()}")
    run = cycle.waiting_runs(2)[0]
    house.prefect.set_state(run["id"], kind)
    goes_on(cycle)
    assert cycle.run_ids()["writing"] == run["id"]
    assert cycle.states() == GONE_ON


def test_phase_whose_run_was_marked_completed_is_not_completed(house: House) -> None:
    """Nothing is decided by a Prefect button: the phase waits for its text, and then gets a run of its own."""
    cycle = waiting(house, "by-hand-completed")
    run = cycle.waiting_runs(2)[0]
    house.prefect.set_state(run["id"], "COMPLETED")
    assert not cycle.closed("writing")
    goes_on(cycle)
    assert cycle.run_ids()["writing"] != run["id"]


def waiting(house: House, slug: str) -> LiveCycle:
    """A cycle whose two first phases wait."""
    cycle = house.cycle(slug)
    cycle.rest()
    return cycle


def what_there_is(cycle: LiveCycle) -> tuple[int, list[str]]:
    """Everything that a pass could have added to."""
    return len(cycle.journal()), cycle.notices()


def goes_on(cycle: LiveCycle) -> None:
    """Both phases close and the next opens, with nothing lost and nothing sent twice."""
    cycle.answer_all()
    cycle.rest()
    assert cycle.closed("writing")
    assert cycle.closed("proposing")
    assert cycle.unsent() == []
    assert cycle.repeats() == 0
    assert cycle.faults() == ()
