"""Dated promises: moved, followed, fixed by events, kept and missed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from engine.commands.coordinate import CannotDo, move_milestone
from models.notice import NoticeKind
from models.phase import MilestoneStatus, PhaseStatus
from models.register import UnknownCycle
from tests.tasks.world import SLUG, World

if TYPE_CHECKING:
    from collections.abc import Callable

TOWNS = ("berg", "krokom", "ragunda")


def move(world: World, key: str, day: str, reason: str = "the board met late") -> list[str]:
    """The coordinator moves a milestone."""
    moved = move_milestone(
        world.register, SLUG, key, date.fromisoformat(day), reason=reason, now=world.now, actor="coordinator"
    )
    world.look()
    return moved


def test_moving_moves_the_question_and_tells_who_is_waited_for(consultation: World) -> None:
    """With both days and the reason; who has answered is left in peace."""
    consultation.reply("ask/replies", "berg")
    assert move(consultation, "answers", "2024-04-05") == ["answers"]
    milestone = consultation.milestone("answers")
    assert (milestone.status, str(milestone.due_on), str(milestone.promised)) == (
        MilestoneStatus.MOVED, "2024-04-05", "2024-03-01",
    )  # fmt: skip
    assert consultation.step("ask/replies").due_before == consultation.place.end_of(date(2024, 4, 5))
    told = consultation.notices(NoticeKind.MOVED)
    assert [n.person_id for n in told] == ["tiny/p7", "tiny/p8"]
    assert told[0].data == {
        "milestone": "answers", "from": "2024-03-01", "to": "2024-04-05", "reason": "the board met late",
    }  # fmt: skip


def test_reminders_follow_the_moved_day(consultation: World) -> None:
    """Counted back from the new day, and none for the old one."""
    move(consultation, "answers", "2024-04-05")
    consultation.go("2024-04-04")
    reminded = {consultation.place.today(n.send_from).isoformat() for n in consultation.notices(NoticeKind.REMINDED)}
    assert reminded == {"2024-03-22", "2024-04-02"}


def test_day_may_move_back_and_forth(consultation: World) -> None:
    """Every time those who are waited for are told, also when it is a day that they have heard of before."""
    for day in ("2024-04-05", "2024-03-01", "2024-04-05"):
        move(consultation, "answers", day)
    assert [n.data["to"] for n in consultation.notices(NoticeKind.MOVED) if n.person_id == "tiny/p6"] == [
        "2024-04-05", "2024-03-01", "2024-04-05",
    ]  # fmt: skip


def test_moving_to_the_same_day_is_nothing(consultation: World) -> None:
    """Nobody is written to, and nothing is journaled."""
    length = consultation.journal_length()
    assert move(consultation, "answers", "2024-03-01") == []
    assert consultation.journal_length() == length


def test_missed_milestone_can_be_moved_and_kept_after_all(adoption: World) -> None:
    """The miss is taken back from the milestone; the journal remembers it."""
    adoption.go("2024-03-03")
    assert adoption.milestone("decided").status is MilestoneStatus.MISSED
    move(adoption, "decided", "2024-03-20")
    assert adoption.milestone("decided").missing == []
    assert adoption.step("adopt/decision").missed_at is None
    for town in TOWNS:
        assert not adoption.reply("adopt/decision", town).late
    assert adoption.milestone("decided").status is MilestoneStatus.MET
    assert "milestone_missed" in adoption.all_events()


def test_moving_into_the_past_misses_at_once(consultation: World) -> None:
    """It is allowed: the day was wrong, and it is over."""
    consultation.go("2024-02-20")
    move(consultation, "answers", "2024-02-01")
    assert consultation.milestone("answers").status is MilestoneStatus.MISSED
    assert consultation.phase("ask").status is PhaseStatus.CLOSED


@pytest.mark.parametrize(
    ("key", "reason", "said"),
    [("nothing", "because", "there is no milestone 'nothing'"), ("answers", "  ", "give a reason")],
)
def test_what_cannot_be_moved(consultation: World, key: str, reason: str, said: str) -> None:
    """The refusal says why."""
    with pytest.raises(CannotDo, match=said):
        move(consultation, key, "2024-04-05", reason)


def test_kept_promise_cannot_be_moved(consultation: World) -> None:
    """What has been is no longer promised."""
    for town in TOWNS:
        consultation.reply("ask/replies", town)
    with pytest.raises(CannotDo):
        move(consultation, "answers", "2024-04-05")


def test_unknown_cycle(consultation: World) -> None:
    """There is nothing to move."""
    with pytest.raises((CannotDo, UnknownCycle), match="there is no cycle 'other'"):
        move_milestone(
            consultation.register, "other", "answers", date(2024, 4, 5), reason="r", now=consultation.now, actor="a"
        )


FOLLOWING = """
    milestones:
      answers: {by: 2024-03-01}
      summary: {by: "+2w after answers"}
      printed: {by: "+1m after summary"}
    phases:
      ask: {kind: consultation, consultees: towns, due: answers}
      sum-up: {kind: drafting, text: summary, due: summary}
