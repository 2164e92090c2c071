"""The model's milestones: moved, missed, kept, given up; and when people are reminded."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from campaigns.model.state import DATES, at, day_of, end_of

if TYPE_CHECKING:
    from campaigns.model.state import State

FOLLOWS = {"replied": ("described", 42), "decided": ("consult.closed", 56)}
"""What each date follows from, and by how many days."""
PENDING = ("pending", "moved")


def start(state: State) -> None:
    """As promised at the beginning."""
    first = date(2024, 2, 29)
    for key, due in (("described", first), ("replied", first + timedelta(days=42)), ("decided", None)):
        state.milestones[key] = {"due": due, "status": "pending", "met": None, "missing": []}


def is_ready(step: dict[str, Any]) -> bool:
    """Whether the step has something that must be acted on."""
    return bool(step["attention"] or step["closing"] or 0 < step["asked"] <= step["answered"])


def set_reminder(state: State, step: dict[str, Any]) -> None:
    """The first reminder from now on: a week and a day before, or every fortnight after, six times."""
    step["remind"] = None
    if step["due"] is None:
        return
    last = day_of(step["due"] - timedelta(seconds=1))
    if step["missed"] is None:
        hours = [hour for days in (7, 1) if (hour := at(last - timedelta(days=days))) < step["due"]]
    else:
        hours = [at(last + timedelta(days=14 * turn)) for turn in range(1, 7)]
    step["remind"] = next((hour for hour in hours if hour > state.now), None)


def begun(state: State, key: str) -> bool:
    """Whether somebody has been asked for what keeps a promise, and not in vain."""
    steps = [(name, step) for name, step in state.steps.items() if step["milestone"] == key]
    in_vain = [name for name, step in steps if "approval" in name and step["result"] not in (None, "approved")]
    return len(in_vain) < len(steps)


def unkept(state: State, phase: str) -> datetime | None:
    """When the day of a promise is over that this phase has asked nobody for."""
    key = next(name for name, holder in DATES.items() if holder == phase)
    said = state.milestones[key]
    if state.phases[phase] == "closed" or begun(state, key) or said["status"] not in PENDING or said["due"] is None:
        return None
    return end_of(said["due"])


def fail(state: State, key: str, silent: list[str]) -> None:
    """The day has passed without it."""
    said = state.milestones[key]
    more = [body for body in silent if body not in said["missing"]]
    if said["status"] in PENDING or (said["status"] == "missed" and said["met"] is None and more):
        said["status"] = "missed"
        said["missing"] = said["missing"] + more


def settle(state: State, key: str) -> None:
    """Something that a promise hangs on is done."""
    said = state.milestones[key]
    if said["met"] is not None or said["status"] == "waived":
        return
    steps = [step for step in state.steps.values() if step["milestone"] == key]
    closed = state.phases[DATES[key]] == "closed"
    if any(step["settled"] is None for step in steps) or not (closed or begun(state, key)):
        return
    days = [step["done"] for step in steps if step["done"]]
    if not days and said["status"] in PENDING:
        said["status"] = "waived"
    elif days and not any(step["silent"] for step in steps):
        _keep(said, max(days))


def _keep(said: dict[str, Any], day: date) -> None:
    late = said["due"] is not None and day > said["due"]
    said["met"], said["status"] = day, "missed" if late else "met"
    said["missing"] = said["missing"] if late else []


def move(state: State, key: str, to: date) -> None:
    """Another day; what hangs on it follows, and who is waited for is told."""
    said = state.milestones[key]
    if said["due"] == to:
        return
    said["due"] = to
    if said["status"] != "waived":
        said["status"], said["missing"] = "moved", []
    for name, step in state.steps.items():
        if step["milestone"] == key and step["settled"] is None:
            _date(state, step)
            told = [number for kind, _, _, number in _moved(state, name) if kind == "moved"]
            for assignment in state.of_step(name, "open"):
                state.owe("moved", assignment, state.asked[assignment]["person"], max(told, default=0) + 1)
    for follower, (anchor, days) in FOLLOWS.items():
        if anchor == key and state.milestones[follower]["met"] is None:
            move(state, follower, to + timedelta(days=days))


def _moved(state: State, step: str) -> list[tuple[str, str, str, int]]:
    return [key for key in state.notices if key[1] in state.asked and state.asked[key[1]]["step"] == step]


def fix(state: State, anchor: str) -> None:
    """Something has happened that a date follows from."""
    for key, (event, days) in FOLLOWS.items():
        if event == anchor and state.milestones[key]["due"] is None:
            state.milestones[key]["due"] = state.today + timedelta(days=days)
            for step in state.steps.values():
                if step["milestone"] == key and step["settled"] is None:
                    _date(state, step)


def _date(state: State, step: dict[str, Any]) -> None:
    due = state.milestones[step["milestone"]]["due"]
    step["due"] = end_of(due) if due else None
    if step["due"] is not None and step["due"] > state.now:
        step["missed"] = None
        step["closing"] = None if step["closing"] == "deadline" else step["closing"]
    set_reminder(state, step)
