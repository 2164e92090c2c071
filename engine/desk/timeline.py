"""The time line of a cycle that runs: what was, what is, and what is planned, drawn by the plan's own drawing.

A phase reaches from the day on which it opened, or may open, to the day on which it closed, or the last day that its
definition or one of its promises names. Where neither names one, it is drawn as open to one end, until today.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from config.calendars import PLACES
from engine.plan_chart import NARROW, WIDE, Chart, chart
from engine.plan_parts import Computed, Plan, PlannedPhase, Promise, Rule
from tasks.phase import definition_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from config.calendars import Place
    from config.definition import Definition
    from models.cycle import Cycle
    from models.phase import Milestone, Phase


@dataclass(frozen=True)
class TimeLine:
    """The drawing in two widths, and the days that it shows."""

    charts: tuple[Chart, ...]
    today: date
    ends: Mapping[str, date | None]  # by phase: its last day, known or planned


def timeline(cycle: Cycle, phases: Sequence[Phase], milestones: Sequence[Milestone], now: datetime) -> TimeLine:
    """Where everything stands in the drawing at `now`."""
    place = PLACES[cycle.place]
    definition = definition_of(cycle.definition)
    today = place.today(now)
    due = {row.key: row.due_on for row in milestones}
    ends = {phase.key: _end(definition, phase, due, place) for phase in phases}
    plan = Plan(
        cycle=cycle.id,
        title=cycle.title,
        language=str(cycle.language),
        place=place,
        begins=cycle.begins,
        ends=max((day for day in ends.values() if day), default=None),
        rows=(),
        phases=tuple(_phase(phase, ends, today, place) for phase in phases),
        promises=tuple(_promise(definition, row) for row in milestones),
    )
    shown = today if cycle.ended_at is None else None
    return TimeLine((chart(plan, WIDE, shown), chart(plan, NARROW, shown)), today, ends)


def _end(definition: Definition, phase: Phase, due: Mapping[str, date | None], place: Place) -> date | None:
    """A phase's last day: as it was, or the latest that it has been promised."""
    if phase.closed_at is not None:
        return place.today(phase.closed_at)
    says = definition.phases.get(phase.key)
    if says is None:
        return None
    days = [says.window.latest, *(due.get(key) for _, key in says.milestone_refs())]
    return max((day for day in days if day), default=None)


def _phase(phase: Phase, ends: Mapping[str, date | None], today: date, place: Place) -> PlannedPhase:
    begins = place.today(phase.opened_at) if phase.opened_at else _may_open(phase, ends, today)
    end = ends[phase.key]
    last = max(begins, end or begins)
    if phase.opened_at is not None and phase.closed_at is None:
        last = max(last, today)  # what is open has not ended, whatever was promised
    return PlannedPhase(
        key=phase.key, kind=str(phase.kind), title=phase.title, after=tuple(phase.after),
        opens_earliest=begins, opens_latest=begins, closes_earliest=last, closes_latest=last, dated=end is not None,
    )  # fmt: skip


def _may_open(phase: Phase, ends: Mapping[str, date | None], today: date) -> date:
    """When a planned phase may open: not before today, its own first day, or the end of those that it follows."""
    before = [ends.get(key) for key in phase.after]
    return max(day for day in (today, phase.opens_on, *before) if day)


def _promise(definition: Definition, row: Milestone) -> Promise:
    named = next(
        (key for key, says in definition.phases.items() for _, ref in says.milestone_refs() if ref == row.key), None
    )
    says = definition.milestones.get(row.key)
    return Promise(
        number=row.ordinal, key=row.key, title=row.title, promise=row.promise, edtf=row.edtf, words=row.words,
        inferred=row.inferred, statutory=says is not None and says.statutory,
        mandate=says is not None and says.mandate is not None, phase=named, bodies=(), due=row.due_on,
        computed=Computed(Rule.DAY, row.edtf), closed=None, waits_for=(), ready=None, slack=None, earliest=None,
        latest=None, late=0,
    )  # fmt: skip
