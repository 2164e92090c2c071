"""Risks that lie in a definition's dates."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pendulum

from config.dates import PromiseKind
from config.findings import Code, Level, Risk
from config.i18n import N_
from config.named import date_written, milestone_named, phase_named
from config.phases import Adoption, Consultation, GoalSetting, Information
from config.said import Weekday, sentence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from config.calendars import Place
    from config.definition import Definition, Milestone
    from config.faults import Path
    from config.phases import PhaseBase
    from config.said import Said

EXACT_DAY = re.compile(r"(?:.*/)?[0-9]{4}-[0-9]{2}-[0-9]{2}")
JULY = 7
STEP_ORDER = ("opens", "material_due", "sending_meeting", "handover", "on", "due", "compile_due", "meeting")
"""The milestones that a phase may name, in the order in which its steps come."""
END_FIELDS = ("due", "on", "compile_due", "meeting")
"""Of them, those that may be its last."""
CONFIRM_IT = N_("confirm it, then remove 'inferred'")
WRITE_DUE = N_("write due with a milestone")


def date_risks(definition: Definition) -> Iterator[Risk]:
    """Everything about dates."""
    for key, milestone in definition.milestones.items():
        yield from _milestone_risks(definition, ("milestones", key), milestone)
        yield from _mandate_risks(definition, ("milestones", key), milestone)
    for key, phase in definition.phases.items():
        yield from _phase_risks(definition, ("phases", key), phase)


def _milestone_risks(definition: Definition, path: Path, milestone: Milestone) -> Iterator[Risk]:
    place, window = definition.where, milestone.window
    if milestone.inferred:
        yield Risk(Level.INFO, Code.INFERRED_DATE, path, _inferred(definition, milestone))
    if window is None or window.latest is None or place.is_working_day(window.latest):
        return
    exact = milestone.promise is not PromiseKind.IN and EXACT_DAY.fullmatch(milestone.date)
    where, day = (*path, milestone.promise.value), window.latest
    if milestone.statutory:
        rolls = N_("%(day)s is %(closed)s; it is set by law, so it rolls forward to %(next)s")
        words = sentence(rolls, day=day, closed=closed(place, day), next=place.roll_forward(day))
        yield Risk(Level.INFO, Code.NON_WORKING_DAY, where, words)
    elif exact:
        yield from _closed_day(place, where, day)


def _inferred(definition: Definition, milestone: Milestone) -> Said:
    named = date_written(definition, milestone.date)
    if not milestone.words:
        return sentence(N_("%(date)s was inferred"), CONFIRM_IT, date=named)
    return sentence(N_("%(date)s was inferred from '%(words)s'"), CONFIRM_IT, date=named, words=milestone.words)


def closed(place: Place, day: date) -> Said:
    """Why nobody works on a day: 'a Sunday', 'a Friday (Midsommarafton)'."""
    name = place.holiday(day)
    if name is None:
        return sentence(N_("a %(weekday)s"), weekday=Weekday(day))
    return sentence(N_("a %(weekday)s (%(holiday)s)"), weekday=Weekday(day), holiday=name)


def _mandate_risks(definition: Definition, path: Path, milestone: Milestone) -> Iterator[Risk]:
    """Whoever ordered the work said by when: whether the phase that answers to it is planned for then."""
    if milestone.mandate is None:
        return
    end, day = end_of_phase(definition, definition.phases[milestone.mandate]), last_day(definition, str(path[-1]))
    if end is None or day is None:
        return
    until, phase = _mandate_end(milestone, day), phase_named(definition, milestone.mandate)
    if end > day:
        late = N_("the mandate ends %(until)s, but '%(phase)s' may take until %(end)s")
        words = sentence(late, until=until, phase=phase, end=end)
        yield Risk(Level.WARNING, Code.MANDATE_IN_DANGER, path, words)
    else:
        agrees = N_("the mandate ends %(until)s; '%(phase)s' ends %(end)s at the latest: they agree, %(room)s")
        words = sentence(agrees, until=until, phase=phase, end=end, room=_to_spare((day - end).days))
        yield Risk(Level.INFO, Code.MANDATE_AGREES, path, words)


def _mandate_end(milestone: Milestone, day: date) -> Said | date:
    """The day, with the words that it was ordered in."""
    return sentence(N_("%(day)s ('%(words)s')"), day=day, words=milestone.words) if milestone.words else day


def _to_spare(days: int) -> Said:
    if days == 1:
        return sentence(N_("with 1 day to spare"))
    return sentence(N_("with %(days)s days to spare"), days=days) if days else sentence(N_("with no day to spare"))


def _closed_day(place: Place, path: Path, day: date) -> Iterator[Risk]:
    if place.is_working_day(day):
        return
    after, before = place.roll_forward(day), day
    while not place.is_working_day(before):
        before -= timedelta(days=1)
    stays = N_("%(day)s is %(closed)s; it was agreed, so it stays, but %(before)s and %(after)s are working days")
    words = sentence(stays, day=day, closed=closed(place, day), before=before, after=after)
    yield Risk(Level.WARNING, Code.NON_WORKING_DAY, path, words)


def _phase_risks(definition: Definition, path: Path, phase: PhaseBase) -> Iterator[Risk]:
    if isinstance(phase, GoalSetting) and isinstance(phase.meetings, list):
        for position, day in enumerate(phase.meetings):
            yield from _closed_day(definition.where, (*path, "meetings", position), day)
    if not isinstance(phase, Information) and not _has_date(phase):
        yield _no_date(path, phase)
    yield from _order_risks(definition, path, phase)
    if isinstance(phase, Consultation) and _asks_others(phase):
        yield from _consultation_risks(definition, path, phase)


def _no_date(path: Path, phase: PhaseBase) -> Risk:
    """Bodies outside the project plan their own meetings by the date: without one they cannot be asked."""
    if isinstance(phase, Consultation):
        replies = N_("no date by which replies are wanted; the coordinator must set one")
        return Risk(Level.ERROR, Code.NO_DATE, path, sentence(replies, WRITE_DUE))
    if isinstance(phase, Adoption):
        deciding = N_("no date by which the principals decide; the coordinator must set one")
        return Risk(Level.ERROR, Code.NO_DATE, path, sentence(deciding, WRITE_DUE))
    endless = sentence(N_("no date ends this phase"), N_("write due with a milestone, or in with a span"))
    return Risk(Level.WARNING, Code.NO_DATE, path, endless)


def _has_date(phase: PhaseBase) -> bool:
    """Whether anything dates the phase's answers; a milestone may be relative and still be a date."""
    dated = any(field in ("due", "on", "meeting") for field, _ in phase.milestone_refs())
    return dated or phase.window.latest is not None


