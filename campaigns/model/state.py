"""What the model knows of the cycle: plain dicts, and the few questions that are asked of them everywhere."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")
OPENS, CLOSES = time(8), time(17)
BEGINS = date(2024, 1, 15)
DATES = {"described": "describe", "replied": "consult", "decided": "adopt"}
"""Each milestone, and the phase that keeps it."""
ORDER = ("describe", "consult", "adopt")
VOTERS = ("board.chair-1", "board.member-1", "board.member-2")
OFFICE = ("office.contact-1",)
TOWNS = ("berg.secretary-1", "krokom.secretary-1")
COORDINATOR = OFFICE[0]
REOPENING = ("refer_back", "table")
REASONED = ("rejects", "supports_with_changes", "opposes", "adopts_with_addition", "refer_back", "declines")
OFFERS = {
    "submit": ("submits",),
    "approve": ("approves", "rejects", "abstains"),
    "consult": ("supports", "supports_with_changes", "opposes", "refrains"),
    "decide": ("adopts", "adopts_with_addition", "refer_back", "table", "declines"),
}


class Refused(Exception):  # noqa: N818
    """By the model's account it cannot be done, and nothing has changed."""


def day_of(instant: datetime) -> date:
    """The local day."""
    return instant.astimezone(STOCKHOLM).date()


def at(day: date, clock: time = OPENS) -> datetime:
    """A local hour of a day."""
    return datetime.combine(day, clock, tzinfo=STOCKHOLM).astimezone(UTC)


def end_of(day: date) -> datetime:
    """Where a day is over."""
    return at(day + timedelta(days=1), time(0))


def civil(now: datetime) -> datetime:
    """When a mail owed now goes out."""
    local = now.astimezone(STOCKHOLM)
    if OPENS <= local.time() < CLOSES:
        return now
    return at(local.date() + timedelta(days=0 if local.time() < OPENS else 1))


@dataclass
class State:
    """Everything, at one instant."""

    now: datetime
    status: str = "running"
    outcome: str | None = None
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    seats: dict[str, str] = field(default_factory=dict)  # who holds each
    milestones: dict[str, dict[str, Any]] = field(default_factory=dict)
    phases: dict[str, str] = field(default_factory=dict)
    steps: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: dict[str, dict[str, Any]] = field(default_factory=dict)
    links: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # of each assignment, the oldest first
    answers: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)  # the versions of the one text
    decisions: dict[str, str] = field(default_factory=dict)
    notices: dict[tuple[str, str, str, int], datetime] = field(default_factory=dict)  # with their hours
    sent: set[tuple[str, str, str, int]] = field(default_factory=set)
    concerns: list[dict[str, Any]] = field(default_factory=list)
    proposals: list[dict[str, Any]] = field(default_factory=list)
    redactions: list[dict[str, Any]] = field(default_factory=list)
    drafts: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    disposals: int = 0

    def copy(self) -> State:
        """Another one, to try something on."""
        return deepcopy(self)

    @property
    def over(self) -> bool:
        """Whether the cycle has ended."""
        return self.status in ("concluded", "cancelled")

    @property
    def today(self) -> date:
        """The local day."""
        return day_of(self.now)

    def owe(self, kind: str, subject: str, person: str, occurrence: int = 1, send: datetime | None = None) -> None:
        """A notice; the same one is owed once."""
        self.notices.setdefault((kind, subject, person, occurrence), send or civil(self.now))

    def tell_coordinator(self, kind: str, subject: str, occurrence: int = 1) -> None:
        """A notice to who coordinates."""
        self.owe(kind, subject, self.seats[COORDINATOR], occurrence)

    def of_step(self, step: str, *statuses: str) -> list[str]:
        """The assignments of a step, in their order; only of some statuses, if named."""
        mine = [key for key, row in self.asked.items() if row["step"] == step]
        return sorted(key for key in mine if not statuses or self.asked[key]["status"] in statuses)

    def bodies(self, assignments: list[str]) -> list[str]:
        """The bodies they speak for, each once."""
        return list(dict.fromkeys(self.asked[key]["seat"].partition(".")[0] for key in assignments))

    def step_of(self, assignment: str) -> dict[str, Any]:
        """The step that asks."""
        return self.steps[self.asked[assignment]["step"]]

    def newest(self) -> str | None:
        """The newest version of the text."""
        return f"project-description@{len(self.texts)}" if self.texts else None

    def about(self, assignment: str) -> str | None:
        """The version that an assignment is about."""
        step = self.step_of(assignment)
        return self.asked[assignment]["text"] or (step["about"][-1] if step["about"] else None)

    def add_link(self, assignment: str) -> None:
        """A fresh link for who answers now."""
        self.links.setdefault(assignment, []).append({"person": self.asked[assignment]["person"], "revoked": None})

    def revoke(self, assignment: str, why: str) -> None:
        """No link reaches it any more."""
        for link in self.links[assignment]:
            link["revoked"] = link["revoked"] or why

    def live(self, assignment: str) -> bool:
        """Whether any link reaches it."""
        return any(link["revoked"] is None for link in self.links[assignment])

    def person_at(self, address: str) -> str:
        """Whoever has an address, or somebody new."""
        for key, person in self.people.items():
            if person["address"].lower() == address.lower():
                return key
        key = f"p{len(self.people) + 1}"
        self.people[key] = {"address": address, "off": False}
        return key

    def concern(self, kind: str, subject: str, assignment: str, person: str) -> int:
        """Something to look at; while the same is open, that one."""
        for number, one in enumerate(self.concerns, start=1):
            if one["open"] and (one["kind"], one["subject"]) == (kind, subject):
                return number
        said = {"kind": kind, "subject": subject, "assignment": assignment, "person": person, "open": True}
        self.concerns.append(said)
        return len(self.concerns)
