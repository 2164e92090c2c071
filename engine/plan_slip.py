"""Slips: what moves when one promise is kept later than it was made.

Pure. A slip pushes what depends on it: later dates of the same phase, the phases that wait for it (`after`) or work
on its text, and dates that follow from it. Each keeps the time that the plan gave it; time that lay idle between two
phases takes up the slip first.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from config.check import made_text
from config.check_dates import STEP_ORDER
from config.dates import LENGTH, OPEN, Length, PromiseKind, length_of
from config.definition import Definition
from config.faults import unknown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from config.dates import Window
    from config.definition import Milestone, PhaseBase

SLIP = re.compile(rf"(?P<name>[a-z0-9][a-z0-9-]*)(?P<closed>\.closed)?\s*=\s*\+?{LENGTH}")
NO_DAYS = timedelta(0)
ONE_DAY = timedelta(days=1)


class SlipError(ValueError):
    """A slip that cannot be understood; the message says what to write."""


@dataclass(frozen=True)
class Slip:
    """A milestone, or the end of a phase, that comes later than promised."""

    name: str
    by: Length
    phase: bool = False

    def days(self, promised: date, *, whole_month: bool = False) -> timedelta:
        """By how much that is later than the day that was promised.

        Months keep the day of month, or take the month's last; of what was promised for a `whole_month`, always the
        last.
        """
        to = self.by.after(promised)
        if whole_month and self.by.months:
            to = to.replace(day=monthrange(to.year, to.month)[1])
        return to - promised


@dataclass(frozen=True)
class Span:
    """From when to when a phase runs in a course; None is not known."""

    opened: date | None
    closed: date | None


@dataclass
class Shifts:
    """By how much everything moves: milestones, and the beginnings and ends of phases."""

    milestones: dict[str, timedelta] = field(default_factory=dict)
    opens: dict[str, timedelta] = field(default_factory=dict)
    closes: dict[str, timedelta] = field(default_factory=dict)


def parse_slip(text: str, definition: Definition) -> Slip:
    """`MILESTONE=+6w`, or `PHASE=+2m` for the end of a phase; where both have the name, `PHASE.closed=+2m`.

    Raises:
        SlipError: it is neither.
    """
    found = SLIP.fullmatch(text.strip())
    if found is None:
        raise SlipError(f"'{text}' is no slip; write MILESTONE=+6w, PHASE=+14d or, in months, PHASE=+2m")
    name, by = found["name"], length_of(found["count"], found["unit"])
    if name in definition.milestones and not found["closed"]:
        return Slip(name, by)
    if name in definition.phases:
        return Slip(name, by, phase=True)
    raise SlipError(unknown("milestone or phase", name, [*definition.milestones, *definition.phases]))


def days_of(
    definition: Definition, slips: Sequence[Slip], due: Mapping[str, date], spans: Mapping[str, Span]
) -> dict[Slip, timedelta]:
    """By how many days each slip is later than its milestone's day, or than the day that its phase ends at the latest.

    Raises:
        SlipError: months are to be counted from a day that is not known.
    """
    return {slip: _days(definition, slip, due, spans) for slip in slips}


def _days(definition: Definition, slip: Slip, due: Mapping[str, date], spans: Mapping[str, Span]) -> timedelta:
    day = spans[slip.name].closed if slip.phase else due.get(slip.name)
    if day is None:
        if slip.by.months:
            raise SlipError(f"the day of '{slip.name}' is not known, so months cannot be counted from it; write +6w")
        return timedelta(days=slip.by.days)
    month_end = day.day == monthrange(day.year, day.month)[1]
    vague = not slip.phase and definition.milestones[slip.name].promise is PromiseKind.IN
    return slip.days(day, whole_month=vague and month_end)


def waits_for(definition: Definition) -> dict[str, set[str]]:
    """For every phase, the phases that it waits for, or whose text it works on."""
    makers = {made_text(phase): key for key, phase in definition.phases.items() if made_text(phase)}
    return {
        key: (set(phase.predecessors) | {makers[text] for text in _used_texts(phase) if text in makers}) - {key}
        for key, phase in definition.phases.items()
    }


def _used_texts(phase: PhaseBase) -> list[str]:
    """The texts that a phase works on, and does not make."""
    named = (getattr(phase, name, None) for name in ("text", "material"))
    return [text for text in named if isinstance(text, str) and text != made_text(phase)]


def shifts_of(definition: Definition, slips: Mapping[Slip, timedelta], spans: Mapping[str, Span]) -> Shifts:
    """By how much everything moves, given when the phases run in the plan.

    Dates and phases push each other until nothing moves any more; every push is the largest of several.
    """
    shifts = Shifts()
    for slip, by in slips.items():
        (shifts.closes if slip.phase else shifts.milestones)[slip.name] = by
    waiting = waits_for(definition)
    for _ in range(len(definition.phases) + len(definition.milestones) + 1):
        before = (dict(shifts.milestones), dict(shifts.opens), dict(shifts.closes))
        for key, phase in definition.phases.items():
            _push_phase(shifts, key, phase, waiting[key], spans)
        for key, milestone in definition.milestones.items():
            _push_follower(shifts, key, milestone)
        if before == (shifts.milestones, shifts.opens, shifts.closes):
            break
    return shifts


def _push_phase(shifts: Shifts, key: str, phase: PhaseBase, waiting: set[str], spans: Mapping[str, Span]) -> None:
    pushes = [_passed_on(shifts.closes.get(before, NO_DAYS), spans[before], spans[key]) for before in waiting]
    moved = _larger(shifts.opens, key, max(pushes, default=NO_DAYS))
    named = dict(phase.milestone_refs())
    for step in STEP_ORDER:
        if step in named:
            moved = _larger(shifts.milestones, named[step], moved)
    _larger(shifts.closes, key, moved)


def _passed_on(slip: timedelta, before: Span, after: Span) -> timedelta:
    """What is left of a slip when the idle days between two phases have taken up their part."""
    if not slip or before.closed is None or after.opened is None:
        return slip
    idle = max(after.opened - before.closed - ONE_DAY, NO_DAYS)
    return max(slip - idle, NO_DAYS)


def _push_follower(shifts: Shifts, key: str, milestone: Milestone) -> None:
    """A date that follows from an event moves with it."""
    if milestone.relative is None:
        return
    anchor, _, event = milestone.relative.anchor.partition(".")
    pushed = {"opened": shifts.opens, "closed": shifts.closes}.get(event, shifts.milestones).get(anchor, NO_DAYS)
    _larger(shifts.milestones, key, pushed)


def _larger(shifts: dict[str, timedelta], key: str, by: timedelta) -> timedelta:
    by = max(by, shifts.get(key, NO_DAYS))
    if by:
        shifts[key] = by
    return by


def shifted(definition: Definition, shifts: Shifts, due: Mapping[str, date]) -> Definition:
    """The same definition with its dates moved. `due` are the days of milestones whose date follows from an event."""
    said = definition.model_dump(mode="json", by_alias=True, exclude_none=True)
    for key, by in shifts.milestones.items():
        _move_milestone(said["milestones"][key], definition.milestones[key], due.get(key), by)
    for key, phase in definition.phases.items():
        _move_phase(said["phases"][key], phase, shifts.opens.get(key, NO_DAYS), shifts.closes.get(key, NO_DAYS))
    return Definition.model_validate(said)


def _move_milestone(said: dict[str, Any], milestone: Milestone, due: date | None, by: timedelta) -> None:
    window = milestone.window
    if window is not None:
        said[str(milestone.promise)] = _edtf(window, by, by)
    elif due is not None and not _moves_by_itself(milestone):
        said[str(milestone.promise)] = (due + by).isoformat()


def _moves_by_itself(milestone: Milestone) -> bool:
    """A date that follows from a phase is fixed when that phase has run, which the course of the slip shows."""
    return milestone.relative is not None and "." in milestone.relative.anchor


def _move_phase(said: dict[str, Any], phase: PhaseBase, opens: timedelta, closes: timedelta) -> None:
    if "in" in said:
        said["in"] = _edtf(phase.window, opens, closes)
    meetings = getattr(phase, "meetings", None)
    if isinstance(meetings, list):
        said["meetings"] = [(day + opens).isoformat() for day in meetings]


def _edtf(window: Window, first: timedelta, last: timedelta) -> str:
    start = (window.earliest + first).isoformat() if window.earliest else OPEN
    end = (window.latest + last).isoformat() if window.latest else OPEN
    return start if start == end else f"{start}/{end}"
