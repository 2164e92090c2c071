"""A pass replays what is settled and does what is due; one more of it, at any moment, changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.commands.answer import NoLongerOpen
from models.assignment import Assignment, AssignmentStatus
from models.phase import Phase as PhaseRow
from tests.tasks.world import SLUG, World, tiny

if TYPE_CHECKING:
    from collections.abc import Callable

WHOLE = """
    milestones:
      described: {by: 2024-02-10}
      answers: {by: 2024-02-25}
      meeting: {on: 2024-03-01}
      decided: {by: 2024-03-20}
    phases:
      describe: {kind: project_description, author: office, approved_by: board, due: described}
      ask: {kind: consultation, consultees: towns, due: answers, ruling_by: board, meeting: meeting}
      adopt: {kind: adoption, after: describe, text: project-description, principals: towns, due: decided,
              missing: {extend: 14d, then: close}}
"""


def test_same_pass_again_does_nothing(begin: Callable[[str], World]) -> None:
    """No act, no journal entry, at no stage."""
    world = begin(WHOLE)
    for day in ("2024-01-15", "2024-02-11", "2024-02-26", "2024-03-02", "2024-05-01"):
        world.go(day)
        length = world.journal_length()
        assert world.extra_passes() == 0
        assert world.journal_length() == length


def test_pass_before_its_time_opens_nothing(begin: Callable[[str], World]) -> None:
    """A phase that waits for another, or for its window, is not opened by looking at it."""
    world = begin("phases: {later: {kind: drafting, text: t, in: 2024-06}}\n")
    assert world.extra_passes() == 0
    assert world.phase("later").opened_at is None


@dataclass
class Move:
    """One thing that happens: hours go by, somebody answers, or an extra pass is made."""

    hours: int
    who: int
    position: int
    extra: int


MOVES = st.lists(
    st.builds(
        Move, hours=st.integers(0, 400), who=st.integers(0, 7), position=st.integers(0, 4), extra=st.integers(0, 3)
    ),
    max_size=14,
)


def play(moves: list[Move], *, extra: bool) -> World:
    """A cycle in which these things happen."""
    world = World(tiny(WHOLE))
    for move in moves:
        world.until(world.now + timedelta(hours=move.hours))
        _answer(world, move)
        if extra:
            for row in world.rows(PhaseRow)[: move.extra]:
                world.phase_pass(row.id)
        world.look()
    world.until(world.now + timedelta(days=200))
    return world


def _answer(world: World, move: Move) -> None:
    waiting = [
        row for row in world.rows(Assignment) if row.status in (AssignmentStatus.OPEN, AssignmentStatus.ANSWERED)
    ]
    if not waiting:
        return
    asked = sorted(waiting, key=lambda row: row.id)[move.who % len(waiting)]
    step = asked.step_id.removeprefix(f"{SLUG}/")
    offers = world.step(step).offers
    more = {"day": f"{world.now + timedelta(days=30):%Y-%m-%d}"} if "new-day" in step else {}  # of a next meeting
    try:
        world.reply(
            step, asked.membership_id.rpartition("@")[2], offers[move.position % len(offers)], "because", look=False,
            **more,
        )  # fmt: skip
    except NoLongerOpen:
        return


def told(world: World) -> dict[str, Any]:
    """What the cycle came to, and who was written to."""
    report = world.report()
    assert report["journal"].pop("verified")
    notices = sorted(
        (str(n.kind), n.subject_id, n.person_id, n.occurrence, n.send_from) for n in world.rows_of_notices()
    )
    return {**report, "notices": notices}


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(MOVES)
@pytest.mark.long
def test_extra_passes_at_any_moment_change_nothing(moves: list[Move]) -> None:
    """Whatever happens, in whatever order: the same report, the same mails, the same journal to its last hash."""
    plain, busy = play(moves, extra=False), play(moves, extra=True)
    assert told(busy) == told(plain)
    assert plain.passes <= busy.passes
    for world in (plain, busy):
        world.register.close()
