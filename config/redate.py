"""Re-dating: a definition that was dated for one cycle, begun on another day.

An exact date keeps its distance in days from the start. What was vague stays as vague: a month becomes a month, a
quarter three months, each moved by the months between the two starts. Words that named the old dates are left out,
because they are no longer anybody's promise.

Nothing is moved silently: what lands on a day on which nobody works is listed with a proposal, and a person decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pendulum

from config.check_dates import END_FIELDS, EXACT_DAY, closed, last_day
from config.dates import OPEN, PromiseKind, parse_relative
from config.definition import Definition
from config.phases import GoalSetting

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from config.faults import Path
    from config.said import Said

DAY = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
QUARTER = re.compile(r"^(\d{4})-3([3-6])(.*)$")
MONTH = re.compile(r"^(\d{4})-(\d{2})([?~%]?)$")
YEAR = re.compile(r"^(\d{4})([?~%]?)$")
FIRST_SEASON = 3


def redate(definition: Definition, begins: date) -> Definition:
    """The same definition for a cycle that begins on another day; the same object when it is the same day."""
    if begins == definition.begins:
        return definition
    move = Move(definition.begins, begins)
    said = definition.model_dump(mode="json", by_alias=True, exclude_none=True)
    said["begins"] = begins.isoformat()
    for milestone in said.get("milestones", {}).values():
        _move_milestone(milestone, move)
    for phase in said["phases"].values():
        if "in" in phase:
            phase["in"] = move.edtf(phase["in"])
        if isinstance(phase.get("meetings"), list):
            phase["meetings"] = [move.edtf(day) for day in phase["meetings"]]
    return Definition.model_validate(said)


@dataclass(frozen=True)
class Landing:
    """A date that has landed on a non-working day, and the working day that is proposed instead."""

    path: Path
    day: date
    closed: Said
    proposal: date

    @property
    def where(self) -> str:
        """What the date is of."""
        return ".".join(str(step) for step in self.path[1:])


def landings(definition: Definition) -> tuple[Landing, ...]:
    """The agreed days of a re-dated definition on which nobody works. Statutory ones roll forward by themselves."""
    place = definition.where
    return tuple(
        Landing(path, day, closed(place, day), place.roll_forward(day))
        for path, day in _agreed_days(definition)
        if not place.is_working_day(day)
    )


def _agreed_days(definition: Definition) -> Iterator[tuple[Path, date]]:
    """Exact days: of milestones, of meetings, and the last day of a phase that no milestone dates."""
    for key, milestone in definition.milestones.items():
        day = last_day(definition, key)
        exact = milestone.relative is not None or EXACT_DAY.fullmatch(milestone.date)
        if day and exact and milestone.promise is not PromiseKind.IN and not milestone.statutory:
            yield ("milestones", key), day
    for key, phase in definition.phases.items():
        if isinstance(phase, GoalSetting) and isinstance(phase.meetings, list):
            for position, day in enumerate(phase.meetings):
                yield ("phases", key, "meetings", position), day
        end, promised = phase.window.latest, any(field in END_FIELDS for field, _ in phase.milestone_refs())
        if end and not promised and EXACT_DAY.fullmatch(phase.within or ""):
            yield ("phases", key, "in"), end


def rolled(definition: Definition, decided: tuple[Landing, ...]) -> Definition:
    """The definition with the proposals taken; phases that end on such a day end with it."""
    said = definition.model_dump(mode="json", by_alias=True, exclude_none=True)
    moved = {landing.day.isoformat(): landing.proposal.isoformat() for landing in decided}
    for landing in decided:
        if landing.path[0] == "milestones":
            milestone = said["milestones"][landing.path[1]]
            kind = next(kind for kind in ("on", "by") if kind in milestone)
            milestone[kind] = _last_replaced(milestone[kind], moved, landing)
    for phase in said["phases"].values():
        if "in" in phase:
            start, slash, end = phase["in"].rpartition("/")
            phase["in"] = f"{start}{slash}{moved.get(end, end)}"
        if isinstance(phase.get("meetings"), list):
            phase["meetings"] = [moved.get(day, day) for day in phase["meetings"]]
    return Definition.model_validate(said)


def _last_replaced(text: str, moved: Mapping[str, str], landing: Landing) -> str:
    """A date with its last day moved; one that follows from an event becomes the day itself."""
    start, slash, end = text.rpartition("/")
    return f"{start}{slash}{moved[end]}" if end in moved else landing.proposal.isoformat()


def _move_milestone(milestone: dict[str, Any], move: Move) -> None:
    for kind in ("on", "by", "in"):
        text = milestone.get(kind)
        if text and parse_relative(text) is None:
            milestone[kind] = move.edtf(text)
            milestone.pop("words", None)


class Move:
    """From one start to another."""

    def __init__(self, old: date, new: date) -> None:
        self.days = (new - old).days
        self.months = (new.year - old.year) * 12 + new.month - old.month

    def edtf(self, text: str) -> str:
        """An EDTF expression, moved; an interval by its ends."""
        start, slash, end = text.partition("/")
        if slash:
            return f"{self._end(start, first=True)}/{self._end(end, first=False)}"
        return self._one(text)

    def _end(self, text: str, *, first: bool) -> str:
        if text in ("", OPEN):
            return text
        moved = self._one(text)
        own = moved.partition("/")
        return (own[0] if first else own[2]) if own[1] else moved

    def _one(self, text: str) -> str:
        if DAY.search(text):
            return DAY.sub(lambda found: str(pendulum.date(*map(int, found.groups())).add(days=self.days)), text)
        if quarter := QUARTER.match(text):
            return self._quarter(int(quarter[1]), int(quarter[2]) - FIRST_SEASON, quarter[3])
        if month := MONTH.match(text):
            return self._month(int(month[1]), int(month[2])) + month[3]
        if year := YEAR.match(text):
            return f"{self._month(int(year[1]), 1)}/{self._month(int(year[1]), 12)}"
        return text

    def _quarter(self, year: int, number: int, qualifier: str) -> str:
        first = pendulum.date(year, 3 * number + 1, 1).add(months=self.months)
        if first.month % 3 == 1:
            return f"{first.year}-{33 + first.month // 3}{qualifier}"
        return f"{first:%Y-%m}/{first.add(months=2):%Y-%m}"

    def _month(self, year: int, month: int) -> str:
        return f"{pendulum.date(year, month, 1).add(months=self.months):%Y-%m}"
