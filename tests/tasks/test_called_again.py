"""A body that comes to no decision is called again, and nothing goes on as though it had decided."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from engine.commands.answer import BadAnswer
from engine.commands.coordinate import close_step, move_milestone
from models.assignment import Decision
from models.meeting import Meeting, MeetingStatus
from models.notice import NoticeKind
from models.phase import PhaseStatus
from tests.tasks.meetings import HEAD, board, items, record
from tests.tasks.world import World, tiny

if TYPE_CHECKING:
    from collections.abc import Iterator

AWAY = {f"present__member-{number}": "" for number in (1, 2, 3)}
ATTESTING = {"attestor__1": "chair-1", "attestor__2": "member-4"}


@pytest.fixture
def world() -> Iterator[World]:
    opened = board()
    yield opened
    opened.register.close()


def meets(world: World, number: int) -> Meeting:
    return world._one(Meeting, f"tiny/sitting!meeting-{number}")


def attest(world: World, step: str, *seats: str) -> None:
    for seat in seats:
        world.reply(step, f"board.{seat}")


def too_few(world: World) -> None:
    world.go("2024-06-11")
    record(world, **AWAY, **ATTESTING)


def test_the_secretary_says_when_the_body_meets_again_and_it_decides_then(world: World) -> None:
    too_few(world)
    assert world.phase("next").status is PhaseStatus.PLANNED
    [told] = world.notices(NoticeKind.NO_DECISION)
    assert (told.data["result"], told.data["day"]) == ("not_quorate", None)
    world.reply("sitting/new-day", "board.secretary", day="2024-06-27")
    world.go("2024-06-28")
    assert list(items(world, "sitting", 2)) == ["item-1", "plan", "item-4"]
    record(world, "sitting/minutes-2")
    attest(world, "sitting/attestation-2", "member-1", "member-2")
    assert world.phase("sitting").status is PhaseStatus.OPEN  # the first meeting's minutes are not attested yet
    attest(world, "sitting/attestation", "chair-1", "member-4")
    assert world.phase("sitting").outcome["result"] == "approved"  # type: ignore[index]
    decided = [(row["on"], row["outcome"]) for row in world.report()["decisions"]]
    assert decided == [("2024-06-10", "carried_over"), ("2024-06-27", "approved")]
    assert world.milestone("day-2").met_on == date(2024, 6, 27)
    assert world.extra_passes() == 0
    assert world.holds()


def test_the_definition_says_when_the_body_meets_again() -> None:
    world = board("attestation: whole\n    called_again: 10d")
    too_few(world)
    assert meets(world, 2).day == date(2024, 6, 25)  # called a fortnight ahead; not on the tenth day, which is too soon
    [told] = world.notices(NoticeKind.NO_DECISION)
    assert told.data["day"] == "2024-06-25"
    assert meets(world, 2).follows == "tiny/sitting!meeting"
    world.register.close()


def test_a_day_that_is_too_soon_for_the_summons_is_refused(world: World) -> None:
    too_few(world)
    with pytest.raises(BadAnswer, match=r"called 14 days ahead. The first day on which it can meet is 2024-06-25"):
        world.reply("sitting/new-day", "board.secretary", day="2024-06-24")


def test_the_new_day_can_be_moved_like_any_other(world: World) -> None:
    too_few(world)
    world.reply("sitting/new-day", "board.secretary", day="2024-07-01")
    move_milestone(
        world.register, "tiny", "day-2", date(2024, 7, 5), reason="The hall.", now=world.now, actor="office"
    )  # fmt: skip
    assert meets(world, 2).day == date(2024, 7, 5)


def test_a_coordinator_may_leave_it_undecided(world: World) -> None:
    too_few(world)
    close_step(world.register, "tiny/sitting/new-day", reason="No longer needed.", now=world.now, actor="office")
    world.look()
    attest(world, "sitting/attestation", "chair-1", "member-4")
    assert world.phase("sitting").outcome["result"] == "not_quorate"  # type: ignore[index]


def test_minutes_written_anew_cannot_decide_what_the_body_has_been_called_again_about(world: World) -> None:
    too_few(world)
    world.reply("sitting/new-day", "board.secretary", day="2024-06-27")
    world.reply("sitting/attestation", "board.chair-1", "rejects", "Three more were there.")
    world.reply("sitting/attestation", "board.member-4")
    with pytest.raises(BadAnswer, match="has been called again about this"):
        record(world, "sitting/minutes~2", item__plan__outcome="agreement")
    record(world, "sitting/minutes~2", item__plan__outcome="carried_over")
    assert world._one(Meeting, "tiny/sitting!meeting").status is MeetingStatus.HELD
    assert meets(world, 2).status is MeetingStatus.PLANNED


def test_by_consensus_one_against_gives_no_decision() -> None:
    """No rejection either: the body is called again, and what it decided stays decided."""
    world = board(rules="advisory")
    world.go("2024-06-11")
    votes = {"item__plan__approve": "4", "item__plan__reject": "1"}
    with pytest.raises(BadAnswer, match="these votes give no decision"):
        record(world, item__plan__outcome="rejected", **votes)
    record(world, item__plan__outcome="no_decision", **votes)
    attest(world, "sitting/attestation", "member-1", "member-2")
    assert world.decisions() == {"board": ["no_decision"]}
    assert world.phase("sitting").status is PhaseStatus.OPEN
    world.reply("sitting/new-day", "board.secretary", day="2024-06-27")
    world.go("2024-06-28")
    record(world, "sitting/minutes-2")
    attest(world, "sitting/attestation-2", "member-1", "member-2")
    assert world.phase("sitting").outcome["result"] == "approved"  # type: ignore[index]
    world.register.close()


PLAIN = """
milestones: {day: {on: 2024-06-10}}
phases:
  goals:
    kind: goal_setting
    body: board
    approved_at: meeting
    meetings: [2024-06-10]
    due: day
    outcome: {text: plan}
    force: recommends
    MORE
  told: {kind: information, after: goals, to: board}