def last_day(definition: Definition, milestone: str) -> date | None:
    """The last day of a promise; None while it waits for a phase."""
    window, relative = definition.milestones[milestone].window, definition.milestones[milestone].relative
    day = window.latest if window else None
    if relative is not None:
        anchor = _anchor(definition, relative.anchor)
        day = relative.from_day(anchor) if anchor else None
    return definition.falls_on(milestone, day) if day else None


def _anchor(definition: Definition, name: str) -> date | None:
    """The day that a relative date is counted from, where it is known before the cycle starts."""
    if name == "begins":
        return definition.begins
    return last_day(definition, name) if name in definition.milestones else None


def end_of_phase(definition: Definition, phase: PhaseBase) -> date | None:
    """The last day that the definition promises for a phase; None while that depends on events."""
    promised = [last_day(definition, name) for field, name in phase.milestone_refs() if field in END_FIELDS]
    days = [day for day in promised if day]
    return max(days) if days else phase.window.latest


def _order_risks(definition: Definition, path: Path, phase: PhaseBase) -> Iterator[Risk]:
    yield from _before_predecessors(definition, path, phase)
    yield from _before_own(definition, path, phase)


def _before_own(definition: Definition, path: Path, phase: PhaseBase) -> Iterator[Risk]:
    """Dates of one phase that come in another order than its steps, or before the phase may begin."""
    days = {field: (name, day) for field, name in phase.milestone_refs() if (day := last_day(definition, name))}
    order = [(field, *days[field]) for field in STEP_ORDER if field in days]
    for (_, first, earlier), (field, name, day) in pairwise(order):
        if day < earlier:
            before = N_("'%(milestone)s' (%(day)s) comes before '%(other)s' (%(other_day)s), which it waits for")
            named, other = milestone_named(definition, name), milestone_named(definition, first)
            words = sentence(before, milestone=named, day=day, other=other, other_day=earlier)
            yield Risk(Level.WARNING, Code.MILESTONE_BEFORE_DEPENDENCY, (*path, field), words)
    opens = phase.window.earliest
    if order and opens and order[-1][2] < opens:
        field, name, day = order[-1]
        early = N_("'%(milestone)s' (%(day)s) comes before the phase begins (%(opens)s)")
        words = sentence(early, milestone=milestone_named(definition, name), day=day, opens=opens)
        yield Risk(Level.WARNING, Code.MILESTONE_BEFORE_DEPENDENCY, (*path, field), words)