"""


def test_what_follows_from_a_milestone_moves_with_it(begin: Callable[[str], World]) -> None:
    """Also what follows from a follower; open questions get the new day."""
    world = begin(FOLLOWING)
    assert [str(world.milestone(key).due_on) for key in ("summary", "printed")] == ["2024-03-15", "2024-04-15"]
    assert move(world, "answers", "2024-03-11") == ["answers", "summary", "printed"]
    assert [str(world.milestone(key).due_on) for key in ("summary", "printed")] == ["2024-03-25", "2024-04-25"]
    assert world.step("sum-up/draft").due_before == world.place.end_of(date(2024, 3, 25))


def test_kept_follower_stays_where_it_was(begin: Callable[[str], World]) -> None:
    """A promise that has been kept does not become another one."""
    world = begin(FOLLOWING)
    world.reply("sum-up/draft", "office")
    assert move(world, "answers", "2024-03-11") == ["answers"]
    assert world.milestone("summary").status is MilestoneStatus.MET


def test_date_after_a_phase_is_fixed_when_the_phase_closes(begin: Callable[[str], World]) -> None:
    """Until then nobody knows it; then it counts from that day."""
    world = begin(
        """
        milestones:
          summary: {by: "+2w after ask.closed"}
          printed: {by: "+1w after summary"}
        phases:
          ask: {kind: consultation, consultees: towns}
          sum-up: {kind: drafting, after: ask, text: summary, due: summary}
        """
    )
    assert world.milestone("summary").due_on is None
    world.go("2024-02-06")
    for town in TOWNS:
        world.reply("ask/replies", town)
    assert [str(world.milestone(key).due_on) for key in ("summary", "printed")] == ["2024-02-20", "2024-02-27"]
    assert world.step("sum-up/draft").due_before == world.place.end_of(date(2024, 2, 20))


def test_date_after_an_opening_reaches_a_question_that_waits_without_one(begin: Callable[[str], World]) -> None:
    """A question may be out before its date is known; it then gets one, and reminders with it."""
    world = begin(
        """
        milestones:
          answers: {by: "+5w after later.opened"}
        phases:
          ask: {kind: consultation, consultees: towns, due: answers}
          later: {kind: drafting, text: draft, in: 2024-02}
        """
    )
    assert world.step("ask/replies").due_before is None
    world.go("2024-02-01")
    step = world.step("ask/replies")
    assert step.due_before == world.place.end_of(date(2024, 3, 7))
    assert step.next_reminder_at is not None


def test_quarter_is_decided_in_the_quarter(begin: Callable[[str], World]) -> None:
    """What is promised for a period is not expected before the period."""
    world = begin(
        """
        milestones:
          in-use: {in: 2024-Q2}
        phases:
          adopt: {kind: adoption, text: plan, principals: towns, due: in-use}
        """
    )
    assert str(world.step("adopt/decision").not_before) == "2024-04-01"
    assert world.step("adopt/decision").due_before == world.place.end_of(date(2024, 6, 30))
