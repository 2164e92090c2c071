"""What a coordinator does to a running cycle: closes a question, names the groups, ends it all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.commands.answer import NoLongerOpen
from engine.commands.coordinate import CannotDo, cancel_cycle, close_step, set_areas
from models.cycle import Body, Cycle, CycleStatus
from models.notice import NoticeKind
from models.phase import PhaseStatus
from tests.tasks.world import SLUG, World

if TYPE_CHECKING:
    from collections.abc import Callable

GROUPS = """
    phases:
      prepare: {kind: drafting, text: goals}
      groups: {kind: reference_groups, after: prepare, groups: towns}
"""


def close(world: World, step: str, reason: str = "there is no more time") -> None:
    close_step(world.register, f"{SLUG}/{step}", reason=reason, now=world.now, actor="coordinator")
    world.look()


def areas(world: World, *names: str) -> None:
    set_areas(world.register, SLUG, "towns", names, reason="the goals say so", now=world.now, actor="coordinator")


def test_closed_question_goes_on_with_what_came(adoption: World) -> None:
    """Also where the definition would hold; the silent are silent, not in favour."""
    adoption.reply("adopt/decision", "berg")
    close(adoption, "adopt/decision")
    outcome = adoption.phase("adopt").outcome or {}
    assert (outcome["result"], outcome["missing"]) == ("not_adopted", ["krokom", "ragunda"])
    assert len(adoption.notices(NoticeKind.LAPSED)) == 2


def test_closed_question_takes_no_answer(adoption: World) -> None:
    """From the moment of the act, before any pass."""
    close_step(adoption.register, f"{SLUG}/adopt/decision", reason="r", now=adoption.now, actor="coordinator")
    with pytest.raises(NoLongerOpen):
        adoption.reply("adopt/decision", "berg", look=False)


@pytest.mark.parametrize("step", ["adopt/nothing", "adopt/decision"])
def test_only_open_questions_can_be_closed(adoption: World, step: str) -> None:
    """Not one that never was, nor one that is settled."""
    for town in ("berg", "krokom", "ragunda"):
        adoption.reply("adopt/decision", town)
    with pytest.raises(CannotDo):
        close(adoption, step)


def test_every_act_needs_a_reason(adoption: World) -> None:
    """It is part of the record."""
    with pytest.raises(CannotDo, match="give a reason"):
        close(adoption, "adopt/decision", "  ")
    close(adoption, "adopt/decision", "the council is dissolved")
    assert "step_closed_early" in adoption.all_events()


def test_groups_may_change_before_they_are_asked(begin: Callable[[str], World]) -> None:
    """Who stays keeps its people; a new one is answered for by the coordinator until somebody is named."""
    world = begin(GROUPS)
    areas(world, "Berg", "Skola och vård")
    world.reply("prepare/draft", "office")
    assert list(world.people_asked("groups/proposals")) == ["berg.secretary-1", "skola-och-vård.contact-1"]
    withdrawn = {row.key for row in world.rows(Body) if row.withdrawn}
    assert withdrawn == {"krokom", "ragunda"}
    assert world.holds()


def test_withdrawn_group_can_come_back(begin: Callable[[str], World]) -> None:
    """The same body, not another of its name."""
    world = begin(GROUPS)
    areas(world, "Berg")
    areas(world, "Berg", "Krokom")
    world.reply("prepare/draft", "office")
    assert list(world.people_asked("groups/proposals")) == ["berg.secretary-1", "krokom.secretary-1"]


def test_new_group_may_be_called_like_another_body(begin: Callable[[str], World]) -> None:
    """Its key is made different; names are for people."""
    world = begin(GROUPS)
    areas(world, "Board", "board")
    world.reply("prepare/draft", "office")
    assert len(world.asked("groups/proposals")) == 1


def test_groups_cannot_change_once_they_are_asked(begin: Callable[[str], World]) -> None:
    """A question that is out is not taken back like that."""
    world = begin(GROUPS)
    world.reply("prepare/draft", "office")
    with pytest.raises(CannotDo, match="asked something already"):
        areas(world, "Berg")


def test_unknown_group(begin: Callable[[str], World]) -> None:
    """There is nothing to replace."""
    world = begin(GROUPS)
    with pytest.raises(CannotDo, match="there is no group 'clubs'"):
        set_areas(world.register, SLUG, "clubs", ["A"], reason="r", now=world.now, actor="coordinator")


def test_confirmed_areas_become_the_groups(begin: Callable[[str], World]) -> None:
    """The coordinator confirms a list after goal-setting; the next phase asks those bodies."""
    world = begin(
        """
        phases:
          goals: {kind: goal_setting, body: board, meetings: [2024-01-16], outcome: {text: plan, areas: towns}}
          groups: {kind: reference_groups, after: goals, groups: towns}
        """
    )
    world.go("2024-01-16")
    world.reply("goals/meeting-1", "board.secretary")
    world.reply("goals/proposal", "office")
    for seat in ("chair-1", "member-1", "member-2"):
        world.reply("goals/approval", f"board.{seat}")
    world.reply("goals/areas", "office", items="Berg\n\n  Skola \n")
    assert (world.phase("goals").outcome or {})["items"] == ["Berg", "Skola"]
    assert list(world.people_asked("groups/proposals")) == ["berg.secretary-1", "skola.contact-1"]


def test_cancelled_cycle_stops_altogether(consultation: World) -> None:
    """Nothing falls due, nobody can answer, and the record holds."""
    cancel_cycle(consultation.register, SLUG, reason="merged", now=consultation.now, actor="coordinator")
    [cycle] = consultation.rows(Cycle)
    assert (cycle.status, cycle.outcome) == (CycleStatus.CANCELLED, "cancelled")
    assert consultation.phase("ask").status is PhaseStatus.CANCELLED
    assert consultation.next_wake() is None
    length = consultation.journal_length()
    consultation.go("2024-05-01")
    assert consultation.extra_passes() == 0
    with pytest.raises(NoLongerOpen):
        consultation.reply("ask/replies", "berg")
    assert consultation.journal_length() == length
    assert consultation.holds()


def test_ended_cycle_cannot_be_changed(consultation: World) -> None:
    """Cancelled is cancelled."""
    cancel_cycle(consultation.register, SLUG, reason="merged", now=consultation.now, actor="coordinator")
    with pytest.raises(CannotDo, match="is cancelled"):
        close(consultation, "ask/replies")
    with pytest.raises(CannotDo, match="is cancelled"):
        cancel_cycle(consultation.register, SLUG, reason="again", now=consultation.now, actor="coordinator")
