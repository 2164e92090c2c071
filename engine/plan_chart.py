"""The time line of a plan: where everything stands in the drawing. Pure; lengths are in units of the drawing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from textwrap import wrap
from typing import TYPE_CHECKING

import pendulum

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.plan_parts import Plan, PlannedPhase, Promise

WIDE, NARROW = 960, 320
TOP = 30
LINE = 17
BAR = 16
GAP = 26
SIGN = 7.2
"""How wide a letter of a label is, at most on average."""
TICK_ROOM = 68
STEPS = (1, 2, 3, 6, 12, 24, 60)
"""After how many months a new label may stand."""
ROOM = 16
"""How much room the number of a mark takes."""
STACK = 13
"""By how much marks of one day stand above each other."""
INSIDE = 10
"""What is left free at both ends, so that marks on the first and last day are whole."""


@dataclass(frozen=True)
class Tick:
    """A month on the axis."""

    x: float
    month: date


@dataclass(frozen=True)
class Mark:
    """A promise on its day."""

    x: float
    y: float
    label_x: float
    label_y: float
    promise: Promise


@dataclass(frozen=True)
class Bar:
    """A phase: its title above, from its latest opening to its latest end; the line before it is when it may open."""

    phase: PlannedPhase
    title: tuple[str, ...]
    title_y: tuple[float, ...]
    y: float
    x: float
    width: float
    early_x: float


@dataclass(frozen=True)
class Chart:
    """The whole drawing."""

    name: str
    width: int
    height: float
    ticks: tuple[Tick, ...]
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    today: float | None


def chart(plan: Plan, width: int, today: date | None = None) -> Chart:
    """The drawing of a plan in a given width."""
    scale = _Scale(plan, width)
    bars = tuple(_bars(plan, scale))
    bottom = bars[-1].y + BAR + GAP if bars else TOP
    loose = [promise for promise in plan.promises if promise.due and promise.phase is None]
    marks = [mark for bar in bars for mark in _marks(plan, scale, bar.phase.key, bar.y + BAR / 2)]
    marks += [Mark(x, bottom, x, bottom + BAR + 2, p) for p in loose if p.due for x in [scale.x(p.due)]]
    height = bottom + (2 * BAR if loose else 0)
    inside = today is not None and scale.first <= today <= scale.last
    return Chart(
        "wide" if width == WIDE else "narrow", width, height, tuple(_ticks(scale)), bars, tuple(marks),
        scale.x(today) if today and inside else None,
    )  # fmt: skip


class _Scale:
    """Days across the width."""

    def __init__(self, plan: Plan, width: int) -> None:
        days = [plan.begins, *(promise.due for promise in plan.promises if promise.due)]
        days += [day for phase in plan.phases for day in (phase.opens_latest, phase.closes_latest) if day]
        self.first = min(days).replace(day=1)
        last = max(days)
        self.last = date(last.year + last.month // 12, last.month % 12 + 1, 1)
        self.width = width

    def x(self, day: date) -> float:
        """Where a day begins."""
        share = (day - self.first).days / (self.last - self.first).days
        return round(INSIDE + share * (self.width - 2 * INSIDE), 1)


def _ticks(scale: _Scale) -> Iterator[Tick]:
    """The first of a month, as often as the labels have room; from January, so that years begin with one."""
    months = (scale.last.year - scale.first.year) * 12 + scale.last.month - scale.first.month
    room = max((scale.width - 2 * INSIDE) // TICK_ROOM, 1)
    step = next((step for step in STEPS if months / step <= room), STEPS[-1])
    month = pendulum.date(scale.first.year, scale.first.month, 1)
    while month < scale.last:
        if (month.year * 12 + month.month - 1) % step == 0 and scale.x(month) <= scale.width - TICK_ROOM + INSIDE:
            yield Tick(scale.x(month), month)
        month = month.add(months=1)


def _bars(plan: Plan, scale: _Scale) -> Iterator[Bar]:
    y: float = TOP
    for phase in plan.phases:
        opens, closes = phase.opens_latest or plan.begins, phase.closes_latest or scale.last
        title = tuple(wrap(phase.title, int(scale.width / SIGN))) or (phase.key,)
        lines = tuple(y + LINE * number for number in range(1, len(title) + 1))
        y = lines[-1] + 6
        x = scale.x(opens)
        width = max(scale.x(closes + timedelta(days=1)) - x, 5.0)
        yield Bar(phase, title, lines, y, x, round(width, 1), scale.x(min(phase.opens_earliest or opens, opens)))
        y += BAR + GAP


def _marks(plan: Plan, scale: _Scale, phase: str, y: float) -> Iterator[Mark]:
    """The promises of a phase on its bar, their numbers below; numbers too near to each other are set apart."""
    due = sorted((p for p in plan.promises if p.phase == phase and p.due), key=lambda p: (p.due, p.number))
    places = [scale.x(promise.due) for promise in due if promise.due]
    for promise, x, label_x in zip(due, places, _apart(places, scale.width), strict=True):
        above = sum(other == x for other in places[: due.index(promise)])
        yield Mark(x, y - above * STACK, label_x, y + BAR / 2 + 15, promise)


def _apart(places: list[float], width: int) -> list[float]:
    """Where labels stand that must not touch: to the right of their place if need be, but inside the drawing."""
    labels: list[float] = []
    for x in places:
        labels.append(max(x, labels[-1] + ROOM) if labels else x)
    limit: float = width - ROOM / 2
    for number in range(len(labels) - 1, -1, -1):
        labels[number] = min(labels[number], limit)
        limit = labels[number] - ROOM
    return labels
