"""Milestones that several phases share, that nobody was asked for, and that were ordered of a phase."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from engine.commands.coordinate import close_step, move_milestone
from models.notice import Delivery, NoticeKind
from models.phase import MilestoneStatus, PhaseStatus
from tests.tasks.world import SLUG, World

if TYPE_CHECKING:
    from collections.abc import Callable

TOWNS = ("berg", "krokom", "ragunda")
SHARED = """
    milestones:
      both: {by: 2024-03-01}
    phases:
      ask: {kind: consultation, consultees: towns, due: both, missing: close}
      write: {kind: drafting, text: draft, due: both, missing: hold}
"""
WAITING = """
    milestones:
      both: {by: 2024-03-01}
    phases:
      first: {kind: drafting, text: draft}
      write: {kind: drafting, after: first, text: summary, due: both}
"""
ORDERED = """
    milestones:
      decided: {by: 2024-05-31}
      ordered: {by: 2024-03-01, mandate: adopt}
    phases:
      adopt: {kind: adoption, text: plan, principals: towns, due: decided}
"""


def test_shared_milestone_is_met_on_the_day_of_the_last(begin: Callable[[str], World]) -> None:
    """What settles first keeps nothing by itself."""
    world = begin(SHARED)
    world.go("2024-02-05")
    for town in TOWNS:
        world.reply("ask/replies", town)
    assert world.phase("ask").status is PhaseStatus.CLOSED
    assert world.milestone("both").status is MilestoneStatus.PENDING
    world.go("2024-02-20")
    world.reply("write/draft", "office")
    milestone = world.milestone("both")
    assert (milestone.status, str(milestone.met_on)) == (MilestoneStatus.MET, "2024-02-20")


def test_shared_milestone_is_missed_when_one_part_is_open_and_names_the_silent_of_all(
    begin: Callable[[str], World],
) -> None:
    world = begin(SHARED)
    world.reply("ask/replies", "berg")
    world.go("2024-03-02")
    milestone = world.milestone("both")
    assert milestone.status is MilestoneStatus.MISSED
    assert sorted(milestone.missing) == ["krokom", "office", "ragunda"]
    world.reply("write/draft", "office")
    assert world.milestone("both").met_on is None, "two towns never answered"


def test_part_that_comes_late_keeps_it_late(begin: Callable[[str], World]) -> None:
    world = begin(SHARED)
    for town in TOWNS:
        world.reply("ask/replies", town)
    world.go("2024-03-10")
    assert world.milestone("both").missing == ["office"]
    world.reply("write/draft", "office")
    milestone = world.milestone("both")
    assert (milestone.status, str(milestone.met_on)) == (MilestoneStatus.MISSED, "2024-03-10")


def test_what_was_not_begun_is_missed_on_its_day_and_nobody_is_blamed(begin: Callable[[str], World]) -> None:
    """The phase that is to keep it is still planned; it is looked at when the day is over, and does not open."""
    world = begin(WAITING)
    assert world.phase("write").wake_at == world.place.end_of(date(2024, 3, 1))
    world.go("2024-03-02", "00:00")
    milestone = world.milestone("both")
    assert (milestone.status, milestone.missing) == (MilestoneStatus.MISSED, [])
    assert world.phase("write").status is PhaseStatus.PLANNED
    [told] = world.notices(NoticeKind.MISSED)
    assert (told.person_id, told.subject_id) == ("tiny/p1", "tiny/:both")
    assert told.data == {"milestone": "both", "missing": [], "policy": "not_begun"}
    assert world.phase("write").wake_at is None, "it is looked at once"
    assert world.extra_passes() == 0


def test_what_was_not_begun_in_time_can_be_done_late(begin: Callable[[str], World]) -> None:
    world = begin(WAITING)
    world.go("2024-03-10")
    world.reply("first/draft", "office")
    assert world.milestone("both").missing == [], "who is asked after the day was not silent on it"
    world.go("2024-03-12")
    world.reply("write/draft", "office")
    milestone = world.milestone("both")
    assert (milestone.status, str(milestone.met_on)) == (MilestoneStatus.MISSED, "2024-03-12")
    assert world.holds()


def test_promise_that_was_moved_in_time_is_looked_at_on_its_new_day(begin: Callable[[str], World]) -> None:
    world = begin(WAITING)
    move_milestone(
        world.register, SLUG, "both", date(2024, 3, 20), reason="late start", now=world.now, actor="coordinator"
    )  # fmt: skip
    assert world.phase("write").wake_at == world.place.end_of(date(2024, 3, 20))
    world.go("2024-03-15")
    assert world.milestone("both").status is MilestoneStatus.MOVED
    world.go("2024-03-22")
    assert world.milestone("both").status is MilestoneStatus.MISSED


def test_window_that_has_not_come_does_not_open_when_a_day_is_over(begin: Callable[[str], World]) -> None:
    """A planned phase is due for two reasons; only one of them opens it."""
    world = begin(
        """
        milestones:
          early: {by: 2024-02-01}
        phases:
          later: {kind: drafting, text: draft, in: 2024-04, due: early}
        """
    )
    world.go("2024-02-05")
    assert world.milestone("early").status is MilestoneStatus.MISSED
    assert world.phase("later").status is PhaseStatus.PLANNED
    world.go("2024-04-02")
    assert world.phase("later").status is PhaseStatus.OPEN


def test_mandate_is_missed_on_its_day_and_not_when_its_phase_closes(begin: Callable[[str], World]) -> None:
    world = begin(ORDERED)
    world.go("2024-03-02", "00:00")
    assert world.milestone("ordered").status is MilestoneStatus.MISSED
    [told] = world.notices(NoticeKind.MISSED)
    assert told.data == {"milestone": "ordered", "missing": [], "policy": "not_ended"}
    world.go("2024-04-10")
    for town in TOWNS:
        world.reply("adopt/decision", town)
    ordered = world.milestone("ordered")
    assert (ordered.status, str(ordered.met_on)) == (MilestoneStatus.MISSED, "2024-04-10")
    assert world.milestone("decided").status is MilestoneStatus.MET


def test_answers_that_a_coordinator_does_without_break_the_promise(begin: Callable[[str], World]) -> None:
    """Who had not answered is named, and the milestone does not wait for ever."""
    world = begin(SHARED)
    world.reply("ask/replies", "berg")
    close_step(world.register, "tiny/ask/replies", reason="enough", now=world.now, actor="coordinator")
    world.look()
    milestone = world.milestone("both")
    assert (milestone.status, milestone.missing) == (MilestoneStatus.MISSED, ["krokom", "ragunda"])


def test_promise_that_a_phase_ends_without_is_waived(begin: Callable[[str], World]) -> None:
    """The material is not sent out: nobody is asked for replies, and nobody has missed their date."""
    world = begin(
        """
        milestones:
          answers: {by: 2024-06-01}
          sending: {on: 2024-02-01}
        phases:
          ask:
            {kind: consultation, consultees: towns, material: plan, due: answers, sent_out_by: board,
             sending_meeting: sending}
        """
    )
    world.go("2024-02-02")
    world.reply("ask/sending-out", "board", "rejects", comment="not ready")
    assert world.phase("ask").status is PhaseStatus.CLOSED
    assert world.milestone("answers").status is MilestoneStatus.WAIVED
    assert world.milestone("sending").status is MilestoneStatus.MET


RULING = """
    milestones:
      meeting: {on: 2024-03-14}
    phases:
      ask: {kind: consultation, consultees: towns, ruling_by: board, meeting: meeting}
