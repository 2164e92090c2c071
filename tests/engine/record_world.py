"""Cycles that have been rehearsed, and a small one in which people write things that must not all be public."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.record.facts import record_of
from engine.rehearsal import Rehearsal
from engine.scripts import bundled_script
from models.forms.compilation import Remark
from tests.tasks.world import SLUG, World, tiny

if TYPE_CHECKING:
    from config.definition import Definition
    from engine.record.parts import Record

BASE = "https://samsyn.example"
PRIVATE = "Anna Andersson, Storgatan 4"
REMARK = f"We reject it, since {PRIVATE}, has been ill for long."
CONSULTED = """
milestones:
  answers: {by: 2024-03-01, words: "by the first of March"}
phases:
  describe: {kind: project_description, author: office, approved_by: board}
  ask: {kind: consultation, after: describe, consultees: towns, due: answers, missing: close, compiles: true}
  adopt: {kind: adoption, after: ask, text: project-description, principals: towns}
"""


def played(definition: Definition) -> Rehearsal:
    """A bundled cycle from its first day to its last; close its register."""
    rehearsal = Rehearsal(definition, bundled_script(definition.cycle))
    rehearsal.play()
    return rehearsal


def consulted(record: str = "") -> World:
    """A small cycle: one town has rejected the plan with words about a person, one was silent, all is compiled."""
    world = World(tiny(f"{record}\n{CONSULTED}"))
    world.reply("describe/description", "office", text="What we are going to do.")
    for seat in ("chair-1", "member-1", "member-2"):
        world.reply("describe/approval", f"board.{seat}")
    world.reply("ask/replies", "berg", "opposes", comment=REMARK)
    world.reply("ask/replies", "krokom", "supports")
    world.go("2024-03-02")
    remark = Remark(name="berg", title={}, words={})
    world.reply(
        "ask/compilation", "office", **{remark.treatment: "not_taken", remark.why: "It is about somebody else."}
    )
    return world


def facts(world: World) -> Record:
    """The record of the small cycle."""
    return record_of(world.register, SLUG)
