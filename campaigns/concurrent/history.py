"""What was done when, as those who did it saw it; their instants have one order."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Done:
    """One act: between `begun` and `over` it took effect, if it was taken at all."""

    what: str  # answer, close, move
    subject: str  # an assignment, a step, a milestone
    by: str  # nonce of an answer, or the actor
    begun: int
    over: int
    taken: bool
    said: str = ""  # of an answer: the position; of a refusal: its words


@dataclass(frozen=True)
class Pass:
    """One pass, from when it had its lease until just before it gave it back."""

    phase: str
    worker: str
    begun: int
    over: int


@dataclass
class History:
    """All of it."""

    done: list[Done] = field(default_factory=list)
    passes: list[Pass] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)  # what nobody expects: neither taken nor refused in words
    _instants: Iterator[int] = field(default_factory=count)
    _lock: Lock = field(default_factory=Lock)

    def instant(self) -> int:
        """The next one."""
        with self._lock:
            return next(self._instants)
