"""Looking again until something has come about."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

LOOK = 0.02
"""Seconds between two looks."""


class NeverCame(Exception):  # noqa: N818
    """What was waited for did not come about; the message says what it was."""


def until(holds: Callable[[], Any], what: str, seconds: float = 60.0) -> Any:
    """Look until `holds()` is true, and return what it returned.

    Raises:
        NeverCame: it did not become true within so many seconds.
    """
    deadline = time.monotonic() + seconds
    while not (found := holds()):
        if time.monotonic() > deadline:
            raise NeverCame(f"not within {seconds:.0f} s: {what}")
        time.sleep(LOOK)
    return found
