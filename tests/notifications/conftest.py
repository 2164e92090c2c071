"""A world in memory, one on disk, and a mail server on loopback."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from mail_world import World

from models.register import Register
from tests.registers import registers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def register() -> Iterator[Register]:
    """An empty register in memory."""
    opened = registers.fresh()
    yield opened
    opened.close()


@pytest.fixture
def world(register: Register) -> World:
    """A small cycle in memory."""
    return World(register)


@pytest.fixture
def on_disk(tmp_path: Path) -> Iterator[World]:
    """A small cycle in a SQLite file."""
    opened = Register(registers.at(tmp_path / "register.db"))
    yield World(opened)
    opened.close()
