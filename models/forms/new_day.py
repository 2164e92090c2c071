"""On which day a body that came to no decision meets again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from models.forms.base import Fault, Field, FieldKind, Form, Section
from models.forms.checking import is_day

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TOO_SOON = "The body is called %(days)s days ahead. The first day on which it can meet is %(day)s."
WEEK = 7
FRIDAY = 4


class NewDayForm(Form):
    """The day, far enough ahead for the body to be called as its rules say."""

    kind: Literal["new_day"] = "new_day"
    lead_days: int = 1  # how long before its day the body is called

    def sections(self) -> tuple[Section, ...]:
        """One day."""
        return (Section("The new meeting", (Field("day", "The body meets again on", FieldKind.DAY, required=True),)),)

    def early_days(self, content: Mapping[str, str], today: str) -> Iterator[Fault]:
        """A day that comes too soon for the summons."""
        yield from super().early_days(content, today)
        said, first = str(content.get("day", "")).strip(), self._first(today)
        if is_day(said) and said < first:
            yield Fault("day", TOO_SOON, (("days", str(self.lead_days)), ("day", first)))

    def rehearsed(self, wishes: Mapping[str, str], today: str) -> dict[str, str]:
        """A week after the first day that is possible, and on a weekday."""
        day = date.fromisoformat(self._first(today)) + timedelta(days=WEEK)
        day += timedelta(days=max(WEEK - day.weekday(), 0) if day.weekday() > FRIDAY else 0)
        return {**super().rehearsed(wishes, today), "day": wishes.get("day") or day.isoformat()}

    def _first(self, today: str) -> str:
        return (date.fromisoformat(today) + timedelta(days=self.lead_days)).isoformat()
