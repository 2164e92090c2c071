"""Clocks: the machine's, one that stands still, and one that the processes of an installation share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from engine.clock import FrozenClock, RegisterClock, SystemClock
from models.migrate import upgrade
from models.register import Register
from tests.registers import registers

if TYPE_CHECKING:
    from pathlib import Path

THEN = datetime(2012, 12, 6, 7, tzinfo=UTC)


def test_system_clock_is_aware() -> None:
    """And goes forward."""
    clock = SystemClock()
    first = clock.now()
    assert first.utcoffset() == timedelta(0)
    assert clock.now() >= first


def test_frozen_clock_stands_where_it_is_put() -> None:
    """For tests."""
    assert FrozenClock(THEN).now() == THEN


def test_register_without_a_stepped_clock_follows_the_machine(register: Register) -> None:
    """Nothing has to be set up for a real cycle."""
    before = SystemClock().now()
    assert before <= RegisterClock(register).now() <= SystemClock().now()


def test_stepped_clock_goes_forward_only(register: Register) -> None:
    """To the same instant it may be set, to an earlier one not; and it then still stands where it stood."""
    clock = RegisterClock(register)
    clock.set(THEN)
    clock.set(THEN)
    clock.set(THEN + timedelta(days=1))
    with pytest.raises(ValueError, match="does not go back"):
        clock.set(THEN)
    assert clock.now() == THEN + timedelta(days=1)


def test_two_processes_share_one_stepped_clock(tmp_path: Path) -> None:
    """What one sets the other reads, and neither can set it back."""
    url = registers.at(tmp_path / "register.db")
    upgrade(url)
    one, other = Register(url), Register(url)
    RegisterClock(one).set(THEN)
    assert RegisterClock(other).now() == THEN
    RegisterClock(other).set(THEN + timedelta(hours=1))
    with pytest.raises(ValueError, match="does not go back"):
        RegisterClock(one).set(THEN)
    one.close()
    other.close()
