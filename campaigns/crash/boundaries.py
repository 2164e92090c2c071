"""Where a process can be made to die: the named boundaries of its work, and the trap that waits at one of them."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Lock
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from pathlib import Path


class Boundary(StrEnum):
    """Between two steps, of which a crash may keep the first and lose the second."""

    CHANGE_WRITTEN = "change-written"  # rows and journal entry stand in the open transaction
    CHANGE_COMMITTED = "change-committed"  # they are on disk, and nobody has been told
    NOTE_WRITTEN = "note-written"  # the same of operational rows: leases, deliveries, drafts
    NOTE_COMMITTED = "note-committed"
    BEFORE_RCPT = "before-rcpt"  # the mail is stored and claimed, the mail server knows nothing of it
    BEFORE_DATA = "before-data"  # the server has an envelope without a mail
    MAIL_ACCEPTED = "mail-accepted"  # the server has said 250, and our row does not know it
    BEFORE_RESUMING = "before-resuming"  # a due phase is claimed, and its pass not begun
    RESUMED = "resumed"  # the pass has been started
    BEFORE_SUSPENDING = "before-suspending"  # the pass has done its work, and is still under way
    SUSPENDED = "suspended"  # it waits again, or has ended


SENDING = (Boundary.BEFORE_RCPT, Boundary.BEFORE_DATA, Boundary.MAIL_ACCEPTED)
COMMITTING = (
    Boundary.CHANGE_WRITTEN, Boundary.CHANGE_COMMITTED, Boundary.NOTE_WRITTEN, Boundary.NOTE_COMMITTED,
)  # fmt: skip
PASSING = (Boundary.BEFORE_RESUMING, Boundary.RESUMED, Boundary.BEFORE_SUSPENDING, Boundary.SUSPENDED)
RECORDED = "recorded"
"""Said of a notice when what became of its mail has been committed."""


@dataclass
class Trap:
    """Kills its process at the n-th crossing of a boundary, and writes down every crossing before that.

    What it has written is the process's last word: it is there however the process dies.
    """

    log: Path
    boundary: Boundary | None = None
    nth: int = 1
    _crossed: int = 0
    _one_at_a_time: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self._file = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    @classmethod
    def said(cls, text: str, log: Path) -> Self:
        """From `BOUNDARY:N`; an empty text is a trap that only writes down."""
        boundary, _, nth = text.partition(":")
        return cls(log, Boundary(boundary), int(nth)) if boundary else cls(log)

    def cross(self, boundary: Boundary, *subjects: str) -> None:
        """The process has come to a boundary; it may be its end."""
        with self._one_at_a_time:
            self.note(boundary, *subjects)
            self._crossed += boundary is self.boundary
            if boundary is self.boundary and self._crossed == self.nth:
                os.kill(os.getpid(), signal.SIGKILL)

    def note(self, what: str, *subjects: str) -> None:
        """Write something down, past every buffer of this process."""
        os.write(self._file, f"{' '.join((what, *subjects))}\n".encode())


@dataclass(frozen=True)
class LastWords:
    """What a process had written down when it died."""

    crossed: tuple[str, ...]  # every boundary, in order
    begun: frozenset[str]  # Message-IDs of mails that it began to hand over
    recorded: frozenset[str]  # notices of which it has recorded what became of them

    @classmethod
    def read(cls, log: Path) -> Self:
        """From the trap's log; a process that did not live to write one has said nothing."""
        lines = [line.split() for line in log.read_text("utf-8").splitlines()] if log.exists() else []
        said = [line for line in lines if line[0] == RECORDED]
        begun = [line[1] for line in lines if line[0] == Boundary.BEFORE_DATA]
        crossed = tuple(line[0] for line in lines if line[0] != RECORDED)
        return cls(crossed, frozenset(begun), frozenset(notice for line in said for notice in line[1:]))

    def times(self, boundary: Boundary | None) -> int:
        """How often it had come to a boundary."""
        return sum(crossed == boundary for crossed in self.crossed)
