"""A deadline passes with answers missing: the definition says what happens, and silence is never consent."""

from __future__ import annotations

from datetime import date, time
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.assignment import AssignmentStatus, Decision
from models.notice import NoticeKind
from models.phase import MilestoneStatus, PhaseStatus
from tests.tasks.world import World, tiny

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.notice import Notice

TOWNS = ("berg", "krokom", "ragunda")
ASKED = """
    milestones:
      answers: {{by: 2024-03-01}}
    phases:
      ask: {{kind: consultation, consultees: towns, due: answers, missing: {missing}}}
"""


def days(world: World, notices: list[Notice]) -> list[str]:
    """On which days these mails go out."""
    return sorted({world.place.today(notice.send_from).isoformat() for notice in notices})


def test_close_goes_on_without_the_silent(begin: Callable[[str], World]) -> None:
    """At the first instant after the day; they stand as `no reply`, and are told."""
    world = begin(ASKED.format(missing="close"))
    world.reply("ask/replies", "berg")
    world.go("2024-03-02", "00:00")
    assert world.phase("ask").closed_at == world.place.end_of(date(2024, 3, 1))
    assert world.silent("ask/replies") == ["krokom", "ragunda"]
    assert {row.status for row in world.asked("ask/replies")} == {AssignmentStatus.ANSWERED, AssignmentStatus.NO_REPLY}
    assert (world.phase("ask").outcome or {})["counts"] == {"supports": 1}
    assert len(world.notices(NoticeKind.LAPSED)) == 2


def test_missed_milestone_names_the_silent_and_the_coordinator_is_told(begin: Callable[[str], World]) -> None:
    """Once, with the names."""
    world = begin(ASKED.format(missing="close"))
    world.reply("ask/replies", "berg")
    world.go("2024-03-05")
    milestone = world.milestone("answers")
    assert (milestone.status, milestone.missing) == (MilestoneStatus.MISSED, ["krokom", "ragunda"])
    [told] = world.notices(NoticeKind.MISSED)
    assert (told.person_id, told.data) == ("tiny/p1", {"missing": ["krokom", "ragunda"], "policy": "close"})


def test_hold_waits_for_who_has_not_answered(begin: Callable[[str], World]) -> None:
    """The milestone is missed all the same, with the day it came at last."""
    world = begin(ASKED.format(missing="hold"))
    for town in TOWNS[:2]:
        world.reply("ask/replies", town)
    world.go("2024-04-10")
    assert world.phase("ask").status is PhaseStatus.OPEN
    world.reply("ask/replies", "ragunda")
    assert world.phase("ask").status is PhaseStatus.CLOSED
    milestone = world.milestone("answers")
    assert (milestone.status, str(milestone.met_on)) == (MilestoneStatus.MISSED, "2024-04-10")


def test_held_question_reminds_six_times_and_then_rests(begin: Callable[[str], World]) -> None:
    """Each fortnight for twelve weeks; after that nothing wakes the phase but a person."""
    world = begin(ASKED.format(missing="hold"))
    world.go("2025-03-01")
    overdue = [n for n in world.notices(NoticeKind.REMINDED) if n.created_at >= world.place.end_of(date(2024, 3, 1))]
    assert days(world, overdue) == [
        "2024-03-15", "2024-03-29", "2024-04-12", "2024-04-26", "2024-05-10", "2024-05-24",
    ]  # fmt: skip
    assert world.next_wake() is None
    assert world.phase("ask").status is PhaseStatus.OPEN


@pytest.mark.parametrize(("then", "status"), [("close", PhaseStatus.CLOSED), ("hold", PhaseStatus.OPEN)])
def test_extension_is_given_once(begin: Callable[[str], World], then: str, status: PhaseStatus) -> None:
    """Everybody silent is told the new day; when that passes too, the definition's second choice applies."""
    world = begin(ASKED.format(missing=f"{{extend: 14d, then: {then}}}"))
    world.reply("ask/replies", "berg")
    world.go("2024-03-02")
    milestone = world.milestone("answers")
    assert (str(milestone.due_on), milestone.status) == ("2024-03-15", MilestoneStatus.MOVED)
    assert [n.data["to"] for n in world.notices(NoticeKind.MOVED)] == ["2024-03-15", "2024-03-15"]
    assert world.phase("ask").status is PhaseStatus.OPEN
    world.go("2024-03-16")
    assert world.phase("ask").status is status
    assert world.milestone("answers").status is MilestoneStatus.MISSED
    assert [n.data["policy"] for n in world.notices(NoticeKind.MISSED)] == ["extend", then]


def test_extension_of_no_days_does_no_harm(begin: Callable[[str], World]) -> None:
    """The extended day is over too, at the same instant."""
    world = begin(ASKED.format(missing="{extend: 0d}"))
    world.go("2024-03-02", "00:00")
    assert world.phase("ask").status is PhaseStatus.CLOSED


