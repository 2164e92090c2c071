"""Clocks. The cycle's time is read here, once for each thing that is done, and nowhere else.

A stepped clock stands still in the register until somebody sets it; all processes of an installation share it. The
machine's clock remains the one for leases and time-outs.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from models.journal import ClockRow
from models.rows import row_by_key

if TYPE_CHECKING:
    from models.register import Register


class Clock(Protocol):
    """Something that knows what time it is."""

    def now(self) -> datetime:
        """The present instant, aware."""
        ...


class SystemClock:
    """The machine's own."""

    def now(self) -> datetime:
        """The present instant, in UTC."""
        return datetime.now(UTC)


class FrozenClock:
    """Stands where it is put; for tests and rehearsals."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """Where it was put."""
        return self.at


class RegisterClock:
    """The stepped clock of the register if there is one, otherwise the machine's."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._system = SystemClock()

    def now(self) -> datetime:
        """The present instant of the cycles in this register."""
        with self._register.read() as session:
            stepped = row_by_key(session.connection(), ClockRow, 1)
        return stepped.now if stepped else self._system.now()

    def set(self, now: datetime) -> None:
        """Step to an instant.

        Raises:
            ValueError: the clock would go back.
        """
        with self._register.operate() as session:
            stepped = session.get(ClockRow, 1)
            if stepped is None:
                session.add(ClockRow(id=1, now=now))
            elif now < stepped.now:
                raise ValueError(f"a stepped clock does not go back: {stepped.now} -> {now}")
            else:
                stepped.now = now
