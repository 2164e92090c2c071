"""`python -m campaigns.tamper`: changes of each kind in every column of ten registers; exit 1 when one is missed."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import UTC, datetime
from multiprocessing import get_context

from campaigns.results import Outcome, Promise, keep
from campaigns.tamper.registers import CASES, END, HALF
from campaigns.tamper.trying import ANCHORED, ROW, TAIL, VALUE, Tally, one_register

WORDS = {
    VALUE: "a changed value is found: a bit, one more or less, NULL, or two rows' values swapped",
    ROW: "a deleted or doubled row is found",
    TAIL: "a journal whose last entries are gone is found",
    ANCHORED: "a register that was rolled back, or a journal that was written anew, is found by a head that is known",
}


def main() -> int:
    """Run, print, and keep if asked to."""
    parser = argparse.ArgumentParser(prog="python -m campaigns.tamper", description=__doc__)
    parser.add_argument("--times", type=int, default=1, help="how often each way is tried in each column")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", nargs="*", default=list(CASES), choices=CASES)
    parser.add_argument("--keep", action="store_true", help="write the outcome for docs/promises.md")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at once")
    asked = parser.parse_args()
    began, tally = time.monotonic(), Tally()
    places = [(case, instant) for case in asked.cases for instant in (HALF, END)]
    with ProcessPoolExecutor(asked.jobs, get_context("forkserver")) as pool:
        runs = [pool.submit(one_register, *place, asked.times, asked.seed) for place in places]
        for done in as_completed(runs):
            tally.add(done.result())
            print(f"{done.result().name}: {sum(tally.tried.values()):,} changes so far", flush=True)
            for missed in done.result().missed:
                print("  missed:", *missed, flush=True)
    outcome = _outcome(asked, tally, time.monotonic() - began)
    for promise in outcome.promises:
        print(f"{promise.promise}: {promise.trials:,} tried, {promise.failures} missed. {promise.note}")
    if asked.keep:
        keep(outcome)
    print(f"changes={sum(tally.tried.values())} missed={len(tally.missed)} void={tally.void} seed={asked.seed}")
    return int(bool(tally.missed))


def _outcome(asked: argparse.Namespace, tally: Tally, seconds: float) -> Outcome:
    notes = {
        VALUE: f"{len(tally.columns)} columns; {tally.void:,} more were refused by the database or said the same",
        ANCHORED: f"without a head, {tally.unanchored:,} of these held: a chain alone cannot show it",
    }
    missed = Counter(kind for kind, _ in tally.missed)
    promises = [Promise(WORDS[kind], tally.tried[kind], missed[kind], notes.get(kind, "")) for kind in WORDS]
    on = datetime.now(UTC).date().isoformat()
    some = "" if asked.cases == list(CASES) else f' ARGS="--cases {" ".join(asked.cases)}"'
    command = f"make tamper TIMES={asked.times} SEED={asked.seed}{some}"
    return Outcome("tamper", command, asked.seed, seconds, promises, on)


if __name__ == "__main__":
    sys.exit(main())
