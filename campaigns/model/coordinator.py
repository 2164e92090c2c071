"""What a coordinator may do, by the model's account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from campaigns.model import promises
from campaigns.model.asked import hand, take
from campaigns.model.state import Refused

if TYPE_CHECKING:
    from datetime import date, datetime

    from campaigns.model.state import State

CURRENT = ("open", "answered", "no_reply")


def may_act(state: State, reason: str) -> None:
    """Every act needs a reason, and a cycle that has not ended."""
    if not reason or state.over:
        raise Refused


def move(state: State, milestone: str, to: date, reason: str) -> None:
    """Another day for a promise."""
    may_act(state, reason)
    said = state.milestones.get(milestone)
    if said is None or said["met"] is not None or said["status"] == "waived":
        raise Refused
    promises.move(state, milestone, to)


def waive(state: State, milestone: str, reason: str) -> None:
    """Give a promise up."""
    may_act(state, reason)
    said = state.milestones.get(milestone)
    if said is None or said["met"] is not None or said["status"] == "waived":
        raise Refused
    said["status"] = "waived"


def close(state: State, step: str, reason: str) -> None:
    """Wait for nobody any more."""
    may_act(state, reason)
    if step not in state.steps or state.steps[step]["settled"] is not None:
        raise Refused
    state.steps[step]["closing"] = reason


def cancel(state: State, reason: str) -> None:
    """The end, without an outcome."""
    may_act(state, reason)
    state.status = state.outcome = "cancelled"
    for phase, status in state.phases.items():
        state.phases[phase] = "cancelled" if status in ("planned", "open") else status


def hold(state: State, reason: str) -> None:
    """For a while nothing happens."""
    _turn(state, "running", "held", reason)


def release(state: State, reason: str) -> None:
    """It goes on."""
    _turn(state, "held", "running", reason)


def _turn(state: State, was: str, to: str, reason: str) -> None:
    may_act(state, reason)
    if state.status != was:
        raise Refused
    state.status = to


def remind(state: State, step: str | None, reason: str) -> None:
    """Who has a link, knows the question and has not been reminded today."""
    may_act(state, reason)
    opened = [name for name, row in state.steps.items() if row["settled"] is None]
    if step is not None and step not in opened:
        raise Refused
    for name in opened if step is None else [step]:
        for key in state.of_step(name, "open"):
            person = state.asked[key]["person"]
            kinds = ("asked", "asked_again", "reassigned")
            hours = [state.notices[n] for n in state.notices if n[1] == key and n[2] == person and n[0] in kinds]
            if state.live(key) and not (hours and min(hours) > state.now):
                state.owe("reminded", key, person, state.today.toordinal())


def replace(state: State, seat: str, address: str, reason: str) -> None:
    """Another person on a seat; what is open goes along."""
    if "@" not in address:
        raise Refused
    may_act(state, reason)
    if seat not in state.seats:
        raise Refused
    before, after = state.seats[seat], state.person_at(address)
    unreached = [c for c in state.concerns if c["open"] and c["kind"] == "not_me" and c["person"] == before]
    for concern in unreached:
        concern["open"] = False
    for key in sorted(state.asked):
        if _goes_along(state, key, seat, before):
            _take_along(state, key, before, after, tell=not unreached)
    state.seats[seat] = after


def _goes_along(state: State, key: str, seat: str, before: str) -> bool:
    row = state.asked[key]
    if state.step_of(key)["settled"] is not None or row["status"] not in ("open", "answered"):
        return False
    same_body = row["seat"].partition(".")[0] == seat.partition(".")[0]
    for_others = "substitute" in seat and same_body and row["person"] == before and row["from"] is not None
    return for_others or (row["seat"] == seat and before in (row["person"], row["from"]))


def _take_along(state: State, key: str, before: str, after: str, *, tell: bool) -> None:
    row = state.asked[key]
    if row["from"] == before:
        row["from"] = None if row["person"] == after else after  # nobody is her own substitute
        return
    row["replaces"] = row["replaces"] if after == before else before
    hand(state, key, after, "sent_anew" if after == before else "replaced")
    row["from"] = None if row["from"] == after else row["from"]
    turn = len(state.links[key])
    state.owe("asked" if row["status"] == "open" else "reassigned", key, after, turn)
    if tell and after != before:
        state.owe("reassigned", key, before, turn)


def answer_for(
    state: State, step: str, body: str, seat: str, position: str, text: str, nonce: str, received: datetime, reason: str
) -> None:  # fmt: skip
    """An answer that came on paper."""
    may_act(state, reason)
    if step not in state.steps:
        raise Refused
    theirs = [k for k in state.of_step(step, *CURRENT) if state.asked[k]["seat"].partition(".")[0] == body]
    meant = [k for k in theirs if not seat or state.asked[k]["seat"].endswith(f".{seat}")]
    if len(meant) != 1:
        raise Refused
    given = [one for one in state.answers.get(meant[0], []) if one["nonce"] == nonce]
    if given:
        return
    if not state.steps[step]["opened"] <= received <= state.now:
        raise Refused
    take(state, meant[0], position, text, nonce, received)
    state.drafts.pop((meant[0], state.seats["office.contact-1"]), None)


def publish(state: State, text: str, reason: str) -> None:
    """A new version of the text."""
    may_act(state, reason)
    if not text or (state.texts and state.texts[-1] == text):
        raise Refused
    state.texts.append(text)
    for step in state.steps.values():
        if step["kind"] == "decide" and step["settled"] is None and step["about"]:
            step["attention"] = True


def propose(state: State, act: str, about: str, to: date | None, reason: str, actor: str) -> None:
    """An act that a second person must want."""
    may_act(state, reason)
    was = state.milestones[about]["due"] if act == "move" else None
    content = {"act": act, "about": about, "to": to, "was": was, "reason": reason, "by": actor, "open": True}
    _still_so(state, content)
    if any(one["open"] and (one["act"], one["about"]) == (act, about) for one in state.proposals):
        raise Refused
    state.proposals.append(content)


def _still_so(state: State, said: dict[str, Any]) -> None:
    if said["act"] == "move" and state.milestones[said["about"]]["due"] != said["was"]:
        raise Refused
    if said["act"] == "close":
        step = state.steps.get(said["about"])
        if step is None or step["settled"] is not None or step["closing"] is not None:
            raise Refused


def confirm(state: State, number: int, actor: str) -> None:
    """By somebody else than who proposed it."""
    may_act(state, "confirmed")
    said = _proposal(state, number)
    if said["by"] == actor:
        raise Refused
    _still_so(state, said)
    said["open"] = False
    if said["act"] == "move":
        move(state, said["about"], said["to"], said["reason"])
    elif said["act"] == "close":
        close(state, said["about"], said["reason"])
    else:
        cancel(state, said["reason"])


def drop(state: State, number: int, reason: str) -> None:
    """Turned down, or taken back."""
    may_act(state, reason)
    _proposal(state, number)["open"] = False


def _proposal(state: State, number: int) -> dict[str, Any]:
    if not 0 < number <= len(state.proposals) or not state.proposals[number - 1]["open"]:
        raise Refused
    return state.proposals[number - 1]


def redact(state: State, what: str, passage: str, ground: str) -> None:
    """Withhold an answer or a version of the text."""
    if not ground or passage not in _words(state, what):
        raise Refused
    if any(one["open"] and (one["what"], one["passage"]) == (what, passage) for one in state.redactions):
        raise Refused
    state.redactions.append({"what": what, "passage": passage, "open": True})


def _words(state: State, what: str) -> str:
    if "@" in what:
        number = int(what.rpartition("@")[2])
        if not 0 < number <= len(state.texts):
            raise Refused
        return f"{state.texts[number - 1]} The project description"
    assignment, _, version = what.partition("#")
    given = state.answers.get(assignment, [])
    if int(version) > len(given):
        raise Refused
    return str(given[int(version) - 1]["text"])


def lift(state: State, number: int, reason: str) -> None:
    """Shown again."""
    if not reason or not 0 < number <= len(state.redactions) or not state.redactions[number - 1]["open"]:
        raise Refused
    state.redactions[number - 1]["open"] = False


def look_after(state: State, number: int, reason: str) -> None:
    """A concern is settled."""
    if not reason or not 0 < number <= len(state.concerns) or not state.concerns[number - 1]["open"]:
        raise Refused
    state.concerns[number - 1]["open"] = False


def dispose_of_people(state: State, decision: str) -> None:
    """Names, addresses and what nobody sent in go, once the cycle has ended and all mail is out."""
    if not decision or not state.over or state.notices.keys() - state.sent:
        raise Refused
    state.disposals += 1
    state.drafts.clear()
    for person in state.people.values():
        person["address"] = ""
