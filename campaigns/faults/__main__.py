"""`python -m campaigns.faults [--only NAME …] [--times N] [--seed N] [--keep]`: each fault on real parts.

Exit 0 when every promise held, 1 when one broke, 2 for an unknown name. The last line is `trials=… failures=… seed=…`.
"""

from __future__ import annotations

import argparse
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from campaigns.faults.scenarios import SCENARIOS, Scenario, small_file_system, tried
from campaigns.results import Outcome, Promise, keep


def main(arguments: list[str] | None = None) -> int:
    """Run it."""
    said = _parser().parse_args(arguments)
    if said.list:
        print("\n".join(f"{name:22} {one.promise}" for name, one in SCENARIOS.items()))
        return 0
    if unknown := sorted(set(said.only) - set(SCENARIOS)):
        print(f"no such fault: {', '.join(unknown)}; --list names them", file=sys.stderr)
        return 2
    chosen = {name: one for name, one in SCENARIOS.items() if not said.only or name in said.only}
    began = time.monotonic()
    promises = run(chosen, said.seed, said.times)
    trials, failures = sum(p.trials for p in promises), sum(p.failures for p in promises)
    if said.keep and not said.only:
        command = f"make faults SEED={said.seed}" + (f" TIMES={said.times}" if said.times else "")
        today = f"{datetime.now(UTC):%Y-%m-%d}"
        keep(Outcome("faults", command, said.seed, time.monotonic() - began, promises, today))
    print(f"trials={trials} failures={failures} seed={said.seed}")
    return 1 if failures else 0


def run(chosen: dict[str, Scenario], seed: int, times: int | None = None) -> list[Promise]:
    """Try each fault on one installation, as often as it says or is told."""
    with TemporaryDirectory(prefix="samsyn-faults-") as folder, small_file_system(Path(folder) / "register") as small:
        return list(tried(chosen, Path(folder), small, seed, times))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m campaigns.faults", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", action="extend", nargs="+", default=[], metavar="NAME", help="these faults alone")
    parser.add_argument("--times", type=int, help="how often each is tried; otherwise as often as it is worth")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="write campaigns/results/faults.json")
    parser.add_argument("--list", action="store_true", help="name the faults")
    return parser


if __name__ == "__main__":
    sys.exit(main())
