"""Small cycles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tasks.world import World, tiny

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def begin() -> Iterator[Callable[[str], World]]:
    """Starts a cycle of the tiny definition with these milestones and phases."""
    worlds: list[World] = []

    def start(rest: str) -> World:
        worlds.append(World(tiny(rest)))
        return worlds[-1]

    yield start
    for world in worlds:
        world.register.close()


@pytest.fixture
def consultation(begin: Callable[[str], World]) -> World:
    """Three towns are asked for a position by 1 March."""
    return begin(CONSULTATION)


@pytest.fixture
def adoption(begin: Callable[[str], World]) -> World:
    """Three towns decide by 1 March; who is silent is waited for."""
    return begin(ADOPTION)


CONSULTATION = """
    milestones:
      answers: {by: 2024-03-01, words: "no later than 1 March"}
    phases:
      ask: {kind: consultation, consultees: towns, due: answers}
"""
ADOPTION = """
    milestones:
      decided: {by: 2024-03-01}
    phases:
      adopt: {kind: adoption, text: plan, principals: towns, due: decided}
"""
