"""Limits on guessing: wrong tokens are counted for each client, and right ones never.

So a whole office behind one address can work on while one of its machines guesses.
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

if TYPE_CHECKING:
    from limits import RateLimitItem

USUAL = "60/10 minutes"
"""Wrong tokens from one client; 256 bits are not guessed at a million times this rate."""


class Guesses:
    """Counts failures in this process. Each purpose (links, sign-ins) has a count of its own."""

    def __init__(self, limit: str = USUAL) -> None:
        self.limit: RateLimitItem = parse(limit)
        self._window = MovingWindowRateLimiter(MemoryStorage())

    def wrong(self, purpose: str, client: str) -> int | None:
        """One more failure of a client.

        Returns:
            The seconds after which the client may try again when it has failed too often; otherwise nothing.
        """
        if self._window.hit(self.limit, purpose, client):
            return None
        return self.wait(purpose, client)

    def refused(self, purpose: str, client: str) -> int | None:
        """The seconds that a client must wait who has failed too often, without counting anything."""
        return None if self._window.test(self.limit, purpose, client) else self.wait(purpose, client)

    def wait(self, purpose: str, client: str) -> int:
        """The seconds until the oldest failure is forgotten."""
        # The library keeps its windows by the machine's clock, and the header says seconds of it (RFC 9110, 10.2.3).
        until = self._window.get_window_stats(self.limit, purpose, client).reset_time
        return max(1, math.ceil(until - time.time()))