"""


def moved(world: World, key: str, day: str) -> None:
    """The coordinator moves a milestone."""
    to = date.fromisoformat(day)
    move_milestone(world.register, SLUG, key, to, reason="the chair is ill", now=world.now, actor="coordinator")
    world.look()


def test_replies_that_prepare_a_meeting_follow_it(begin: Callable[[str], World]) -> None:
    """They are wanted by the day before; who is waited for is told of both days."""
    world = begin(RULING)
    assert world.step("ask/replies").due_before == world.place.end_of(date(2024, 3, 13))
    world.reply("ask/replies", "berg")
    moved(world, "meeting", "2024-03-21")
    assert world.step("ask/replies").due_before == world.place.end_of(date(2024, 3, 20))
    told = world.notices(NoticeKind.MOVED)
    assert [row.person_id for row in told] == ["tiny/p7", "tiny/p8"]
    assert told[0].data == {
        "milestone": "meeting", "from": "2024-03-13", "to": "2024-03-20", "reason": "the chair is ill",
    }  # fmt: skip
    world.go("2024-03-15")
    assert world.step("ask/replies").missed_at is None


def test_report_is_asked_for_on_the_day_that_the_meeting_has_now(begin: Callable[[str], World]) -> None:
    """The mail waits for the new day, whether it is later or earlier, and is not sent besides as news of a move."""
    world = begin(RULING)
    for town in TOWNS:
        world.reply("ask/replies", town)
    for day in ("2024-03-21", "2024-03-19"):
        moved(world, "meeting", day)
        [asked] = [row for row in world.notices(NoticeKind.ASKED) if row.step_id == "tiny/ask/ruling"]
        assert asked.send_from == world.place.at(date.fromisoformat(day), world.definition.send_at)
        [owed] = [row for row in world.rows(Delivery) if row.notice_id == asked.id]
        assert owed.next_attempt_at == asked.send_from
    assert [row for row in world.notices(NoticeKind.MOVED) if row.step_id == "tiny/ask/ruling"] == []
    assert str(world.step("ask/ruling").not_before) == "2024-03-19"
    assert world.holds()


def test_report_that_has_been_asked_for_is_told_of_the_move(begin: Callable[[str], World]) -> None:
    world = begin(RULING)
    for town in TOWNS:
        world.reply("ask/replies", town)
    world.go("2024-03-14")
    moved(world, "meeting", "2024-03-21")
    [told] = [row for row in world.notices(NoticeKind.MOVED) if row.step_id == "tiny/ask/ruling"]
    assert (told.data["from"], told.data["to"]) == ("2024-03-14", "2024-03-21")


def test_what_no_phase_names_is_waived_when_the_cycle_ends(begin: Callable[[str], World]) -> None:
    """Nobody was asked for it, so nobody has kept it or missed it; an ended cycle has no promise that waits."""
    world = begin(
        """
        milestones:
          nobodys: {by: 2024-02-20}
        phases:
          write: {kind: drafting, text: draft}
        """
    )
    world.go("2024-03-01")
    assert world.milestone("nobodys").status is MilestoneStatus.PENDING
    world.reply("write/draft", "office")
    assert world.milestone("nobodys").status is MilestoneStatus.WAIVED
    assert world.holds()
