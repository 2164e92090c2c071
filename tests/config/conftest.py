"""A small definition to change, and the bundled one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from config.loader import DefinitionError, bundled, load

if TYPE_CHECKING:
    from collections.abc import Callable

    from config.definition import Definition

# How long an example takes says more about the machine than about the code.
settings.register_profile("steady", deadline=None)
settings.load_profile("steady")

SMALL = """\
cycle: small
title: A small cycle
begins: 2024-01-15
coordinator: office
bodies:
  office: {name: The office, seats: {contact: 1}}
  board:
    name: The board
    seats: {chair: 1, members: 2}
milestones:
  answers: {by: 2024-03-01, words: "no later than 1 March"}
phases:
  first:
    kind: drafting
    text: draft
    in: 2024-01/2024-02
  second:
    kind: consultation
    after: first
    consultees: board
    due: answers
"""


@pytest.fixture
def small() -> str:
    """A definition without faults."""
    return SMALL


@pytest.fixture
def jamtland_text() -> str:
    """The text of the bundled definition."""
    return bundled()["jamtland-2012"].read_text(encoding="utf-8")


@pytest.fixture
def changed() -> Callable[..., Definition]:
    """Loads the small definition after replacing words in it."""

    def change(*pairs: tuple[str, str]) -> Definition:
        text = SMALL
        for old, new in pairs:
            assert old in text
            text = text.replace(old, new, 1)
        return load("small.yaml", text)

    return change


@pytest.fixture
def faults_of() -> Callable[[str], list[str]]:
    """The faults of a text, one line each; none when it loads."""

    def lines(text: str) -> list[str]:
        try:
            load("f.yaml", text)
        except DefinitionError as refused:
            return str(refused).splitlines()
        return []

    return lines
