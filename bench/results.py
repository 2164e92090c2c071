"""What a measurement came to: rows for people, the same as JSON for machines."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import quantiles
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

KEPT = Path(__file__).parent / "kept.json"
"""The latest whole measurements; docs/performance.md is made from them."""
SHOWN = ("prefect", "sqlalchemy", "fastapi", "aiosmtplib")
"""Packages whose versions matter to the figures."""


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


def spread(figures: Sequence[float], times: float = 1) -> dict[str, float]:
    """The quartiles of what was measured, in another unit when `times` says so, and how often that was."""
    if len(figures) < 2:
        return {"measured": len(figures)}
    low, _, high = quantiles(figures, n=4, method="inclusive")
    return {"lower_quartile": low * times, "upper_quartile": high * times, "measured": len(figures)}


def show(rows: list[Row]) -> None:
    """The table on the terminal."""
    table = Table("measure", "figure", "ratio", "beside", "to reach", title="Read the ratios; times drift")
    for row in rows:
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        mark = {True: "[green]yes[/] ", False: "[red]no[/] ", None: ""}[row.reached]
        table.add_row(row.measure, f"{row.figure:,.2f} {row.unit}", ratio, row.beside, f"{mark}{row.to_reach}")
    Console(width=150).print(table)


def write(measured: dict[str, list[Row]], path: Path) -> None:
    """The same as JSON, by bench, with what it was measured on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({name: _told(rows) for name, rows in measured.items()}, indent=2) + "\n")


def keep(measured: dict[str, list[Row]], path: Path = KEPT) -> None:
    """Put what was measured in the place of what is kept of the same benches; the others stay as they are."""
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    known.update({name: _told(rows) for name, rows in measured.items()})
    path.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def kept(path: Path = KEPT) -> dict[str, dict[str, Any]]:
    """What is kept, by bench: `on` (the day), `machine`, `versions` and `rows`."""
    return dict(json.loads(path.read_text(encoding="utf-8")))


def _told(rows: list[Row]) -> dict[str, Any]:
    machine = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    return {
        "on": datetime.now(UTC).date().isoformat(), "machine": machine, "load": os.getloadavg()[0],
        "versions": {name: version(name) for name in SHOWN}, "rows": [asdict(row) for row in rows],
    }  # fmt: skip
