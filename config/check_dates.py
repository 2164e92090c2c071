"""Risks that lie in a definition's dates."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pendulum

from config.dates import PromiseKind
from config.findings import Code, Level, Risk
from config.phases import Consultation, GoalSetting, Information

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from config.calendars import Place
    from config.definition import Definition, Milestone
    from config.faults import Path
    from config.phases import PhaseBase

EXACT_DAY = re.compile(r"(?:.*/)?[0-9]{4}-[0-9]{2}-[0-9]{2}")
JULY = 7


def date_risks(definition: Definition) -> Iterator[Risk]:
    """Everything about dates."""
    for key, milestone in definition.milestones.items():
        yield from _milestone_risks(definition.where, ("milestones", key), milestone)
    for key, phase in definition.phases.items():
        yield from _phase_risks(definition, ("phases", key), phase)


def _milestone_risks(place: Place, path: Path, milestone: Milestone) -> Iterator[Risk]:
    window, words = milestone.window, f" from '{milestone.words}'" if milestone.words else ""
    if milestone.inferred:
        message = f"{milestone.date} was inferred{words}; confirm it, then remove 'inferred'"
        yield Risk(Level.INFO, Code.INFERRED_DATE, path, message)
    exact = milestone.promise is not PromiseKind.IN and EXACT_DAY.fullmatch(milestone.date)
    if exact and window and window.latest:
        yield from _closed_day(place, (*path, milestone.promise.value), window.latest)


def _closed_day(place: Place, path: Path, day: date) -> Iterator[Risk]:
    if place.is_working_day(day):
        return
    name = place.holiday(day)
    what = f"a {day:%A}" + (f" ({name})" if name else "")
    after, before = place.roll_forward(day), day
    while not place.is_working_day(before):
        before -= timedelta(days=1)
    message = f"{day} is {what}; it was agreed, so it stays, but {before} and {after} are working days"
    yield Risk(Level.WARNING, Code.NON_WORKING_DAY, path, message)


def _phase_risks(definition: Definition, path: Path, phase: PhaseBase) -> Iterator[Risk]:
    if isinstance(phase, GoalSetting) and isinstance(phase.meetings, list):
        for position, day in enumerate(phase.meetings):
            yield from _closed_day(definition.where, (*path, "meetings", position), day)
    if not isinstance(phase, Information) and not _has_date(phase):
        message = "no date ends this phase; write due with a milestone, or in with a span"
        yield Risk(Level.WARNING, Code.NO_DATE, path, message)
    yield from _order_risks(definition, path, phase)
    if isinstance(phase, Consultation) and _asks_others(phase):
        yield from _consultation_risks(definition, path, phase)


def _has_date(phase: PhaseBase) -> bool:
    """Whether anything dates the phase's end; a milestone may be relative and still be a date."""
    return any(True for _ in _ends(phase)) or phase.window.latest is not None


def _ends(phase: PhaseBase) -> Iterator[tuple[str, str]]:
    yield from ((field, name) for field, name in phase.milestone_refs() if field in ("due", "meeting"))


def _latest(definition: Definition, milestone: str) -> date | None:
    window = definition.milestones[milestone].window
    return window.latest if window else None


def end_of_phase(definition: Definition, phase: PhaseBase) -> date | None:
    """The last day that the definition promises for a phase; None while that depends on events."""
    promised = [_latest(definition, name) for _, name in _ends(phase)]
    days = [day for day in promised if day]
    return max(days) if days else phase.window.latest


def _order_risks(definition: Definition, path: Path, phase: PhaseBase) -> Iterator[Risk]:
    for field, name in phase.milestone_refs():
        day = _latest(definition, name)
        for before in phase.predecessors:
            end = end_of_phase(definition, definition.phases[before])
            if day and end and day < end:
                message = f"'{name}' ({day}) comes before the end of '{before}' ({end}), which it waits for"
                yield Risk(Level.WARNING, Code.MILESTONE_BEFORE_DEPENDENCY, (*path, field), message)


def _asks_others(phase: Consultation) -> bool:
    consultees = {key for field, key in phase.body_refs() if field == "consultees"}
    return bool(consultees - {phase.ruling_by})


def _opens(definition: Definition, phase: Consultation) -> date | None:
    """The earliest day on which consultees have the material, as far as it is known."""
    if phase.material_due:
        return _latest(definition, phase.material_due)
    ends = [end_of_phase(definition, definition.phases[name]) for name in phase.predecessors]
    known = [day for day in (phase.window.earliest, *ends) if day]
    return max(known) if known else None


def _consultation_risks(definition: Definition, path: Path, phase: Consultation) -> Iterator[Risk]:
    opens = _opens(definition, phase)
    closes = _latest(definition, phase.due) if phase.due else end_of_phase(definition, phase)
    if opens is None or closes is None or closes < opens:
        return
    least, words = _least_end(definition.where, opens)
    if closes < least:
        message = f"from {opens} to {closes} is less than {words}, the customary time for a consultation"
        yield Risk(Level.WARNING, Code.CONSULTATION_SHORT, path, message)
    julys = (year for year in range(opens.year, closes.year + 1) if _meets_july(opens, closes, year))
    for year in julys:
        message = f"runs through July {year}, when few are at work"
        yield Risk(Level.WARNING, Code.CONSULTATION_ACROSS_JULY, path, message)


def _least_end(place: Place, opens: date) -> tuple[date, str]:
    """When a consultation that opens on a day may end, by custom.

    Sweden: three months (Ds 2009:38, Svara på remiss). Denmark: four weeks (Vejledning om lovkvalitet).
    """
    day = pendulum.Date(opens.year, opens.month, opens.day)
    if place.code == "DK":
        return day.add(weeks=4), "4 weeks"
    return day.add(months=3), "3 months"


def _meets_july(opens: date, closes: date, year: int) -> bool:
    return opens < opens.replace(year=year, month=JULY + 1, day=1) and closes >= closes.replace(
        year=year, month=JULY, day=1
    )
