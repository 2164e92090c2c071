"""The mails with sign-in links, sent beside the requests that cause them, by one thread.

However slow a mail server is, asking for links keeps one thread waiting and not one for each request: the portal goes
on answering. When exactly a mail goes is drawn: whoever measures how long the next page takes does not see whether the
address had an account. What this thread does not come to, the worker sends.
"""

from __future__ import annotations

import logging
import random
from threading import Condition, Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

    from engine.clock import Clock
    from notifications.system_mail import SystemMailer

log = logging.getLogger("samsyn.sign_in_mails")

SOONEST, LATEST = 0.2, 1.5
"""Seconds after which a mail is sent that somebody waits for."""


def _drawn() -> float:
    return random.SystemRandom().uniform(SOONEST, LATEST)


class SignInMails:
    """Sends sign-in mails when it is told that one may be due, until it is closed."""

    def __init__(self, mailer: SystemMailer, clock: Clock, pause: Callable[[], float] = _drawn) -> None:
        self._mailer = mailer
        self._clock = clock  # the machine's: a stepped cycle clock must not make a link expire
        self._pause = pause
        self._due = self._closed = False
        self._news = Condition()
        self._thread = Thread(target=self._work, name="sign-in mails", daemon=True)

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Send what is due, without a pause, and end."""
        with self._news:
            self._closed = True
            self._news.notify()
        self._thread.join()

    def send(self) -> None:
        """A mail may be due. Returns at once, and takes as long when none is."""
        with self._news:
            self._due = True
            self._news.notify()

    def _work(self) -> None:
        while self._next():
            try:
                self._mailer.send_due_blocking(self._clock.now())
            except Exception:  # the mail is in the outbox: the worker tries again
                log.exception("sign-in mails")

    def _next(self) -> bool:
        """Wait until there is something to do and the pause is over; False at the end."""
        with self._news:
            self._news.wait_for(lambda: self._due or self._closed)
            self._news.wait_for(lambda: self._closed, timeout=self._pause())
            due, self._due = self._due, False
            return due
