"""Moving single days of a definition before its cycle starts: of milestones, of meetings, and of phases' ends.

`config.setdates` is for the command line, which names milestones and phases; here a day is named by its place, so that
every date of a definition can be decided one by one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from config.check_dates import END_FIELDS, last_day
from config.dates import parse_relative
from config.definition import Definition
from config.faults import Fault
from config.i18n import N_
from config.said import sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from config.faults import Path

MILESTONE, PHASE = "milestones", "phases"


def place_of(where: str) -> Path:
    """The place that `where` names: `milestones.KEY`, `phases.KEY.in`, `phases.KEY.due`, `phases.KEY.meetings.0`."""
    return tuple(int(step) if step.isdecimal() and number else step for number, step in _steps(where))


def _steps(where: str) -> list[tuple[bool, str]]:
    """The steps of a place, and whether a step may be a position in a list: keys may be digits too."""
    return [(number == 3, step) for number, step in enumerate(where.split("."))]  # noqa: PLR2004 - see above


def with_days(definition: Definition, days: Mapping[str, date]) -> Definition:
    """The same definition with these days, by place. Words that named another day are left out.

    The end of a phase that a moved milestone ends moves with it. `phases.KEY.due` gives a phase that has no date one.

    Raises:
        Fault: a place is not there, or a phase is due already.
    """
    if not days:
        return definition
    said = definition.model_dump(mode="json", by_alias=True, exclude_none=True)
    for where, day in days.items():
        path = place_of(where)
        try:
            _moved(definition, said, path, day)
        except (KeyError, IndexError, TypeError, ValueError) as nowhere:
            raise Fault(path, sentence(N_("there is no date at '%(where)s'"), where=where)) from nowhere
    return Definition.model_validate(said)


def confirmed(definition: Definition, keys: Sequence[str]) -> Definition:
    """The same definition in which somebody stands for these dates, which had been worked out from the source."""
    known = [key for key in keys if key in definition.milestones and definition.milestones[key].inferred]
    if not known:
        return definition
    said = definition.model_dump(mode="json", by_alias=True, exclude_none=True)
    for key in known:
        said[MILESTONE][key].pop("inferred", None)
    return Definition.model_validate(said)


def _moved(definition: Definition, said: dict[str, Any], path: Path, day: date) -> None:
    if path[0] == MILESTONE:
        _move_milestone(definition, said, str(path[1]), day)
        return
    phase = said[PHASE][path[1]]
    if path[2] == "meetings":
        phase["meetings"][path[3]] = day.isoformat()
    elif path[2] == "in":
        phase["in"] = _ending(phase["in"], day)
    elif path[2] == "due" and "due" not in phase:
        said.setdefault(MILESTONE, {})[path[1]] = {"by": day.isoformat()}
        phase["due"] = path[1]
    else:
        raise ValueError(path)


def _move_milestone(definition: Definition, said: dict[str, Any], key: str, day: date) -> None:
    milestone, before = said[MILESTONE][key], last_day(definition, key)
    kind = next(kind for kind in ("on", "by", "in") if milestone.get(kind))
    if day == before:
        return
    old = milestone[kind]
    milestone[kind] = day.isoformat() if parse_relative(old) is not None else _ending(old, day)
    milestone.pop("words", None)
    milestone.pop("inferred", None)  # whoever sets a date has confirmed it
    for name, phase in definition.phases.items():
        ends = any(field in END_FIELDS and ref == key for field, ref in phase.milestone_refs())
        if ends and before is not None and phase.window.latest == before:
            said[PHASE][name]["in"] = _ending(said[PHASE][name]["in"], day)


def _ending(written: str, day: date) -> str:
    """A date with another last day; an interval keeps its beginning where that is not later."""
    start, slash, _ = written.rpartition("/")
    later = bool(slash) and start[:10] > day.isoformat()
    return day.isoformat() if later or not slash else f"{start}/{day.isoformat()}"
