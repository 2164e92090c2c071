"""When a mail that could not be delivered is tried again: pure."""

from __future__ import annotations

from datetime import timedelta

PAUSES = (
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=2),
    timedelta(hours=4),
    timedelta(hours=8),
    *[timedelta(hours=12)] * 9,
)
"""Just over five days in all: RFC 5321 section 4.5.4.1 asks for four to five before giving up.

The first pauses are shorter than its half-hour, because greylisting servers take a mail after a few minutes.
"""
QUEUE_PAUSE = timedelta(minutes=5)
"""How long everything waits when the server cannot be reached or refuses to log us in."""


def retry_after(attempts: int) -> timedelta | None:
    """The pause after so many failed attempts (one or more); None when it is time to give up."""
    return PAUSES[attempts - 1] if 1 <= attempts <= len(PAUSES) else None
