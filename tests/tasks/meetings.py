"""A board that meets, for the tests of formal meetings."""

from __future__ import annotations

from models.forms.minutes import MinutesForm
from models.meeting import Attestation, Meeting, MinutesItem
from tests.tasks.world import World, tiny

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


def board(
    more: str = "attestation: whole", rules: str = "se-kl-committee", seats: str = "", language: str = "en"
) -> World:  # fmt: skip
    """The board, with its rules and what else the first meeting says."""
    head = HEAD.replace("RULES", rules).replace("SEATS", seats).replace("language: en", f"language: {language}")
    return World(tiny(REST.replace("MORE", more), head))


def record(world: World, step: str = "sitting/minutes", **wishes: str) -> None:
    """The secretary records what nobody would quarrel with, except for `wishes`."""
    form = MinutesForm.model_validate(world.step(step).form)
    content = form.rehearsed({name.replace("__", "."): said for name, said in wishes.items()}, "2024-06-10")
    world.reply(step, "board.secretary", **content)


def meeting(world: World, phase: str = "sitting") -> Meeting:
    return world._one(Meeting, f"tiny/{phase}!meeting")


def items(world: World, phase: str = "sitting", number: int = 1) -> dict[str, MinutesItem]:
    meets = f"tiny/{phase}!meeting" + (f"-{number}" if number > 1 else "")
    mine = [row for row in world.rows(MinutesItem) if row.meeting_id == meets]
    return {row.key: row for row in sorted(mine, key=lambda row: row.ordinal)}


def attestation(world: World) -> Attestation:
    return next(row for row in world.rows(Attestation) if row.id == "tiny/sitting!meeting/attestation")
