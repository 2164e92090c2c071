"""Formal meetings, on a board that the test speaks for: called, held, recorded."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from config.loader import DefinitionError
from engine.commands.answer import BadAnswer
from engine.commands.coordinate import cancel_cycle, move_milestone
from models.assignment import Decision, Document
from models.meeting import Meeting, MeetingStatus
from models.notice import NoticeKind
from tests.tasks.meetings import HEAD, attestation, board, items, meeting, record
from tests.tasks.world import World, tiny

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def world() -> Iterator[World]:
    opened = board()
    yield opened
    opened.register.close()


def test_the_body_is_called_so_long_before_as_is_said(world: World) -> None:
    world.go("2024-05-26", "20:00")
    assert not world.notices(NoticeKind.SUMMONED)
    assert meeting(world).status is MeetingStatus.PLANNED
    world.go("2024-05-27")
    assert len(world.notices(NoticeKind.SUMMONED)) == 7
    assert list(items(world)) == ["item-1", "plan", "stores", "item-4"]


def test_a_moved_meeting_calls_later_when_nobody_has_been_called(world: World) -> None:
    move_milestone(
        world.register, "tiny", "day", date(2024, 6, 17), reason="The hall.", now=world.now, actor="office"
    )  # fmt: skip
    world.go("2024-06-02")
    assert not world.notices(NoticeKind.SUMMONED)
    world.go("2024-06-03")
    assert {row.data["sequence"] for row in world.notices(NoticeKind.SUMMONED)} == {0}


def test_a_moved_meeting_tells_everybody_who_was_called(world: World) -> None:
    world.go("2024-05-28")
    move_milestone(
        world.register, "tiny", "day", date(2024, 6, 17), reason="The hall.", now=world.now, actor="office"
    )  # fmt: skip
    told = [row for row in world.notices(NoticeKind.SUMMONED) if row.data["sequence"] == 1]
    assert len(told) == 7
    assert (meeting(world).day, meeting(world).sequence) == (date(2024, 6, 17), 1)
    assert world.holds()


def test_a_cancelled_cycle_calls_its_meetings_off(world: World) -> None:
    world.go("2024-05-28")
    cancel_cycle(world.register, "tiny", reason="No longer wanted.", now=world.now, actor="office")
    assert len(world.notices(NoticeKind.CALLED_OFF)) == 7
    assert meeting(world).status is MeetingStatus.CALLED_OFF
    assert world.holds()


def test_minutes_are_numbered_from_one_and_run_on(world: World) -> None:
    world.go("2024-06-11")
    record(world)
    for who in ("board.member-1", "board.member-2"):
        world.reply("sitting/attestation", who)
    world.go("2024-08-15")
    record(world, "next/minutes")
    assert [row.paragraph for row in items(world).values()] == [1, 2, 3, 4]
    assert [row.paragraph for row in items(world, "next").values()] == [5, 6]


def test_what_was_carried_over_is_on_the_next_agenda_before_its_last_item(world: World) -> None:
    world.go("2024-06-11")
    record(world, item__stores__outcome="carried_over", item__plan__outcome="tabled")
    for who in ("board.member-1", "board.member-2"):
        world.reply("sitting/attestation", who)
    assert world.phase("sitting").outcome["result"] == "postponed"  # type: ignore[index]
    world.go("2024-08-01")
    assert list(items(world, "next")) == ["item-1", "plan", "stores", "item-2"]
    assert items(world)["plan"].continued_in == items(world, "next")["plan"].id


def test_a_decision_stands_in_the_record_once_the_minutes_are_attested(world: World) -> None:
    world.go("2024-06-11")
    record(world, item__plan__outcome="decided", item__plan__approve="3", item__plan__reject="2")
    assert not world.rows(Decision)
    world.reply("sitting/attestation", "board.member-1")
    assert not world.rows(Decision)
    world.reply("sitting/attestation", "board.member-2")
    [decision] = world.rows(Decision)
    assert (decision.paragraph, decision.force, decision.outcome) == ("§ 2", "adopts", "approved")
    assert decision.tally == {"approve": 3, "reject": 2, "abstain": 0}
    assert decision.decided_on == date(2024, 6, 10)
    assert attestation(world).attested_on == date(2024, 6, 11)


def test_a_decision_without_a_quorum_is_refused_and_nothing_is_written(world: World) -> None:
    world.go("2024-06-11")
    away = {f"present__member-{n}": "" for n in (1, 2, 3)}
    with pytest.raises(BadAnswer, match="Too few took part to decide: 2 of the 3"):
        record(world, **away, item__plan__outcome="agreement")
    assert meeting(world).status is MeetingStatus.SUMMONED
    record(world, **away, attestor__1="chair-1", attestor__2="member-4")
    assert meeting(world).status is MeetingStatus.NOT_QUORATE
    assert items(world)["plan"].outcome == "carried_over"


def test_a_substitute_makes_the_quorum_and_stands_in_the_minutes(world: World) -> None:
    world.go("2024-06-11")
    away = {f"present__member-{n}": "" for n in (1, 2, 3)}
    record(world, **away, **{"instead__substitute-1": "member-1", "item__plan__outcome": "agreement"})
    assert meeting(world).present == ["chair-1", "member-4", "substitute-1"]
    assert meeting(world).instead == {"substitute-1": "member-1"}
    assert meeting(world).status is MeetingStatus.HELD


def test_nobodys_minutes_are_taken_twice(world: World) -> None:
    """A pass more than is needed does nothing."""
    world.go("2024-06-11")
    record(world)
    assert world.extra_passes() == 0


def test_plain_meetings_are_built_on_the_same_table() -> None:
    rest = """
    milestones: {day: {on: 2024-06-10}}
    phases:
      ask: {kind: consultation, consultees: board, ruling_by: board, meeting: day, in: 2024-05}
    """
    head = HEAD.replace("RULES", "advisory").replace("SEATS", "")
    world = World(tiny(rest, head))
    world.reply("ask/replies", "board")
    row = world._one(Meeting, "tiny/ask/ruling!meeting")
    assert (row.formal, row.day, row.status) == (False, date(2024, 6, 10), MeetingStatus.SUMMONED)
    world.go("2024-06-10")
    world.reply("ask/ruling", "board.secretary")
    assert world._one(Meeting, "tiny/ask/ruling!meeting").status is MeetingStatus.HELD
    assert [m["status"] for m in world.report()["meetings"]] == ["held"]
    world.register.close()


@pytest.mark.parametrize(
    ("more", "rules", "message"),
    [
        ("summons: 6d", "se-kl-council", "a week ahead at least"),
        ("attest_within: 15d", "se-kl-committee", "within 14 days"),
        ("notice: true", "advisory", "the law asks for a notice only of"),
        ("first_paragraph: 0", "advisory", "too small"),
    ],
)
def test_definitions_that_the_law_forbids_are_refused(more: str, rules: str, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        board(more, rules)


def test_who_has_a_conflict_leaves_and_a_substitute_decides_instead(world: World) -> None:
    """KL 6:28-30. Whoever left is neither counted nor in the votes, and the minutes say who stepped in."""
    world.go("2024-06-11")
    leaving = {
        "instead__substitute-1": "without-vote",
        "item__plan__conflict": "member 2",
        "item__plan__outcome": "decided",
    }
    with pytest.raises(BadAnswer, match="More have voted than took part: 4 took part"):
        record(world, **leaving, item__plan__stepped_in="", item__plan__approve="5")
    record(world, **leaving, item__plan__approve="3", item__plan__reject="2", item__plan__reserved="substitute")
    row = items(world)["plan"]
    assert (row.conflict, row.stepped_in, row.taking_part) == (["member-2"], {"substitute-1": "member-2"}, 5)
    [text] = [row.content for row in world.rows(Document) if row.key == "minutes-sitting"]
    assert "Left because of a conflict of interest: member 2" in text
    assert "substitute takes the place of member 2" in text
    assert "Reservation: substitute." in text


def test_who_presides_instead_of_the_chair_stands_in_the_minutes(world: World) -> None:
    """The chair has a conflict and leaves (KL 6:28); somebody else is in the chair for the item."""
    world.go("2024-06-11")
    record(world, item__plan__conflict="chair", item__plan__presided="member 2")
    assert items(world)["plan"].presided == "member-2"
    [text] = [row.content for row in world.rows(Document) if row.key == "minutes-sitting"]
    assert "In the chair for this item: member 2" in text


def test_conflicts_may_leave_a_council_below_its_quorum_and_a_committee_not(world: World) -> None:
    """KL 5:46 against 6:27: in the committee the item is undecided, and the body is called again."""
    few = {"item__plan__conflict": "member 1, member 2, member 3"}
    world.go("2024-06-11")
    record(world, **few, attestor__1="member-4", attestor__2="member-3")
    assert items(world)["plan"].outcome == "carried_over"
    assert world.step("sitting/new-day").settled_at is None
    council = board(rules="se-kl-council")
    council.go("2024-06-11")
    record(council, **few, item__plan__outcome="agreement")
    assert items(council)["plan"].taking_part == 2
    council.register.close()


def test_equal_votes_for_an_attestor_are_settled_by_lot(world: World) -> None:
    """KL 5:56; the lot is recorded, and stands in the minutes."""
    world.go("2024-06-11")
    vote = {"attestor__stood": "member 1, member 2, member 3", "attestor__votes": "4, 3, 3", "attestor__closed": "yes"}
    who = {"attestor__1": "member-1", "attestor__2": "member-3"}
    with pytest.raises(BadAnswer, match="Write on whom the lot fell"):
        record(world, **who, **vote)
    record(world, **who, **vote, attestor__lot="member 3")
    row = meeting(world)
    assert row.attestors == ["member-1", "member-3"]
    assert row.election == {"votes": {"member-1": 4, "member-2": 3, "member-3": 3}, "lot": ["member-3"], "closed": True}
    [text] = [row.content for row in world.rows(Document) if row.key == "minutes-sitting"]
    assert "the lot fell on: member 3" in text
    assert "closed ballot" in text


def test_in_a_danish_council_equal_votes_mean_that_the_proposal_falls() -> None:
    """KSL 11; the minutes are called what they are called in Denmark, and dissent goes along (KSL 13 (2))."""
    world = board(rules="dk-ksl", language="da")
    world.go("2024-06-11")
    tie = {"item__plan__approve": "2", "item__plan__reject": "2", "item__plan__abstain": "1"}
    with pytest.raises(BadAnswer, match="come to something else"):
        record(world, **tie, item__plan__outcome="decided")
    differing = {"item__plan__reserved": "medlem 1", "item__plan__reservation": "Nej.", "item__plan__sent_along": "yes"}
    record(world, **tie, item__plan__outcome="rejected", **differing)
    for who in ("board.member-1", "board.member-2"):
        world.reply("sitting/attestation", who)
    [decision] = world.rows(Decision)
    assert decision.outcome == "rejected"
    assert decision.reservations == "Afvigende mening: medlem 1. Nej.\nDen sendes med sagen."
    assert world.phase("sitting").outcome["result"] == "rejected"  # type: ignore[index]
    [minutes] = [row for row in world.rows(Document) if row.key == "minutes-sitting"]
    assert minutes.title.startswith("Referat, ")
    world.register.close()
