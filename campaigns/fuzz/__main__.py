"""`python -m campaigns.fuzz`: give bad input to every reader of what comes from outside.

The last line is `inputs=… unhandled=… seed=…`; the exit code is 1 when anything was unhandled.
"""

from __future__ import annotations

import argparse
import logging
import time
import warnings
from datetime import UTC, datetime
from pathlib import Path

from campaigns.fuzz.campaign import TARGETS, Plan, added, be_nice, outcome, replayed, run
from campaigns.fuzz.target import Verdict
from campaigns.results import keep, kept


def main() -> int:
    """Try, and say what came of it."""
    said = _asked()
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    if said.replay:
        return _replay(said.replay)
    be_nice()
    names = tuple(said.target or TARGETS)
    plan = Plan(said.inputs, said.seed, said.seconds, names, said.jobs)
    began, tallies = time.monotonic(), []
    for tally in run(plan):
        print(tally, flush=True)
        for why, times in tally.faults.most_common(10):
            print(f"    {times:6,} × {why}", flush=True)
        tallies.append(tally)
    if said.keep:
        on = datetime.now(UTC).date().isoformat()
        came = outcome(tallies, plan, on, time.monotonic() - began)
        keep(added(came, kept(came.campaign)) if said.target else came)
    unhandled = sum(tally.unhandled for tally in tallies)
    if unhandled:
        print(f"kept in {plan.found}; try one again with --replay FILE")
    print(f"inputs={sum(tally.inputs for tally in tallies)} unhandled={unhandled} seed={said.seed}")
    return int(unhandled > 0)


def _asked() -> argparse.Namespace:
    says = argparse.ArgumentParser(prog="campaigns.fuzz", description=__doc__)
    says.add_argument("--inputs", type=int, default=1000, help="for each reader")
    says.add_argument("--seed", type=int, default=1)
    says.add_argument("--seconds", type=float, default=float("inf"), help="the longest that one reader is tried")
    says.add_argument("--jobs", type=int, default=2, help="readers tried side by side")
    says.add_argument(
        "--target",
        action="append",
        choices=sorted(TARGETS),
        help="only this reader, kept beside the others; may be repeated",
    )
    says.add_argument("--keep", action="store_true", help="write campaigns/results/fuzz.json")
    says.add_argument("--replay", type=Path, metavar="FILE", help="try one kept input again")
    return says.parse_args()


def _replay(path: Path) -> int:
    one = replayed(path)
    print(f"{path}: {one.verdict} in {one.seconds:.2f} s {one.why}")
    return int(one.verdict is Verdict.UNHANDLED)


if __name__ == "__main__":
    raise SystemExit(main())
