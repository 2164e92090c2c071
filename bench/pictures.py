"""Pictures of the kept figures, as SVG without any script."""

from __future__ import annotations

import re
import sys
import warnings
from typing import TYPE_CHECKING, Any

with warnings.catch_warnings():  # it puts a finder of plug-ins in the way of every later import, in a form of old
    warnings.simplefilter("ignore", ImportWarning)
    import pygal
    from pygal.style import Style
sys.meta_path[:] = [finder for finder in sys.meta_path if hasattr(finder, "find_spec")]

if TYPE_CHECKING:
    from collections.abc import Callable

Told = dict[str, dict[str, Any]]
PLAIN = Style(
    background="white", plot_background="white", font_family="sans-serif", label_font_size=13, major_label_font_size=13,
    title_font_size=17, legend_font_size=13, value_font_size=12, colors=("#1b5e8c", "#b4552d", "#5f7d32"),
)  # fmt: skip
SHAPE: dict[str, Any] = {
    "style": PLAIN, "js": [], "width": 820, "height": 420, "legend_at_bottom": True, "print_values": True,
    "disable_xml_declaration": True, "no_prefix": True,
}  # fmt: skip
SCRIPT = re.compile(r"<script.*?</script>", re.DOTALL)
WAITING = re.compile(r"^(?P<what>.+), (?P<number>[\d,]+) waiting$")


def pictures(told: Told) -> dict[str, str]:
    """Every picture whose figures there are, by name."""
    drawn: dict[str, tuple[str, Callable[[Told], Any]]] = {
        "passes": ("passes", passes),
        "memory": ("waiting", lambda known: waiting(known, "memory", "MB")),
        "restart": ("waiting", lambda known: waiting(known, "from start to act", "seconds")),
        "live": ("alone", live),
    }
    return {name: _plain(draw(told)) for name, (bench, draw) in drawn.items() if bench in told}


def _plain(chart: Any) -> str:
    """As SVG; the library leaves its settings in it as a script."""
    return SCRIPT.sub("", chart.render(is_unicode=True)) + "\n"


def passes(told: Told) -> Any:
    """Passes beside empty flows and the process worker."""
    rows = [row for row in told["passes"]["rows"] if row["unit"] in ("ms", "s")]
    chart = pygal.HorizontalBar(
        title="Resume to suspended again", x_title="seconds", show_legend=False, truncate_label=-1, **SHAPE
    )
    chart.x_labels = [row["measure"] for row in rows]
    chart.add("seconds", [round(row["figure"] / (1000 if row["unit"] == "ms" else 1), 2) for row in rows])
    return chart


def waiting(told: Told, what: str, unit: str) -> Any:
    """One figure over ever more that waits, ours and the peer's; the peer is not taken as far."""
    lines: dict[str, dict[int, float]] = {}
    for row in told["waiting"]["rows"]:
        found = WAITING.match(row["measure"])
        if found is not None and found["what"].endswith(what):
            whose = "DBOS" if row["measure"].startswith("DBOS") else "Samsyn"
            lines.setdefault(whose, {})[int(found["number"].replace(",", ""))] = round(row["figure"], 2)
    numbers = sorted({number for points in lines.values() for number in points})
    chart = pygal.Bar(title=f"{what.capitalize()}, by what waits", x_title="waiting", y_title=unit, **SHAPE)
    chart.x_labels = [f"{number:,}" for number in numbers]
    for whose, points in lines.items():
        chart.add(whose, [points.get(number) for number in numbers])
    return chart


def live(told: Told) -> Any:
    """The whole cycle, ours and Prefect alone."""
    rows = told["alone"]["rows"]
    chart = pygal.HorizontalBar(title="Five phases of nine answers", x_title="seconds", show_legend=False, **SHAPE)
    chart.x_labels = [row["measure"].rpartition("live, ")[2] for row in rows]
    chart.add("seconds", [round(row["figure"], 1) for row in rows])
    return chart
