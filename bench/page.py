"""Puts the kept figures into docs/performance.md, between the marks that name their bench, and draws its pictures."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from bench.pictures import pictures
from bench.results import kept

DOCS = Path(__file__).parent.parent / "docs"
PAGE = DOCS / "performance.md"
IMAGES = DOCS / "images"
PLACE = re.compile(r"(?P<begin><!-- bench: (?P<bench>[\w-]+) -->\n).*?(?P<end><!-- end -->)", re.DOTALL)
REACHED = {True: "reached", False: "**not reached**", None: ""}
FINE = 10
"""From here on a figure is shown without decimals."""


def table(told: dict[str, Any]) -> str:
    """What a reader sees of one bench."""
    versions = ", ".join(f"{name} {number}" for name, number in told["versions"].items())
    rows = [
        f"| {row['measure']} | {_figure(row['figure'])} {row['unit']} | {_spread(row)} | {_ratio(row)} "
        f"| {row['to_reach']} | {REACHED[row['reached']]} |"
        for row in told["rows"]
    ]
    head = "| measure | median | middle half | ratio | to reach | |"
    return "\n".join(
        [f"{told['on']}, {told['machine']}; {versions}.", "", head, "|---|---|---|---|---|---|", *rows, ""]
    )


def shown(known: dict[str, dict[str, Any]], bench: str) -> str:
    """The table of a bench, or that it has none yet."""
    return table(known[bench]) if bench in known else "No figures are kept of this yet.\n"


def filled(page: str) -> str:
    """The page with every table in its place."""
    known = kept()
    return PLACE.sub(lambda place: f"{place['begin']}{shown(known, place['bench'])}{place['end']}", page)


def main() -> int:
    """Rewrite page and pictures; with `--check`, say only whether the page agrees."""
    page = PAGE.read_text(encoding="utf-8")
    if "--check" in sys.argv:
        return int(filled(page) != page)
    PAGE.write_text(filled(page), encoding="utf-8")
    for name, picture in pictures(kept()).items():
        (IMAGES / f"performance-{name}.svg").write_text(picture, encoding="utf-8")
    return 0


def _figure(figure: float) -> str:
    return f"{figure:,.0f}" if figure >= FINE or figure == int(figure) else f"{figure:.2f}"


def _spread(row: dict[str, Any]) -> str:
    more = row["more"]
    if "lower_quartile" not in more:
        return ""
    return f"{_figure(more['lower_quartile'])}-{_figure(more['upper_quartile'])}, of {more['measured']}"


def _ratio(row: dict[str, Any]) -> str:
    return "" if row["ratio"] is None else f"{row['ratio']:.2f} × {row['beside']}"


if __name__ == "__main__":
    sys.exit(main())
