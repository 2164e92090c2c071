"""Formal meetings, on a board that the test speaks for: called, recorded, attested, announced."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from config.check import check
from config.loader import DefinitionError
from engine.commands.answer import BadAnswer
from engine.commands.coordinate import cancel_cycle, close_step, move_milestone
from models.assignment import Decision
from models.forms.minutes import MinutesForm
from models.meeting import Attestation, Meeting, MeetingStatus, MinutesItem
from models.notice import NoticeKind
from models.phase import PhaseStatus
from tests.tasks.world import World, tiny

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD = """\
cycle: tiny
title: A tiny cycle
language: en
begins: 2024-05-01
coordinator: office
bodies:
  office: {name: The office, seats: {contact: 1}}
  board:
    name: The board
    rules: RULES
    seats: {chair: 1, members: 4, substitutes: 1, secretary: 1SEATS}
"""
REST = """
milestones:
  day: {on: 2024-06-10}
  later: {on: 2024-08-14}
phases:
  sitting:
    kind: meeting
    body: board
    on: day
    time: 13:00
    attestors: 2
    MORE
    agenda:
      - Opening
      - {key: plan, title: The plan, decision: adopts}
      - {key: stores, title: Stores}
      - Closing
  next:
    kind: meeting
    after: sitting
    body: board
    on: later
    time: 9:30
    agenda: [Opening, Closing]
