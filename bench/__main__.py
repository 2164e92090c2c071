"""`python -m bench [NAME …] [--quick]`: measure, show the table, keep it as JSON."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bench import alone, answering, consulting, cycles, looking, mailing, over_http, passes, recording, waiting
from bench.results import Row, keep, show, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

BENCHES: dict[str, Callable[..., Iterator[Row]]] = {
    "recording": recording.measure,
    "cycles": cycles.measure,
    "looking": looking.measure,
    "mailing": mailing.measure,
    "http": over_http.measure,
    "waiting": waiting.measure,
    "answering": answering.measure,
    "passes": passes.measure,
    "alone": alone.measure,
    "consulting": consulting.measure,
}
QUICK = ("recording", "cycles", "looking", "http", "passes")
"""What a quick run measures when nothing is named; the others have to wait for things to happen."""
FAILED = 2
LATEST = Path(__file__).parent / "results" / "latest.json"


def main() -> int:
    """Measure what is named, or everything; 1 when a ratio was not reached, 2 when something could not be measured."""
    says = argparse.ArgumentParser(prog="bench", description=__doc__)
    says.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHES))
    says.add_argument("--quick", action="store_true", help=f"fewer rounds, and of all only {', '.join(QUICK)}")
    says.add_argument("--keep", action="store_true", help="keep the figures; python -m bench.page puts them in docs/")
    said = says.parse_args()
    unknown = [name for name in said.names if name not in BENCHES]
    if unknown:
        says.error(f"no bench of the name {unknown[0]}; there are {', '.join(BENCHES)}")
    measured, failed = _measured(said.names or (QUICK if said.quick else BENCHES), quick=said.quick)
    rows = [row for found in measured.values() for row in found]
    show(rows)
    write(measured, LATEST)
    if said.keep:
        keep(measured)
    if failed:
        print(f"not measured: {', '.join(failed)}", file=sys.stderr)
        return FAILED
    return 1 if any(row.reached is False for row in rows) else 0


def _measured(names: Iterable[str], *, quick: bool) -> tuple[dict[str, list[Row]], list[str]]:
    """The rows of each, and those that failed: what the others have measured in minutes is not lost with them."""
    measured: dict[str, list[Row]] = {}
    failed = []
    for name in names:
        try:
            measured[name] = list(BENCHES[name](quick=quick))
        except Exception:
            logging.getLogger("bench").exception("%s could not be measured", name)
            failed.append(name)
    return measured, failed


if __name__ == "__main__":
    raise SystemExit(main())
