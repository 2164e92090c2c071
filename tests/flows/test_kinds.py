"""Each kind of phase once, from a definition that says no more than it must, with everyone answering."""

from __future__ import annotations

from textwrap import dedent, indent
from typing import Any

import pytest

from config.terms import PhaseKind
from engine.rehearsal import Rehearsal, rehearse
from engine.script import Script
from flows import FLOWS
from models.phase import PhaseStatus
from tests.tasks.world import Reused, World, tiny

KINDS = {
    "project_description": ("{author: office, approved_by: board}", "approved", ["description", "approval"]),
    "goal_setting": ("{body: board, outcome: {text: t}}", "approved", ["meeting-1", "proposal", "approval"]),
    "reference_groups": ("{groups: towns}", "submitted", ["proposals"]),
    "consultation": ("{consultees: towns}", "replied", ["replies"]),
    "adoption": ("{text: t, principals: towns}", "adopted", ["decision"]),
    "information": ("{to: towns}", "informed", ["information"]),
    "drafting": ("{text: t}", "submitted", ["draft"]),
}


def rehearsed(phases: str, script: dict[str, Any] | None = None) -> dict[str, Any]:
    """The report of a rehearsal of these phases."""
    written = "phases:\n" + indent(dedent(phases), "  ")
    return Rehearsal(tiny(written), Script.model_validate(script or {}), register=Reused.taken()).run()


def by_key(report: dict[str, Any], what: str = "phases") -> dict[str, dict[str, Any]]:
    """The report's phases or milestones by key."""
    return {row["key"]: row for row in report[what]}


def test_every_kind_has_a_flow() -> None:
    """A kind that a definition may name is one that can be run; formal meetings have tests of their own."""
    assert set(FLOWS) == set(PhaseKind)
    assert {PhaseKind(kind) for kind in KINDS} == set(PhaseKind) - {PhaseKind.MEETING}


@pytest.mark.parametrize("kind", KINDS)
def test_flow_says_what_it_does(kind: str) -> None:
    """The docstring of its body is shown to administrators."""
    assert FLOWS[PhaseKind(kind)].purpose.endswith(".")


@pytest.mark.parametrize("kind", KINDS)
def test_kind_runs_from_its_opening_to_its_outcome(kind: str) -> None:
    """And with it the cycle."""
    says, outcome, _ = KINDS[kind]
    report = rehearsed(f"  only: {{kind: {kind}, {says[1:]}")
    [phase] = report["phases"]
    assert (phase["kind"], phase["outcome"], report["outcome"], report["status"]) == (
        kind, outcome, outcome, "concluded",
    )  # fmt: skip
    assert report["assignments"]["no_reply"] == 0
    assert report["journal"]["verified"]


@pytest.mark.parametrize("kind", KINDS)
def test_kind_asks_in_this_order(kind: str) -> None:
    """The flow body, read from the steps that it opened."""
    says, _, expected = KINDS[kind]
    world = World(tiny(f"phases: {{only: {{kind: {kind}, {says[1:]}}}\n"))
    from models.assignment import Assignment, AssignmentStatus
    from models.journal import JournalEntry
    from models.phase import Step

    for _ in range(60):
        if world.phase("only").status is PhaseStatus.CLOSED:
            break
        for row in world.rows(Assignment):
            if row.status is AssignmentStatus.OPEN:
                world.reply(row.step_id.partition("/")[2], row.membership_id.rpartition("@")[2])
    written = [entry.body for entry in sorted(world.rows(JournalEntry), key=lambda entry: entry.seq)]
    first = {step.key: next(n for n, body in enumerate(written) if f'"{step.id}"' in body) for step in world.rows(Step)}
    assert sorted(first, key=first.__getitem__) == expected
    world.register.close()


def test_phase_waits_for_those_before_it() -> None:
    """`after` names what must have closed; two may run side by side."""
    report = by_key(
        rehearsed(
            """
              first: {kind: drafting, text: a}
              left: {kind: drafting, after: first, text: b}
              right: {kind: consultation, after: first, consultees: towns, in: 2024-01/2024-02}
              last: {kind: drafting, after: [left, right], text: c}
            """,
            {"answers": [{"step": "right/replies", "who": "berg", "after": "20d"}]},
        )
    )
    assert report["left"]["opened"] == report["right"]["opened"] == report["first"]["closed"]
    assert report["left"]["closed"] < report["right"]["closed"]
    assert report["last"]["opened"] == report["right"]["closed"]


def test_phase_waits_for_its_window() -> None:
    """With nothing before it, it opens on its window's first day."""
    assert rehearsed("  later: {kind: drafting, text: t, in: 2024-06}")["phases"][0]["opened"] == "2024-06-01"


def test_window_that_has_begun_holds_nothing_up() -> None:
    """A phase that comes late opens when those before it have closed."""
    report = rehearsed(
        """
          first: {kind: drafting, text: a, in: 2024-03}
          second: {kind: drafting, after: first, text: b, in: 2024-02/2024-05}
        """
    )
    first, second = report["phases"]
    assert second["opened"] == first["closed"] == "2024-03-06"


def test_text_is_handed_from_phase_to_phase() -> None:
    """What is adopted is the version that was approved."""
    report = rehearsed(
        """
          goals: {kind: goal_setting, body: board, outcome: {text: policy}}
          adopt: {kind: adoption, after: goals, text: policy, principals: towns}
        """
    )
    assert {decision["text"] for decision in report["decisions"]} == {"tiny/policy@1"}


def test_cycle_is_adopted_only_if_every_round_was() -> None:
    """One principal declines in the second round."""
    report = rehearsed(
        """
          one: {kind: adoption, text: t, principals: towns}
          two: {kind: adoption, after: one, text: t, principals: towns}
        """,
        {"answers": [{"step": "two/decision", "who": "berg", "position": "declines", "reason": "no"}]},
    )
    assert [phase["outcome"] for phase in report["phases"]] == ["adopted", "not_adopted"]
    assert report["outcome"] == "not_adopted"


def test_phases_that_share_a_promise_share_its_extension() -> None:
    """One of them extends the day; the other has then nothing to do at that instant."""
    report = rehearse(
        tiny(
            """
            milestones:
              answers: {by: 2024-02-10}
            phases:
              a: {kind: consultation, consultees: towns, due: answers, missing: {extend: 7d}}
              b: {kind: consultation, consultees: towns, due: answers, missing: {extend: 7d}}
            """
        ),
        Script.model_validate({"default": {"answers": False}}),
    )
    assert [phase["outcome"] for phase in report["phases"]] == ["no_reply", "no_reply"]
