"""A part of the product on a machine whose clock is wrong: `python -m campaigns.faults.skewed FILE PART`.

FILE holds how many seconds it is ahead; whoever writes another number there sets the clock.
"""

from __future__ import annotations

import runpy
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

RIGHT = time.time


def set_wrong(file: Path) -> None:
    """From here on both clocks that the product reads, `time.time` and the system clock, go as the file says."""

    def wrong() -> float:
        return RIGHT() + float(file.read_text(encoding="ascii") or 0)

    time.time = wrong
    from engine.clock import SystemClock

    def now(self: SystemClock) -> datetime:  # noqa: ARG001 - it takes the place of a method
        return datetime.fromtimestamp(wrong(), UTC)

    SystemClock.now = now  # type: ignore[method-assign]


if __name__ == "__main__":
    set_wrong(Path(sys.argv[1]))
    sys.argv = ["samsyn", *sys.argv[2:]]
    runpy.run_module("cli", run_name="__main__", alter_sys=True)
