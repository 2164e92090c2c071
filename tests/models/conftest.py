"""Registers to try things on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models.migrate import upgrade
from models.register import Register
from tests.models.rows import begin
from tests.registers import registers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def register() -> Iterator[Register]:
    """A register in memory with one bare cycle, `c`."""
    opened = registers.fresh()
    begin(opened)
    yield opened
    opened.close()


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Where a register on disk lies; its tables are made by the migrations."""
    where = registers.at(tmp_path / "register.db")
    upgrade(where)
    return where


@pytest.fixture
def on_disk(url: str) -> Iterator[Register]:
    """A register on disk with one bare cycle, `c`."""
    opened = Register(url)
    begin(opened)
    yield opened
    opened.close()
