"""Several reminders to one person as one letter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notifications.facts import facts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from notifications.letter import Case


def digest(cases: Sequence[Case]) -> dict[str, Any]:
    """What the template is given: the first letter's common values, and the items, the most urgent first."""
    ordered = sorted(cases, key=_urgency)
    items = [facts(case) for case in ordered]
    return {**items[0], "items": items, "reply_filed": False}  # a reply could be about any of them


def _urgency(case: Case) -> tuple[bool, date, str]:
    day = case.due_day
    return day is None, day or case.place.today(case.now), case.notice.id
