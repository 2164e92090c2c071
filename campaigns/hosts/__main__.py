"""`python -m campaigns.hosts`: a cycle over hosts in trouble. Exit 1 when a promise broke, 77 when it cannot run."""

from __future__ import annotations

import argparse
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from campaigns.cluster import NoPostgreSQL, program
from campaigns.crash.cases import bundled, little
from campaigns.hosts.installation import Installation
from campaigns.hosts.network import Network, NoNamespaces, refuse_without_namespaces
from campaigns.hosts.run import Run
from campaigns.results import Outcome, Promise, keep

if TYPE_CHECKING:
    from campaigns.crash.cases import Case

CANNOT = 77
"""What test programs end with that were skipped."""


def main() -> int:
    """Run it, and print what came of it."""
    asked = _asked()
    try:
        refuse_without_namespaces()
        program("initdb")
    except (NoNamespaces, NoPostgreSQL) as reason:
        print(f"several hosts cannot be made here: {reason}")
        return CANNOT
    outcome = run(little() if asked.cycle == "little" else bundled(asked.cycle), asked)
    for promise in outcome.promises:
        print(f"{promise.promise}: {promise.trials:,} tried, {promise.failures} broken. {promise.note}")
    print(f"{outcome.seconds:,.0f} seconds")
    if asked.keep:
        keep(outcome)
    return int(outcome.failures > 0)


def run(case: Case, asked: argparse.Namespace) -> Outcome:
    """On hosts that exist for its time."""
    began = time.monotonic()
    with TemporaryDirectory(prefix="samsyn-hosts-") as folder, Network(Path(folder)) as network:
        installation = Installation(network)
        try:
            one = Run(installation, case.definition, case.script, Random(asked.seed), _say, asked.seconds)
            one.judge(one.play())
        except BaseException:
            print(installation.last_words())
            raise
        finally:
            installation.stop()
    for problem in one.problems:
        print(f"  {problem}")
    return _outcome(one, asked, time.monotonic() - began)


def _outcome(one: Run, asked: argparse.Namespace, seconds: float) -> Outcome:
    command = f"make hosts SEED={asked.seed}"
    promises = [
        Promise(
            "A cycle over several hosts comes to the end that its rehearsal had, whatever host is cut off or loses its "
            "power", len(one.happened), len(one.problems), "; ".join(sorted(one.happened)),
        ),
        Promise(
            "A mail comes again only after trouble, under the same Message-ID", one.mails,
            int(one.repeats > len(one.happened)), f"{one.repeats} came again",
        ),
    ]  # fmt: skip
    return Outcome("hosts", command, asked.seed, seconds, promises, datetime.now(UTC).date().isoformat())


def _say(line: str) -> None:
    print(line, flush=True)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m campaigns.hosts", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cycle", default="jamtland-2012", help="a bundled script, or `little`")
    parser.add_argument("--seconds", type=float, default=30.0, help="for how long a cable stays out")
    parser.add_argument("--keep", action="store_true", help="write campaigns/results/hosts.json")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
