"""The model's phases: what one pass does, told once more in its own words."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from campaigns.model import promises
from campaigns.model.promises import fail, is_ready, set_reminder, unkept
from campaigns.model.state import BEGINS, DATES, OFFICE, ORDER, REOPENING, TOWNS, VOTERS, at, day_of, end_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from campaigns.model.state import State


class Waits(Exception):  # noqa: N818
    """The phase can do nothing more for now."""


def wake(state: State, phase: str) -> datetime | None:
    """When a phase needs its next look, from nothing but what is known; a past instant is now."""
    if state.status != "running" or state.phases[phase] not in ("planned", "open"):
        return None
    waits = [unkept(state, phase)]
    if state.phases[phase] == "planned":
        before = ORDER[: ORDER.index(phase)]
        if not before or state.phases[before[-1]] == "closed":
            waits.append(max(at(BEGINS), state.now))
    else:
        steps = [step for step in state.steps.values() if step["phase"] == phase and step["settled"] is None]
        waits += [_step_wake(state, step) for step in steps] or [state.now]
    return min((one for one in waits if one is not None), default=None)


def _step_wake(state: State, step: dict[str, Any]) -> datetime | None:
    if is_ready(step):
        return state.now
    waits = [step["remind"], None if step["missed"] else step["due"]]
    return min((one for one in waits if one is not None), default=None)


def due(state: State) -> set[str]:
    """The phases that a worker would run now."""
    return {phase for phase in ORDER if (look := wake(state, phase)) is not None and look <= state.now}


def run(state: State, phase: str) -> None:
    """One pass."""
    if state.status != "running":
        return
    is_due = phase in due(state)
    over = unkept(state, phase)
    if is_due and over is not None and over <= state.now:
        key = next(name for name, holder in DATES.items() if holder == phase)
        fail(state, key, [])
        state.tell_coordinator("missed", f":{key}", state.today.toordinal())
    before = ORDER[: ORDER.index(phase)]
    opens = state.phases[phase] == "planned" and (not before or state.phases[before[-1]] == "closed")
    if is_due and opens:
        state.phases[phase] = "open"
        promises.fix(state, f"{phase}.opened")
    if state.phases[phase] != "open":
        return
    try:
        {"describe": _describe, "consult": _consult, "adopt": _adopt}[phase](state)
    except Waits:
        return
    _conclude(state, phase)


def _describe(state: State) -> None:
    written = 1
    for number in count(1):
        name = "description" if written == 1 else f"description~{written}"
        step = _ask(state, f"describe/{name}", "submit", OFFICE, [], None)
        name = "approval" if number == 1 else f"approval~{number}"
        step = _ask(state, f"describe/{name}", "approve", VOTERS, step["documents"], "described")
        if step["result"] == "approved":
            return
        written += step["result"] != "not_quorate"


def _consult(state: State) -> None:
    newest = state.newest()
    _ask(state, "consult/replies", "consult", TOWNS, [newest] if newest else [], "replied")


def _adopt(state: State) -> None:
    newest = state.newest()
    _ask(state, "adopt/decision", "decide", TOWNS, [newest] if newest else [], "decided")


def _conclude(state: State, phase: str) -> None:
    state.phases[phase] = "closed"
    promises.fix(state, f"{phase}.closed")
    promises.settle(state, next(name for name, holder in DATES.items() if holder == phase))
    if any(status not in ("closed", "cancelled") for status in state.phases.values()):
        return
    state.status, state.outcome = "concluded", state.steps["adopt/decision"]["result"]
    for said in state.milestones.values():
        said["status"] = "waived" if said["status"] in promises.PENDING else said["status"]
    told = {row["person"] for row in state.asked.values()} | {state.seats[OFFICE[0]]}
    for person in told:
        state.owe("concluded", "", person)


def _ask(
    state: State, name: str, kind: str, seats: Sequence[str], about: list[str], milestone: str | None
) -> dict[str, Any]:  # fmt: skip
    step = state.steps.get(name) or _open(state, name, kind, seats, about, milestone)
    if step["settled"] is None:
        _do_what_is_due(state, name, step)
        if not is_ready(step):
            raise Waits
        _settle(state, name, step)
    return step


def _open(
    state: State, name: str, kind: str, seats: Sequence[str], about: list[str], milestone: str | None
) -> dict[str, Any]:  # fmt: skip
    day = state.milestones[milestone]["due"] if milestone else None
    step = state.steps[name] = {
        "phase": name.partition("/")[0], "kind": kind, "milestone": milestone, "about": about, "opened": state.now,
        "due": end_of(day) if day else None, "asked": len(seats), "answered": 0, "attention": False, "remind": None,
        "missed": None, "extended": False, "closing": None, "settled": None, "done": None, "result": None,
        "silent": [], "documents": [],
    }  # fmt: skip
    set_reminder(state, step)
    for seat in seats:
        key = f"{name}/{seat}"
        _assign(state, key, name, seat, 1, None)
        state.owe("asked", key, state.seats[seat])
    return step


def _assign(state: State, key: str, step: str, seat: str, turn: int, text: str | None) -> None:
    state.asked[key] = {
        "step": step, "seat": seat, "person": state.seats[seat], "from": None, "replaces": None, "round": turn,
        "text": text, "status": "open", "late": False, "answered_at": None,
    }  # fmt: skip
    state.add_link(key)


def _do_what_is_due(state: State, name: str, step: dict[str, Any]) -> None:
    if step["attention"]:
        _reopen(state, name, step)
    if step["due"] is not None and step["due"] <= state.now and step["missed"] is None and not is_ready(step):
        _miss(state, name, step)
    if step["remind"] is not None and step["remind"] <= state.now and not is_ready(step):
        for key in state.of_step(name, "open"):
            state.owe("reminded", key, state.asked[key]["person"], state.today.toordinal())
        set_reminder(state, step)


def _miss(state: State, name: str, step: dict[str, Any]) -> None:
    silent = state.bodies(state.of_step(name, "open"))
    if step["kind"] == "consult" and not step["extended"]:
        step["extended"] = True
        state.tell_coordinator("missed", name)
        promises.move(state, step["milestone"], day_of(step["due"] - timedelta(seconds=1)) + timedelta(days=7))
        return
    step["missed"] = state.now
    in_time = step["opened"] < step["due"]
    if step["milestone"]:
        fail(state, step["milestone"], silent if in_time else [])
    if step["kind"] in ("approve", "consult") and in_time:
        step["closing"] = "deadline"
    set_reminder(state, step)
    state.tell_coordinator("missed", name, state.today.toordinal())


def _reopen(state: State, name: str, step: dict[str, Any]) -> None:
    newest = state.newest() if step["about"] else None
    for key in state.of_step(name, "answered"):
        if (position := state.answers[key][-1]["position"]) in REOPENING:
            state.asked[key]["status"] = "reopened"
            state.decisions[f"{key}!decision"] = position
            state.tell_coordinator("referred_back", key)
    last = {state.asked[key]["seat"]: key for key in sorted(state.of_step(name), key=lambda k: state.asked[k]["round"])}
    for key in [key for key in sorted(last.values()) if state.asked[key]["status"] == "reopened"]:
        _ask_anew(state, name, key, newest)
    for key in state.of_step(name, "open"):
        if newest and state.about(key) != newest:
            state.asked[key]["status"] = "superseded"
            _ask_anew(state, name, key, newest)
    step["attention"] = False
    step["answered"] = len(state.of_step(name, "answered"))


def _ask_anew(state: State, name: str, before: str, newest: str | None) -> None:
    row = state.asked[before]
    turn = row["round"] + 1
    key = f"{name}/{row['seat']}~{turn}"
    _assign(state, key, name, row["seat"], turn, newest or row["text"])
    state.owe("asked_again", key, state.asked[key]["person"])


def _settle(state: State, name: str, step: dict[str, Any]) -> None:
    silent = state.of_step(name, "open")
    for key in silent:
        state.asked[key]["status"] = "no_reply"
        state.owe("lapsed", key, state.asked[key]["person"])
    came = state.of_step(name, "answered")
    step["silent"] = state.bodies(silent)
    step["result"] = {"submit": _submitted, "approve": _approved, "consult": _consulted, "decide": _decided}[
        step["kind"]
    ](state, name, step, came)
    step["settled"], step["remind"] = state.now, None
    step["done"] = day_of(max((state.asked[key]["answered_at"] for key in came), default=state.now))
    if step["milestone"]:
        if silent:
            fail(state, step["milestone"], step["silent"])
        promises.settle(state, step["milestone"])


def _submitted(state: State, name: str, step: dict[str, Any], came: list[str]) -> str:  # noqa: ARG001
    for key in came:
        state.texts.append(state.answers[key][-1]["text"])
        step["documents"] = [state.newest()]
    return "submitted" if came else "no_reply"


def _consulted(state: State, name: str, step: dict[str, Any], came: list[str]) -> str:  # noqa: ARG001
    return "replied" if came else "no_reply"


def _approved(state: State, name: str, step: dict[str, Any], came: list[str]) -> str:
    step["documents"] = step["about"]
    if not came:
        return "no_reply"
    votes = {state.asked[key]["seat"]: state.answers[key][-1]["position"] for key in came}
    result = _vote(votes)
    undecided = result in ("no_decision", "not_quorate")
    if undecided:
        state.tell_coordinator("no_decision", name)
    state.decisions[f"{name}/board!decision"] = "no_decision" if undecided else result
    return result


def _vote(votes: dict[str, str]) -> str:
    """Two of three must be there; more for than against; the chair's vote decides a tie, and must be cast."""
    if len(votes) < 2:
        return "not_quorate"
    counts = Counter(votes.values())
    if counts["approves"] != counts["rejects"]:
        return "approved" if counts["approves"] > counts["rejects"] else "rejected"
    chair = votes.get("board.chair-1")
    if chair == "abstains":
        return "no_decision"
    return "approved" if chair == "approves" else "rejected"


def _decided(state: State, name: str, step: dict[str, Any], came: list[str]) -> str:  # noqa: ARG001
    positions = [state.answers[key][-1]["position"] for key in came]
    state.decisions.update({f"{key}!decision": state.answers[key][-1]["position"] for key in came})
    adopting = sum(position in ("adopts", "adopts_with_addition") for position in positions)
    return "adopted" if adopting == len(TOWNS) else "not_adopted"
