"""What another day would put in danger: the checks of definitions, over the dates as they are and as they would be."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from config.check_dates import date_risks
from config.definition import Definition
from config.findings import Code, Level
from models.phase import PhaseStatus

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime

    from config.findings import Risk
    from models.meeting import Meeting
    from models.phase import Phase
    from tasks.phase import AnyPhase


class Peril(StrEnum):
    """What a move may do harm to."""

    CLOSED_DAY = "closed_day"  # nobody works on that day
    MANDATE = "mandate"
    ORDER = "order"  # before something that it waits for
    SHORT = "short"  # a consultation under the customary time
    JULY = "july"
    LATER = "later"  # a phase that could open and now has to wait
    PAST = "past"  # the day is over
    SUMMONS = "summons"  # too near to call a body in time


PERILS = {
    Code.NON_WORKING_DAY: Peril.CLOSED_DAY,
    Code.MANDATE_IN_DANGER: Peril.MANDATE,
    Code.MILESTONE_BEFORE_DEPENDENCY: Peril.ORDER,
    Code.CONSULTATION_SHORT: Peril.SHORT,
    Code.CONSULTATION_ACROSS_JULY: Peril.JULY,
}


@dataclass(frozen=True)
class Danger:
    """One harm: to a promise or a phase, by key, with the day that does it."""

    peril: Peril
    milestone: str | None = None
    phase: str | None = None
    day: date | None = None


def dangers_of(
    context: AnyPhase, before: Mapping[str, date | None], after: Mapping[str, date | None], to: date, now: datetime,
    late: Sequence[Meeting], phases: Sequence[Phase],
) -> Iterator[Danger]:  # fmt: skip
    """What is in danger after a move that was not before it; `late` are meetings too near to call a body in time."""
    if to < context.place.today(now):
        yield Danger(Peril.PAST, day=to)
    known = {(risk.code, risk.message) for risk in _risks(context.definition, before)}
    for risk in _risks(context.definition, after):
        if (risk.code, risk.message) not in known:
            yield _danger(context.definition, risk, after)
    for meeting in late:
        yield Danger(Peril.SUMMONS, milestone=meeting.milestone, day=meeting.day)
    yield from _later(phases, before, after)


def _risks(definition: Definition, days: Mapping[str, date | None]) -> list[Risk]:
    found = date_risks(dated(definition, days))
    return [risk for risk in found if risk.level is not Level.INFO and risk.code in PERILS]


def dated(definition: Definition, days: Mapping[str, date | None]) -> Definition:
    """The definition with the register's days, where they are other ones than it says."""
    said = definition.model_dump(mode="json", by_alias=True, exclude_none=True)
    for key, milestone in definition.milestones.items():
        day = days.get(key)
        window = milestone.window
        if day is not None and (window is None or window.latest != day):
            said["milestones"][key][str(milestone.promise)] = day.isoformat()
    return Definition.model_validate(said)


def _danger(definition: Definition, risk: Risk, days: Mapping[str, date | None]) -> Danger:
    place, key, *field = [str(part) for part in risk.path]
    if place == "milestones":
        return Danger(PERILS[risk.code], milestone=key, day=days.get(key))
    named = dict(definition.phases[key].milestone_refs()).get(field[0]) if field else None
    return Danger(PERILS[risk.code], milestone=named, phase=key, day=days.get(named) if named else None)


def _later(
    phases: Sequence[Phase], before: Mapping[str, date | None], after: Mapping[str, date | None]
) -> Iterator[Danger]:
    """Phases that wait for one whose promise moves past the day on which they could have opened."""
    by_key = {phase.key: phase for phase in phases}
    for phase in phases:
        if phase.status is not PhaseStatus.PLANNED or phase.opens_on is None:
            continue
        held = {key for name in phase.after for key in by_key[name].promises}
        days = [(after[key], before.get(key)) for key in held if after.get(key) != before.get(key)]
        later = [new for new, old in days if new and new >= phase.opens_on and (old is None or old < new)]
        if later:
            yield Danger(Peril.LATER, phase=phase.key, day=max(later))
