"""What an administrator sees in Prefect of a cycle that has ended, and of one that waits."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from tests.waiting import wait_until

if TYPE_CHECKING:
    from tests.acceptance.finished import Finished
    from tests.acceptance.house import House

pytestmark = [pytest.mark.stack, pytest.mark.long]

PHASES = {
    "jamtland-2012 · 1 Fas I: Projektbeskrivning": ("project_description", "approved 9/9"),
    "jamtland-2012 · 2 Målsättningsgruppens möten": ("goal_setting", "approved 9/9"),
    "jamtland-2012 · 3 Antagande, första omgången: inriktningen": ("adoption", "adopted 9/9"),
    "jamtland-2012 · 4 Referensgruppernas arbete": ("reference_groups", "submitted 3/4"),
    "jamtland-2012 · 5 Avstämning": ("consultation", "approved"),
    "jamtland-2012 · 6 Antagande, andra omgången: tillämpning och verkställighet": ("adoption", "adopted 9/9"),
}


class TestFinishedCycle:
    """The bundled cycle after its last day."""

    def test_there_is_one_run_for_each_phase_with_a_name_that_says_which(self, finished: Finished) -> None:
        """Six runs, numbered, with the cycle's name and the phase's title."""
        assert [run["name"] for run in finished.runs] == list(PHASES)

    def test_runs_are_tagged_with_their_cycle_and_kind(self, finished: Finished) -> None:
        """So that the runs page can be filtered."""
        tags = {run["name"]: set(run["tags"]) for run in finished.runs}
        kinds = {name: kind for name, (kind, _) in PHASES.items()}
        assert all({"cycle:jamtland-2012", f"kind:{kinds[name]}"} <= found for name, found in tags.items())

    def test_completed_runs_say_what_came_of_the_phase(self, finished: Finished) -> None:
        """Not merely that it is over."""
        said = {run["name"]: (run["state_name"], run["state"]["message"]) for run in finished.runs}
        assert said == {name: ("Completed", outcome) for name, (_, outcome) in PHASES.items()}

    def test_each_act_is_one_completed_task_run(self, finished: Finished) -> None:
        """However many passes there were: as many as the system's entries in the journal."""
        acts = [task for task in tasks_of(finished) if not task["name"].startswith("send ")]
        journal = Counter(entry.actor for entry in finished.cycle.journal())
        assert {task["state_name"] for task in acts} == {"Completed"}
        assert len(acts) == journal["system"]

    def test_no_act_is_shown_twice_in_a_phase(self, finished: Finished) -> None:
        """Only reminders and questions put anew may come again, each for a date of its own."""
        names = Counter((task["flow_run_id"], task["name"]) for task in tasks_of(finished))
        twice = {name for (_, name), count in names.items() if count > 1}
        assert {name for name in twice if ": remind" not in name and not name.startswith("send ")} == set()

    def test_table_of_a_phase_shows_who_did_not_reply(self, house: House, finished: Finished) -> None:
        """The silent reference group stands as no reply, the others with their day."""
        silent = "| Barn och ungdomar | contact | **no reply** |  |"
        wait_until(lambda: silent in table_of(house, finished.runs[3]), what="the table to be written")
        table = table_of(house, finished.runs[3])
        assert "| Teknik | contact | answered | 2013-04-" in table

    def test_table_of_a_phase_shows_the_referral_back_and_the_decision_after_it(
        self, house: House, finished: Finished
    ) -> None:
        """Berg has two lines."""
        lines = [line for line in table_of(house, finished.runs[5]).splitlines() if "Bergs kommun | secretary" in line]
        assert ["referred back" in line for line in lines] == [True, False]

    def test_every_phase_has_one_table(self, house: House, finished: Finished) -> None:
        """It is kept up to date, and not written anew each time."""
        assert [len(house.prefect.artifacts(run["id"])) for run in finished.runs] == [1] * len(PHASES)


class TestWaitingCycle:
    """The little cycle on its first day."""

    def test_waiting_phases_are_suspended_and_say_for_what_and_until_when(self, house: House) -> None:
        """The last day on which an answer is in time, as the letters say it."""
        cycle = house.cycle("view-waiting")
        said = [run["state"]["message"] for run in cycle.waiting_runs(2)]
        assert said == ["waiting for draft until 2013-01-25", "waiting for proposals until 2013-01-31"]

    def test_table_follows_an_answer_that_settles_nothing(self, house: House) -> None:
        """One of two groups has proposed: the table says so, though the phase made no pass."""
        cycle = house.cycle("view-answer")
        cycle.rest()
        run = cycle.waiting_runs(2)[1]
        north = cycle.crowd.people["contact@north.example"]
        assert north.next_due is not None
        cycle.demonstration.clock.set(north.next_due)
        north.act(north.next_due)
        answered = "| The northern group | contact | answered | 2013-01-12 |"
        wait_until(lambda: answered in table_of(house, run), what="the table to say so")
        assert "| The southern group | contact | waiting |  |" in table_of(house, run)


def tasks_of(finished: Finished) -> list[dict[str, Any]]:
    """All that has been done in the cycle; Prefect writes task runs down a moment after they have ended."""
    prefect = finished.cycle.house.prefect

    def all_ended() -> list[dict[str, Any]]:
        tasks = [task for run in finished.runs for task in prefect.task_runs(run["id"])]
        return tasks if all(task["state_name"] == "Completed" for task in tasks) else []

    return list(wait_until(all_ended, what="the task runs to be written down"))


def table_of(house: House, run: dict[str, Any]) -> str:
    """The table as it is now; empty as long as none has been written."""
    return "".join(str(artifact["data"]) for artifact in house.prefect.artifacts(run["id"]))
