"""What a measurement came to: rows for people, the same as JSON for machines."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One figure, beside what it is measured against in the same run."""

    measure: str
    figure: float
    unit: str
    ratio: float | None = None  # to what `beside` names
    beside: str = ""
    to_reach: str = ""  # the ratio that is aimed at, in words
    reached: bool | None = None
    more: dict[str, float] = field(default_factory=dict)


def percentile(figures: Iterable[float], share: float) -> float:
    """The figure that `share` of all do not exceed (nearest rank)."""
    ranked = sorted(figures)
    return ranked[max(0, -(-len(ranked) * int(share * 1000) // 1000) - 1)]


def show(rows: list[Row]) -> None:
    """The table on the terminal."""
    table = Table("measure", "figure", "ratio", "beside", "to reach", title="Read the ratios; times drift")
    for row in rows:
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        mark = {True: "[green]yes[/] ", False: "[red]no[/] ", None: ""}[row.reached]
        table.add_row(row.measure, f"{row.figure:,.2f} {row.unit}", ratio, row.beside, f"{mark}{row.to_reach}")
    Console(width=150).print(table)


def write(rows: list[Row], path: Path) -> None:
    """The same as JSON, with what the machine is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.system()}
    path.write_text(json.dumps({"machine": machine, "rows": [asdict(row) for row in rows]}, indent=2) + "\n")
