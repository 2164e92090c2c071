"""Re-dating: a definition that was dated for one cycle, begun on another day.

An exact date keeps its distance in days from the start. What was vague stays as vague: a month becomes a month, a
quarter three months, each moved by the months between the two starts. Words that named the old dates are left out,
because they are no longer anybody's promise.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pendulum

from config.dates import OPEN, parse_relative
from config.definition import Definition

if TYPE_CHECKING:
    from datetime import date

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
