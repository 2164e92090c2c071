"""Setting dates that a definition leaves open, or has otherwise, before its cycle starts.

A source often says who shall answer and not by when: then `samsyn check` asks for a date, and here it is given, without
anybody rewriting the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from config.definition import Definition
from config.faults import Fault, missing
from config.i18n import N_
from config.said import sentence

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


def with_dates(definition: Definition, dates: Mapping[str, date]) -> Definition:
    """The same definition with these days set.

    A name is a milestone's, whose day it becomes, or that of a phase without `due`: its answers are then due on that
    day, by a milestone that is named after the phase. The kind of promise (on, by, in) stays; words that named an older
    date are left out.

    Raises:
        Fault: a name is neither, or the phase is due by a milestone already.
    """
    said = definition.model_dump(mode="json", by_alias=True, exclude_none=True)
    for name, day in dates.items():
        if name in definition.milestones:
            _redated(said["milestones"][name], day)
        else:
            _due_on(definition, said, name, day)
    return Definition.model_validate(said)


def _redated(milestone: dict[str, Any], day: date) -> None:
    kind = next(kind for kind in ("on", "by", "in") if milestone.get(kind))
    milestone[kind] = day.isoformat()
    milestone.pop("words", None)
    milestone.pop("inferred", None)  # whoever sets a date has confirmed it


def _due_on(definition: Definition, said: dict[str, Any], phase: str, day: date) -> None:
    if phase not in definition.phases:
        known = [*definition.milestones, *definition.phases]
        raise Fault((phase,), missing(N_("no milestone or phase"), phase, known))
    due = definition.phases[phase].due
    if due is not None:
        dated = N_("'%(phase)s' is due by the milestone '%(milestone)s' already; set that one")
        raise Fault(("phases", phase, "due"), sentence(dated, phase=phase, milestone=due))
    said.setdefault("milestones", {})[phase] = {"by": day.isoformat()}
    said["phases"][phase]["due"] = phase
