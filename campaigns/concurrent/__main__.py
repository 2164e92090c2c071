"""`python -m campaigns.concurrent`: many act at once, and their history is judged. Exit 1 when a promise broke."""

from __future__ import annotations

import argparse
import sys
import time
from datetime import UTC, datetime

from campaigns.concurrent.house import one_round, registers
from campaigns.concurrent.judge import PROMISES, Verdict
from campaigns.results import Outcome, Promise, keep

SHOWN = 20
KINDS = ("postgresql", "sqlite")


def campaign(kinds: tuple[str, ...], rounds: int, seed: int) -> dict[str, Verdict]:
    """So many rounds on each kind of database."""
    found = {}
    for kind in kinds:
        found[kind] = Verdict()
        with registers(kind) as register:
            for number in range(rounds):
                found[kind].add(one_round(register(number), seed * 100_000 + number))
    return found


def outcome(found: dict[str, Verdict], asked: argparse.Namespace, seconds: float) -> Outcome:
    """For the page of promises."""
    promises = [
        Promise(
            promise,
            sum(verdict.tried[promise] for verdict in found.values()),
            sum(len(verdict.faults.get(promise, [])) for verdict in found.values()),
            ", ".join(f"{verdict.tried[promise]:,} on {kind}" for kind, verdict in found.items()),
        )
        for promise in PROMISES
    ]
    command = f"make concurrent SEED={asked.seed} ROUNDS={asked.rounds}"
    return Outcome("concurrent", command, asked.seed, seconds, promises, datetime.now(UTC).date().isoformat())


def main() -> int:
    """Run it, and print what came of it."""
    asked = _asked()
    began = time.monotonic()
    found = campaign(tuple(asked.on.split(",")), asked.rounds, asked.seed)
    came = outcome(found, asked, time.monotonic() - began)
    for kind, verdict in found.items():
        for fault in [fault for faults in verdict.faults.values() for fault in faults][:SHOWN]:
            print(f"  {kind}: {fault}")
    for promise in came.promises:
        print(f"{promise.promise}: {promise.trials:,} tried, {promise.failures} broken. {promise.note}")
    print(f"{came.seconds:,.0f} seconds")
    if asked.keep:
        keep(came)
    return int(came.failures > 0)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m campaigns.concurrent", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--on", default=",".join(KINDS), help="kinds of databases, with commas")
    parser.add_argument("--keep", action="store_true", help="write campaigns/results/concurrent.json")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
