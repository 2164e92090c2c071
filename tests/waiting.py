"""Looking again until something has come about, in place of sleeping."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

INSTANT = 0.02
"""Seconds between two looks."""


def wait_until(holds: Callable[[], Any], timeout: float = 30.0, what: str | Callable[[], str] = "") -> Any:
    """Look again and again until `holds()` is true, and return what it returned.

    `what` is said when the time runs out, or called to say it then.
    """
    deadline = time.monotonic() + timeout
    while not (found := holds()):
        assert time.monotonic() < deadline, (
            f"not within {timeout:.0f} s: {(what() if callable(what) else what) or holds}"
        )
        time.sleep(INSTANT)
    return found