"""


def board(more: str = "attestation: whole", rules: str = "se-kl-committee", seats: str = "") -> World:
    """The board, with its rules and what else the first meeting says."""
    head = HEAD.replace("RULES", rules).replace("SEATS", seats)
    return World(tiny(REST.replace("MORE", more), head))


@pytest.fixture
def world() -> Iterator[World]:
    opened = board()
    yield opened
    opened.register.close()


def record(world: World, step: str = "sitting/minutes", **wishes: str) -> None:
    """The secretary records what nobody would quarrel with, except for `wishes`."""
    form = MinutesForm.model_validate(world.step(step).form)
    content = form.rehearsed({name.replace("__", "."): said for name, said in wishes.items()}, "2024-06-10")
    world.reply(step, "board.secretary", **content)


def meeting(world: World, phase: str = "sitting") -> Meeting:
    return world._one(Meeting, f"tiny/{phase}!meeting")


def items(world: World, phase: str = "sitting") -> dict[str, MinutesItem]:
    mine = [row for row in world.rows(MinutesItem) if row.meeting_id == f"tiny/{phase}!meeting"]
    return {row.key: row for row in sorted(mine, key=lambda row: row.ordinal)}


def attestation(world: World) -> Attestation:
    return next(row for row in world.rows(Attestation) if row.id == "tiny/sitting!meeting/attestation")


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


def test_minutes_that_are_refused_are_written_anew(world: World) -> None:
    world.go("2024-06-11")
    record(world)
    world.reply("sitting/attestation", "board.member-1", "rejects", "The vote is missing.")
    world.reply("sitting/attestation", "board.member-2")
    assert "The vote is missing." in world.step("sitting/minutes~2").question["en"]
    assert not meeting(world).public_from
    record(world, "sitting/minutes~2")
    for who in ("board.member-1", "board.member-2"):
        world.reply("sitting/attestation~2", who)
    assert [row.paragraph for row in items(world).values()] == [1, 2, 3, 4]
    assert world.phase("sitting").status is PhaseStatus.CLOSED
    assert meeting(world).minutes == "tiny/minutes-sitting@2"


def test_the_secretary_is_refused_as_attestor(world: World) -> None:
    """Elected by mistake: `ledamot` and secretary are one person when the board is so small."""
    world.go("2024-06-11")
    form = MinutesForm.model_validate(world.step("sitting/minutes").form)
    itself = form.model_copy(update={"secretary": ("member-1", "secretary-1")})
    content = form.rehearsed({"attestor.1": "member-1", "attestor.2": "member-2"}, "")
    assert [f.field for f in form.faults(content, "confirms")] == []
    [fault] = itself.faults(content, "confirms")
    assert (fault.field, fault.message) == ("attestor.1", "The secretary cannot attest her own minutes.")


def test_a_secretary_in_an_attestors_seat_is_found_beforehand_and_never_asked() -> None:
    """`check` says so; should the cycle run all the same, only the other one is asked."""
    world = board(seats=", attestors: [secretary@board.example, attestor@board.example]")
    assert "secretary-attests" in [finding.code for finding in check(world.definition)]
    world.go("2024-06-11")
    record(world)
    assert list(world.people_asked("sitting/attestation")) == ["board.attestor-2"]
    world.register.close()


def test_a_silent_attestor_is_reminded_and_waited_for(world: World) -> None:
    world.go("2024-06-11")
    record(world)
    world.reply("sitting/attestation", "board.member-1")
    world.go("2024-06-26")
    assert world.notices(NoticeKind.REMINDED)
    assert world.notices(NoticeKind.MISSED)
    assert world.silent("sitting/attestation") == ["board"]
    assert not meeting(world).public_from
    world.reply("sitting/attestation", "board.member-2")
    assert attestation(world).late


def test_for_a_silent_attestor_another_is_asked_where_the_definition_says_close() -> None:
    world = board("missing: close")
    world.go("2024-06-11")
    record(world)
    world.reply("sitting/attestation", "board.member-1")
    world.go("2024-06-26")
    assert list(world.people_asked("sitting/attestation~2")) == ["board.chair-1"]
    world.reply("sitting/attestation~2", "board.chair-1")
    assert meeting(world).attestors == ["member-1", "chair-1"]
    assert meeting(world).public_from is not None
    assert world.holds()
    world.register.close()


def test_a_coordinator_may_close_the_question_and_then_another_is_asked(world: World) -> None:
    world.go("2024-06-11")
    record(world)
    close_step(world.register, "tiny/sitting/attestation", reason="Both are ill.", now=world.now, actor="office")
    world.look()
    assert list(world.people_asked("sitting/attestation~2")) == ["board.chair-1", "board.member-3"]
    world.reply("sitting/attestation~2", "board.chair-1")
    world.reply("sitting/attestation~2", "board.member-3")
    assert world.phase("sitting").status is PhaseStatus.CLOSED


def test_paragraphs_are_attested_one_by_one() -> None:
    world = board("attestation: paragraph")
    world.go("2024-06-11")
    record(world)
    said = {f"paragraph.{n}.answer": "attested" for n in range(1, 5)}
    refused = {**said, "paragraph.3.answer": "refused", "paragraph.3.reason": "Another text was agreed on."}
    world.reply("sitting/attestation", "board.member-1", **said)
    world.reply("sitting/attestation", "board.member-2", **refused)
    done = {row.paragraphs[0]: row.attested_on for row in world.rows(Attestation)}
    assert [number for number, on in done.items() if on is None] == [3]
    assert [row.paragraph for row in world.rows(Decision)] == ["§ 2"]
    form = MinutesForm.model_validate(world.step("sitting/minutes~2").form)
    assert [item.key for item in form.items] == ["stores"]
    record(world, "sitting/minutes~2")
    for who in ("board.member-1", "board.member-2"):
        world.reply("sitting/attestation~2", who, **{"paragraph.3.answer": "attested"})
    assert world.phase("sitting").status is PhaseStatus.CLOSED
    world.register.close()


def test_the_notice_begins_the_appeal_period() -> None:
    """Attested 2024-06-18, announced by the 20th; the appeal period ends on 2024-07-11."""
    world = board("notice: true")
    world.go("2024-06-18")
    record(world)
    for who in ("board.member-1", "board.member-2"):
        world.reply("sitting/attestation", who)
    assert attestation(world).announce_by == date(2024, 6, 20)
    world.go("2024-06-20")
    with pytest.raises(BadAnswer, match="cannot be older than the attestation"):
        world.reply("sitting/notice", "board.secretary", announced_on="2024-06-17")
    world.reply("sitting/notice", "board.secretary", announced_on="2024-06-20")
    assert (attestation(world).announced_on, attestation(world).final_on) == (date(2024, 6, 20), date(2024, 7, 11))
    assert world.holds()
    world.register.close()


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
