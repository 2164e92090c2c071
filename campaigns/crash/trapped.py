"""A part of the stack with a trap in it: `python -m campaigns.crash.trapped worker`, otherwise as `samsyn worker`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import cli
from campaigns.crash import traps
from campaigns.crash.boundaries import Trap
from config.settings import load_settings
from engine.prefect_settings import prepare_worker_environment

LOG, TRAP = "CRASH_LOG", "CRASH_TRAP"
"""In the environment: where crossings are written down, and the crossing that is the last."""


def main() -> None:
    """Lay the trap and become the part."""
    trap = Trap.said(os.environ[TRAP], Path(os.environ[LOG]))
    traps.lay(trap)
    if sys.argv[1] == "worker":
        prepare_worker_environment(load_settings())
        traps.lay_in_prefect(trap)
    cli.main()


if __name__ == "__main__":
    main()
