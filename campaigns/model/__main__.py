"""`python -m campaigns.model`: so many stories of so many steps; exit 1 when one went wrong.

A story that goes wrong is told, and the next block of stories begins: one fault hides no other.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import UTC, datetime
from multiprocessing import get_context

from campaigns.model.stories import BLOCK, Told, tell
from campaigns.results import Outcome, Promise, keep


def main() -> int:
    """Run, print, and keep if asked to."""
    asked = _arguments()
    began, told = time.monotonic(), list[Told]()
    with ProcessPoolExecutor(asked.jobs, get_context("forkserver")) as pool:
        for block in as_completed([pool.submit(tell, n, asked) for n in range(-(-asked.examples // BLOCK))]):
            told.append(block.result())
            print(f"{sum(b.stories for b in told)} of {asked.examples} stories, {sum(b.steps for b in told):,} steps",
                  told[-1].fault, flush=True)  # fmt: skip
    outcome = _outcome(asked, time.monotonic() - began, told)
    for promise in outcome.promises:
        print(f"{promise.promise}: {promise.trials:,} tried, {promise.failures} broken. {promise.note}")
    if asked.keep:
        keep(outcome)
    steps, failures = outcome.promises[0].trials, outcome.failures
    print(f"examples={asked.examples} steps={steps} failures={failures} seed={asked.seed}")
    return int(failures > 0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m campaigns.model", description=__doc__)
    parser.add_argument("--examples", type=int, default=500)
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at once")
    parser.add_argument("--on-disk", action="store_true", help="a file instead of memory: slower, and killed for real")
    parser.add_argument("--shrink", action="store_true", help="tell a story that goes wrong as short as it can be")
    parser.add_argument("--keep", action="store_true", help="write the outcome for docs/promises.md")
    return parser.parse_args()


def _outcome(asked: argparse.Namespace, seconds: float, told: list[Told]) -> Outcome:
    ended = sum((Counter(block.ended) for block in told), Counter[str]())
    how = f"{asked.examples:,} stories: " + ", ".join(f"{count:,} {status}" for status, count in sorted(ended.items()))
    failures = sum(bool(block.fault) for block in told)
    steps, refused, kills = (sum(getattr(block, name) for block in told) for name in ("steps", "refused", "kills"))
    promises = [
        Promise("after every step the register says what a second account of the cycle says", steps, failures, how),
        Promise("what is refused changes nothing", refused, 0, "a failure is counted in the first line"),
        Promise("what is killed half-way changes nothing, or goes on where it was", kills, 0, "likewise"),
    ]
    size = f"EXAMPLES={asked.examples} STEPS={asked.steps} SEED={asked.seed}"
    return Outcome("model", f"make model {size}", asked.seed, seconds, promises, datetime.now(UTC).date().isoformat())


if __name__ == "__main__":
    sys.exit(main())
