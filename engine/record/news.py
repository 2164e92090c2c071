"""What became public, and when: read from the journal, which knows the instant of everything and never forgets one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from models.journal import JournalEntry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from models.register import Register


class NewsKind(StrEnum):
    """What sort of thing became public."""

    DECISION = "decision"
    MINUTES = "minutes"
    MILESTONE = "milestone"
    ENDED = "ended"
    WITHHELD = "withheld"
    DISPOSAL = "disposal"


MADE = {"decision": NewsKind.DECISION, "redaction": NewsKind.WITHHELD, "disposal": NewsKind.DISPOSAL}
"""Rows that are news when they come."""
BECAME = {
    "milestone": (NewsKind.MILESTONE, ("met", "missed", "moved", "waived")),
    "cycle": (NewsKind.ENDED, ("concluded", "cancelled")),
}
"""Rows that are news when their status becomes one of these."""


@dataclass(frozen=True)
class News:
    """One thing that became public. Its entry in the journal makes it the same thing for ever."""

    seq: int
    at: datetime
    kind: NewsKind
    subject: str  # the row's id
    became: str = ""  # what a milestone or the cycle became


def news_of(register: Register, slug: str) -> list[News]:
    """Everything that became public, oldest first."""
    mine = select(JournalEntry).where(col(JournalEntry.cycle_id) == slug).order_by(col(JournalEntry.seq))
    with register.read() as session:
        return [one for entry in session.exec(mine) for one in _in(entry)]


def _in(entry: JournalEntry) -> Iterator[News]:
    for table, key, operation, values in json.loads(entry.body)["rows"]:
        found = _kind(table, operation, values)
        if found is not None:
            yield News(entry.seq, entry.at, found[0], key, found[1])


def _kind(table: str, operation: str, values: dict[str, Any]) -> tuple[NewsKind, str] | None:
    """What a row's image tells, if it is news."""
    if operation == "insert":
        return (MADE[table], "") if table in MADE else None
    if table == "meeting" and values.get("public_from"):
        return NewsKind.MINUTES, ""
    became = values.get("status", "moved" if "due_on" in values else "")  # one that has moved may move once more
    if table in BECAME and became in BECAME[table][1]:
        return BECAME[table][0], became
    return None
