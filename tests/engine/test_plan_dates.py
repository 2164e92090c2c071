"""Dates of a running cycle: set by law, ordered, or worked out and then confirmed."""

from __future__ import annotations

from datetime import date

import pytest

from engine.commands.coordinate import CannotDo, confirm_date, move_milestone
from engine.commands.start import resolve_dates
from engine.report import report
from models.phase import MilestoneStatus
from models.verify import verify
from tests.tasks.world import SLUG, World, tiny

REST = """\
milestones:
  drafted: {by: 2024-02-10, statutory: true, inferred: true}   # a Saturday
  after: {by: +7d after drafted, statutory: true}
  decided: {by: +5d after write.closed, statutory: true}
  ordered: {by: 2024-03-29, mandate: decide}
phases:
  write: {kind: drafting, author: office, text: t, due: drafted}
  decide: {kind: adoption, text: t, principals: towns, after: write, due: decided}
"""


@pytest.fixture
def world() -> World:
    return World(tiny(REST))


def test_a_statutory_date_rolls_to_a_working_day_when_the_cycle_starts(world: World) -> None:
    assert resolve_dates(world.definition)["drafted"] == date(2024, 2, 12)
    assert world.milestone("drafted").due_on == date(2024, 2, 12)
    assert world.milestone("after").due_on == date(2024, 2, 19)
    assert world.step("write/draft").due_before == world.place.end_of(date(2024, 2, 12))


def test_it_rolls_when_it_is_moved_and_what_follows_rolls_too(world: World) -> None:
    move_milestone(
        world.register, SLUG, "drafted", date(2024, 3, 29), reason="late", now=world.now, actor="coordinator"
    )  # Good Friday; the next working day is the Tuesday after Easter
    assert world.milestone("drafted").due_on == date(2024, 4, 2)
    assert world.milestone("after").due_on == date(2024, 4, 9)


def test_it_rolls_when_an_event_fixes_it(world: World) -> None:
    world.go("2024-02-05")
    world.reply("write/draft", "office")
    world.look()
    assert world.milestone("decided").due_on == date(2024, 2, 12)  # five days later is a Saturday


def test_a_mandate_is_met_when_its_phase_closes(world: World) -> None:
    world.reply("write/draft", "office")
    world.look()
    for town in ("berg", "krokom", "ragunda"):
        world.reply("decide/decision", town)
    world.look()
    assert world.milestone("ordered").status is MilestoneStatus.MET
    with world.register.read() as session:
        assert verify(session, SLUG).holds


def test_an_inferred_date_is_confirmed_once_by_a_journaled_act(world: World) -> None:
    assert {m["key"]: m["inferred"] for m in report(world.register, SLUG)["milestones"]}["drafted"]
    day = confirm_date(world.register, SLUG, "drafted", reason="minutes § 4", now=world.now, actor="coordinator")
    assert day == date(2024, 2, 12)
    assert not world.milestone("drafted").inferred
    with world.register.read() as session:
        assert verify(session, SLUG).holds


@pytest.mark.parametrize(
    ("key", "reason", "message"),
    [
        ("after", "x", "needs no confirmation"),
        ("nothing", "x", "there is no milestone"),
        ("drafted", " ", "give a reason"),
    ],
)
def test_there_must_be_something_to_confirm(world: World, key: str, reason: str, message: str) -> None:
    with pytest.raises(CannotDo, match=message):
        confirm_date(world.register, SLUG, key, reason=reason, now=world.now, actor="coordinator")
