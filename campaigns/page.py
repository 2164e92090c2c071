"""Puts the campaigns' latest outcomes into docs/promises.md, between the marks that name them."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from campaigns.results import Outcome, kept

PAGE = Path(__file__).parent.parent / "docs" / "promises.md"
PLACE = re.compile(r"(?P<begin><!-- outcome: (?P<campaign>[\w-]+) -->\n).*?(?P<end><!-- end -->)", re.DOTALL)


def table(outcome: Outcome) -> str:
    """What a reader sees of one campaign."""
    head = f"`{outcome.command}` on {outcome.on}, seed {outcome.seed}: {outcome.seconds:,.0f} s ({outcome.machine})."
    rows = [
        f"| {promise.promise} | {promise.trials:,} | {promise.failures} | {promise.note} |"
        for promise in outcome.promises
    ]
    return "\n".join([head, "", "| promise | trials | failures | note |", "|---|---|---|---|", *rows, ""])


def filled(page: str) -> str:
    """The page with every outcome in its place."""
    return PLACE.sub(lambda place: f"{place['begin']}{table(kept(place['campaign']))}{place['end']}", page)


def main() -> int:
    """Rewrite the page; with `--check`, say only whether it agrees."""
    page = PAGE.read_text(encoding="utf-8")
    if "--check" in sys.argv:
        return int(filled(page) != page)
    PAGE.write_text(filled(page), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