def test_answer_within_the_extension_is_not_late(begin: Callable[[str], World]) -> None:
    """It was given more time, so it is in time, and the promise is kept."""
    world = begin(ASKED.format(missing="{extend: 14d}"))
    world.go("2024-03-10")
    receipts = [world.reply("ask/replies", town) for town in TOWNS]
    assert not any(receipt.late for receipt in receipts)
    assert world.milestone("answers").status is MilestoneStatus.MET


@pytest.mark.parametrize("missing", ["close", "hold", "{extend: 1d, then: close}"])
def test_who_is_asked_after_the_date_has_time_to_answer(begin: Callable[[str], World], missing: str) -> None:
    """A phase that opens too late has missed its milestone, but nobody has been silent."""
    world = begin(ASKED.format(missing=missing).replace("2024-03-01", "2024-01-10"))
    world.go("2024-02-01")
    assert world.milestone("answers").status is MilestoneStatus.MISSED
    assert world.phase("ask").status is PhaseStatus.OPEN
    for town in TOWNS:
        world.reply("ask/replies", town)
    assert world.phase("ask").status is PhaseStatus.CLOSED


def test_only_the_silent_are_reminded(begin: Callable[[str], World]) -> None:
    """Fourteen days and three days before; nobody after having answered."""
    world = begin(ASKED.format(missing="close"))
    world.reply("ask/replies", "berg")
    world.go("2024-02-20")
    world.reply("ask/replies", "krokom")
    world.go("2024-02-29")
    reminded = [(world.place.today(n.send_from).isoformat(), n.person_id) for n in world.notices(NoticeKind.REMINDED)]
    assert reminded == [("2024-02-16", "tiny/p7"), ("2024-02-16", "tiny/p8"), ("2024-02-27", "tiny/p8")]


def test_mail_goes_out_at_a_civil_hour(begin: Callable[[str], World]) -> None:
    """What happens at midnight is told at eight."""
    world = begin(ASKED.format(missing="close"))
    world.go("2024-03-02")
    for notice in (*world.notices(NoticeKind.MISSED), *world.notices(NoticeKind.LAPSED)):
        assert notice.send_from == world.place.at(date(2024, 3, 2), time(8))


@pytest.mark.parametrize("missing", ["close", "hold"])
def test_votes_that_are_missing_follow_the_definition_too(begin: Callable[[str], World], missing: str) -> None:
    """One of three votes came: `hold` waits for the others, `close` counts what there is."""
    world = begin(
        f"""
        milestones:
          approved: {{by: 2024-02-15}}
        phases:
          p: {{kind: project_description, author: office, approved_by: board, due: approved, missing: {missing}}}
        """
    )
    world.reply("p/description", "office")
    world.reply("p/approval", "board.member-2")
    world.go("2024-02-16")
    assert world.phase("p").status is (PhaseStatus.OPEN if missing == "hold" else PhaseStatus.CLOSED)


def test_board_in_silence_has_resolved_nothing(begin: Callable[[str], World]) -> None:
    """The proposal is asked for again; the record holds no rejection that nobody voted for."""
    world = begin(
        """
        milestones:
          approved: {by: 2024-02-15}
        phases:
          p: {kind: project_description, author: office, approved_by: board, due: approved, missing: close}
        """
    )
    world.reply("p/description", "office")
    world.go("2024-02-16")
    assert world.decisions() == {}
    world.reply("p/description~2", "office")
    for seat in ("chair-1", "member-1", "member-2"):
        world.reply("p/approval~2", f"board.{seat}")
    assert world.decisions() == {"board": ["approved"]}


DECIDING = """
    milestones:
      answers: {{by: 2024-03-01}}
      approved: {{by: 2024-02-15}}
    phases:
      p: {{kind: project_description, author: office, approved_by: board, due: approved, missing: {missing}}}
      adopt: {{kind: adoption, text: plan, principals: towns, due: answers, missing: {missing}, adopted_when: each}}
"""


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    towns=st.sets(st.sampled_from(TOWNS)),
    votes=st.sets(st.sampled_from(["chair-1", "member-1", "member-2"])),
    missing=st.sampled_from(["close", "hold", "{extend: 7d}", "{extend: 7d, then: hold}"]),
)
def test_silence_never_decides(towns: set[str], votes: set[str], missing: str) -> None:
    """Whoever is silent, there is no decision of a body that did not answer."""
    world = World(tiny(DECIDING.format(missing=missing)))
    world.reply("p/description", "office")
    for seat in sorted(votes):
        world.reply("p/approval", f"board.{seat}")
    for town in sorted(towns):
        world.reply("adopt/decision", town)
    world.go("2024-06-01")
    decided = {row.body_id.rpartition("@")[2] for row in world.rows(Decision)}
    assert decided <= towns | ({"board"} if votes else set())
    if world.phase("adopt").status is PhaseStatus.CLOSED:
        assert decided >= towns
        assert (world.phase("adopt").outcome or {})["missing"] == [t for t in TOWNS if t not in towns]
    assert world.holds()
    world.register.close()
