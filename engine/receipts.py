"""Mail that somebody at a keyboard waits for: sent beside the requests that cause it, by one thread.

A request only says that something is due. However many say so while a batch is being sent, one more batch sends all
of theirs. What this thread does not come to, the worker sends: nothing here is remembered that is not in the outbox.
"""

from __future__ import annotations

import logging
from threading import Condition, Thread
from typing import TYPE_CHECKING

from engine.processes import is_gone

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from engine.clock import Clock
    from notifications.outbox import Mailer

log = logging.getLogger("samsyn.receipts")

MOST = 100
"""Mails in one go, the newest first: who has just answered does not wait for ten thousand others to be asked."""


class Receipts:
    """Sends what is due of the cycles that are named to it, until it is closed."""

    def __init__(self, mailer: Mailer, clock: Clock) -> None:
        self._mailer = mailer
        self._clock = clock
        self._due: set[str] = set()
        self._news = Condition()
        self._closed = False
        self._thread = Thread(target=self._work, name="receipts", daemon=True)

    def __enter__(self) -> Self:
        """Begin: first of all let go of what a process had claimed that died while it sent."""
        self._mailer.forget(is_gone)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Send what has been named, and end."""
        with self._news:
            self._closed = True
            self._news.notify()
        self._thread.join()

    def send(self, cycle_id: str) -> None:
        """Something is due in a cycle. Returns at once."""
        with self._news:
            self._due.add(cycle_id)
            self._news.notify()

    def _work(self) -> None:
        while (cycles := self._next()) is not None:
            for cycle_id in sorted(cycles):
                self._send(cycle_id)

    def _next(self) -> set[str] | None:
        """The cycles that were named since last time; None at the end."""
        with self._news:
            self._news.wait_for(lambda: self._due or self._closed)
            cycles, self._due = self._due, set()
            return cycles or None

    def _send(self, cycle_id: str) -> None:
        try:
            self._mailer.send_due_blocking(self._clock.now(), cycle_id=cycle_id, limit=MOST, newest=True)
        except Exception:  # the answer is on disk and its receipt in the outbox: the worker tries again
            log.exception("receipts of %s", cycle_id)
