"""Consultations that compile: late replies, remarks, and a spreadsheet that computes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.commands.answer import NoLongerOpen
from engine.compilation import NoConsultation, compilation_of
from engine.compilation_csv import FORMULA, compilation_csv, harmless
from models.phase import Step
from tasks.compilation import Standing, State
from tests.tasks.world import SLUG, World

if TYPE_CHECKING:
    from collections.abc import Callable

ASKED = """
    milestones:
      answers: {by: 2024-03-01}
    phases:
      ask: {kind: consultation, consultees: towns, due: answers, missing: close, compiles: true}
"""


@pytest.fixture
def world(begin: Callable[[str], World]) -> World:
    return begin(ASKED)


def remarks(world: World) -> list[str]:
    with world.register.read() as session:
        step = session.get(Step, f"{SLUG}/ask/compilation")
    return [remark["name"] for remark in (step.form or {})["remarks"]] if step else []


def test_nobody_sees_replies_before_the_question_has_closed(world: World) -> None:
    world.reply("ask/replies", "berg", "opposes", comment="Nej")
    compilation = compilation_of(world.register, SLUG, "ask")
    assert compilation.state is State.COLLECTING
    assert compilation.positions == 0
    assert "Nej" not in compilation_csv(compilation, "en")
    assert [row.standing for row in compilation.consultees] == [Standing.IN_TIME, Standing.AWAITED, Standing.AWAITED]


def test_a_late_reply_grows_the_form_of_whoever_compiles(world: World) -> None:
    world.reply("ask/replies", "berg", "opposes", comment="Nej")
    world.go("2024-03-02")
    assert remarks(world) == ["berg"]
    world.reply("ask/replies", "krokom", "supports_with_changes", comment="Ja, men")
    assert remarks(world) == ["berg", "krokom"]
    compilation = compilation_of(world.register, SLUG, "ask")
    assert compilation.state is State.COMPILING
    assert compilation.consultee("krokom").standing is Standing.LATE
    assert compilation.consultee("ragunda").standing is Standing.NO_REPLY
    [whole] = compilation.items
    assert (whole.supporting, whole.counts) == (1, {"supports_with_changes": 1, "opposes": 1})


def test_who_replied_in_time_cannot_change_it_afterwards(world: World) -> None:
    world.reply("ask/replies", "berg", "opposes", comment="Nej")
    world.go("2024-03-02")
    with pytest.raises(NoLongerOpen):
        world.reply("ask/replies", "berg", "supports")


def test_a_late_reply_can_be_changed_until_the_compilation(world: World) -> None:
    world.go("2024-03-02")
    world.reply("ask/replies", "berg", "opposes", comment="Nej")
    world.reply("ask/replies", "berg", "supports")
    assert remarks(world) == []
    assert compilation_of(world.register, SLUG, "ask").items[0].supporting == 1


def test_there_is_nothing_where_nobody_has_been_asked(world: World) -> None:
    for slug, phase in (("nothing", "ask"), (SLUG, "nothing")):
        with pytest.raises(NoConsultation):
            compilation_of(world.register, slug, phase)


@given(st.text())
def test_no_cell_is_a_formula(text: str) -> None:
    cell = harmless(text)
    assert not cell.lstrip(" ").startswith(FORMULA)
    assert cell.removeprefix("'") == text.removeprefix("'") or cell == text