def _before_predecessors(definition: Definition, path: Path, phase: PhaseBase) -> Iterator[Risk]:
    for field, name in phase.milestone_refs():
        day = last_day(definition, name)
        for before in phase.predecessors:
            end = end_of_phase(definition, definition.phases[before])
            if day and end and day < end:
                early = N_(
                    "'%(milestone)s' (%(day)s) comes before the end of '%(phase)s' (%(end)s), which it waits for"
                )
                named, waited = milestone_named(definition, name), phase_named(definition, before)
                words = sentence(early, milestone=named, day=day, phase=waited, end=end)
                yield Risk(Level.WARNING, Code.MILESTONE_BEFORE_DEPENDENCY, (*path, field), words)


def _asks_others(phase: Consultation) -> bool:
    consultees = {key for field, key in phase.body_refs() if field == "consultees"}
    return bool(consultees - {phase.ruling_by})


def _opens(definition: Definition, phase: Consultation) -> date | None:
    """The earliest day on which consultees have the material, as far as it is known."""
    if sent := phase.sending_meeting or phase.material_due:
        return last_day(definition, sent)
    ends = [end_of_phase(definition, definition.phases[name]) for name in phase.predecessors]
    known = [day for day in (phase.window.earliest, *ends) if day]
    return max(known) if known else None


def _consultation_risks(definition: Definition, path: Path, phase: Consultation) -> Iterator[Risk]:
    opens = _opens(definition, phase)
    closes = last_day(definition, phase.due) if phase.due else end_of_phase(definition, phase)
    if opens is None or closes is None or closes < opens:
        return
    least, time = _least_end(definition.where, opens)
    if closes < least:
        brief = N_("from %(opens)s to %(closes)s is less than %(time)s, the customary time for a consultation")
        words = sentence(brief, opens=opens, closes=closes, time=time)
        yield Risk(Level.WARNING, Code.CONSULTATION_SHORT, path, words)
    julys = (year for year in range(opens.year, closes.year + 1) if _meets_july(opens, closes, year))
    for year in julys:
        words = sentence(N_("runs through July %(year)s, when few are at work"), year=year)
        yield Risk(Level.WARNING, Code.CONSULTATION_ACROSS_JULY, path, words)


def _least_end(place: Place, opens: date) -> tuple[date, Said]:
    """When a consultation that opens on a day may end, by custom.

    Sweden: three months (Ds 2009:38, Svara på remiss). Denmark: four weeks (Vejledning om lovkvalitet).
    """
    day = pendulum.Date(opens.year, opens.month, opens.day)
    if place.code == "DK":
        return day.add(weeks=4), sentence(N_("4 weeks"))
    return day.add(months=3), sentence(N_("3 months"))


def _meets_july(opens: date, closes: date, year: int) -> bool:
    return opens < opens.replace(year=year, month=JULY + 1, day=1) and closes >= closes.replace(
        year=year, month=JULY, day=1
    )