"""


def plain(more: str = "called_again: 21d", rules: str = "advisory") -> World:
    head = HEAD.replace("RULES", rules).replace("SEATS", "")
    world = World(tiny(PLAIN.replace("MORE", more), head))
    world.reply("goals/proposal", "office", text="The plan")
    world.go("2024-06-10")
    return world


def report(world: World, position: str, step: str = "goals/approval", **votes: object) -> None:
    said = {name.replace("__", "."): str(value) for name, value in votes.items()}
    world.reply(step, "board.secretary", position, "Because.", **said)


def test_a_plain_meeting_without_consensus_is_called_again() -> None:
    world = plain()
    with pytest.raises(BadAnswer, match="rules give no decision"):
        report(world, "rejects", votes_for=4, votes_against=1)
    report(world, "no_decision", votes_for=4, votes_against=1)
    assert world.decisions() == {"board": ["no_decision"]}
    assert world.phase("told").status is PhaseStatus.PLANNED
    again = world._one(Meeting, "tiny/goals/approval-2!meeting")
    assert (again.day, again.status) == (date(2024, 7, 1), MeetingStatus.SUMMONED)
    assert [row.data["day"] for row in world.notices(NoticeKind.NO_DECISION)] == ["2024-07-01"]
    world.go("2024-07-01")
    report(world, "approves", "goals/approval-2", votes_for=5, votes_against=0)
    assert world.phase("goals").outcome["result"] == "approved"  # type: ignore[index]
    assert world.holds()
    world.register.close()


def test_a_plain_meeting_below_its_quorum_decides_nothing() -> None:
    world = plain(more="", rules="se-kl-committee")
    with pytest.raises(BadAnswer, match="Only 2 of 5 members took part"):
        report(world, "rejects", votes_for=0, votes_against=2)
    report(world, "no_decision", votes_for=0, votes_against=2)
    world.reply("goals/new-day", "board.secretary", day="2024-06-20")
    assert world._one(Meeting, "tiny/goals/approval-2!meeting").day == date(2024, 6, 20)
    world.register.close()


def test_two_decisions_on_one_matter_each_with_its_own_outcome() -> None:
    """What is decided stays so; the body is called again only for the rest."""
    world = plain("called_again: 21d\n    decisions: [adopts, recommends]")
    report(
        world, "no_decision", adopts__outcome="approved", adopts__votes_for=5, adopts__votes_against=0,
        recommends__votes_for=4, recommends__votes_against=1,
    )  # fmt: skip
    assert {(row.force, row.outcome) for row in world.rows(Decision)} == {
        ("adopts", "approved"), ("recommends", "no_decision"),
    }  # fmt: skip
    form = world.step("goals/approval-2").form
    assert form is not None
    assert form["decisions"] == ["recommends"]
    world.go("2024-07-01")
    report(world, "rejects", "goals/approval-2")
    assert world.phase("goals").outcome["result"] == "approved"  # type: ignore[index]
    assert world.phase("goals").outcome["detail"] == "1/2"  # type: ignore[index]
    world.register.close()


def test_a_body_that_tables_a_matter_is_called_to_another_meeting() -> None:
    """It meets on another day, to which everybody is called; the coordinator hears of it, and the rest waits."""
    world = plain()
    called = len(world.notices(NoticeKind.SUMMONED))
    report(world, "table")
    assert world.decisions() == {"board": ["tabled"]}
    assert world.phase("told").status is PhaseStatus.PLANNED
    assert world._one(Meeting, "tiny/goals/approval!meeting").status is MeetingStatus.HELD
    assert world._one(Meeting, "tiny/goals/approval-2!meeting").day == date(2024, 7, 1)
    assert len(world.notices(NoticeKind.SUMMONED)) == 2 * called
    assert [row.data["result"] for row in world.notices(NoticeKind.NO_DECISION)] == ["tabled"]
    world.go("2024-07-01")
    report(world, "approves", "goals/approval-2")
    assert world.phase("goals").outcome["result"] == "approved"  # type: ignore[index]
    assert world.holds()
    world.register.close()


def test_a_minority_tables_a_matter_once_and_not_at_the_next_meeting() -> None:
    """KL 5:50: a third of those present; then it takes a majority."""
    world = plain(rules="se-kl-council")
    with pytest.raises(BadAnswer, match="neither tabled nor referred back"):
        report(world, "table", votes_for=1, votes_against=4)
    report(world, "table", votes_for=2, votes_against=3)
    world.go("2024-07-01")
    with pytest.raises(BadAnswer, match="a minority has put it off once before"):
        report(world, "table", "goals/approval-2", votes_for=2, votes_against=3)
    report(world, "table", "goals/approval-2", votes_for=3, votes_against=2)
    assert world._one(Meeting, "tiny/goals/approval-3!meeting").status is MeetingStatus.SUMMONED
    world.register.close()


def test_one_of_two_decisions_is_tabled_with_votes_of_its_own() -> None:
    world = plain("called_again: 21d\n    decisions: [adopts, recommends]", rules="se-kl-committee")
    said = {"adopts__outcome": "approved", "recommends__outcome": "tabled", "recommends__votes_for": 2}
    with pytest.raises(BadAnswer, match="neither tabled nor referred back"):
        report(world, "table", **said, recommends__votes_against=3)
    with pytest.raises(BadAnswer, match="does not fit the decisions"):
        report(world, "approves", **{**said, "recommends__votes_for": 4}, recommends__votes_against=1)
    report(world, "table", **{**said, "recommends__votes_for": 4}, recommends__votes_against=1)
    decided = {row.force: row.outcome for row in world.rows(Decision)}
    assert decided == {"adopts": "approved", "recommends": "tabled"}
    form = world.step("goals/approval-2").form
    assert form is not None
    assert form["decisions"] == ["recommends"]
    world.register.close()


def test_an_answer_that_does_not_fit_its_decisions_is_refused() -> None:
    world = plain("decisions: [adopts, recommends]")
    with pytest.raises(BadAnswer, match="does not fit the decisions"):
        report(world, "rejects", adopts__outcome="approved")
    world.register.close()


def test_ballots_by_mail_below_the_quorum_are_asked_for_again_about_the_same_text() -> None:
    rest = """
    phases:
      describe:
        kind: project_description
        author: office
        approved_by: board
        in: 2024-05
    """
    world = World(tiny(rest, HEAD.replace("RULES", "se-kl-committee").replace("SEATS", "")))
    world.reply("describe/description", "office", text="How")
    world.reply("describe/approval", "board.chair-1", "approves")
    world.go("2024-06-01")
    assert world.decisions() == {"board": ["no_decision"]}
    assert world.step("describe/approval~2").about == world.step("describe/approval").about
    [told] = world.notices(NoticeKind.NO_DECISION)
    assert told.data["asked"]
    world.register.close()
