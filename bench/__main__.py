"""`python -m bench [NAME …] [--quick]`: measure, show the table, keep it as JSON."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bench import answering, cycles, looking, mailing, over_http, recording, waiting
from bench.results import Row, show, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BENCHES: dict[str, Callable[..., Iterator[Row]]] = {
    "recording": recording.measure,
    "cycles": cycles.measure,
    "looking": looking.measure,
    "mailing": mailing.measure,
    "http": over_http.measure,
    "waiting": waiting.measure,
    "answering": answering.measure,
}
LATEST = Path(__file__).parent / "results" / "latest.json"


def main() -> int:
    """Measure what is named, or everything; 1 when a ratio was not reached."""
    says = argparse.ArgumentParser(prog="bench", description=__doc__)
    says.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHES))
    says.add_argument("--quick", action="store_true", help="fewer rounds: under two minutes")
    said = says.parse_args()
    unknown = [name for name in said.names if name not in BENCHES]
    if unknown:
        says.error(f"no bench of the name {unknown[0]}; there are {', '.join(BENCHES)}")
    rows = [row for name in said.names or BENCHES for row in BENCHES[name](quick=said.quick)]
    show(rows)
    write(rows, LATEST)
    return 1 if any(row.reached is False for row in rows) else 0


if __name__ == "__main__":
    raise SystemExit(main())
