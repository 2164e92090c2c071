"""What those who are asked may do, by the model's account: answer, draft, hand over, say that it is not for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from campaigns.model.state import OFFERS, REASONED, REOPENING, Refused

if TYPE_CHECKING:
    from datetime import datetime

    from campaigns.model.state import State

Link = tuple[str, int]
"""An assignment, and which of its links."""


def answer(state: State, link: Link, position: str, text: str, nonce: str, typed: dict[str, Any] | None = None) -> None:
    """Through a link. The same nonce again says nothing new."""
    assignment, number = link
    opened = state.links[assignment][number]
    if any(one["nonce"] == nonce for one in state.answers.get(assignment, [])):
        return
    if opened["revoked"] is not None or any(one["nonce"] == nonce for all_ in state.answers.values() for one in all_):
        raise Refused
    take(state, assignment, position, text, nonce, state.now)
    draft = state.drafts.get((assignment, opened["person"]))
    if draft is not None and typed in (None, draft["typed"]):
        del state.drafts[assignment, opened["person"]]


def take(state: State, assignment: str, position: str, text: str, nonce: str, received: datetime) -> None:
    """What every answer does, however it came."""
    row, step = state.asked[assignment], state.step_of(assignment)
    if state.status != "running" or step["settled"] is not None or step["closing"] is not None:
        raise Refused
    if row["status"] not in ("open", "answered") or position not in OFFERS[step["kind"]]:
        raise Refused
    if (position in REASONED or position == "submits") and not text:
        raise Refused
    late = step["due"] is not None and received >= step["due"]
    said = {"position": position, "text": text, "nonce": nonce, "late": late, "received": received}
    state.answers.setdefault(assignment, []).append(said)
    if row["status"] == "open":
        row["status"], row["late"], row["answered_at"] = "answered", late, state.now
        step["answered"] += 1
    step["attention"] = step["attention"] or position in REOPENING
    state.owe("receipt", assignment, row["person"], len(state.answers[assignment]), state.now)


def save(state: State, assignment: str, person: str, typed: dict[str, Any], seen: int) -> None:
    """A draft: the last save wins, what another form had saved is kept beside it."""
    draft = state.drafts.get((assignment, person))
    if draft is None:
        state.drafts[assignment, person] = {"typed": typed, "revision": 1, "overtaken": 0}
        return
    if draft["revision"] != seen and draft["typed"] != typed:
        draft["overtaken"] = min(draft["overtaken"] + 1, 10)
    elif draft["revision"] == seen:
        draft["overtaken"] = 0
    draft["revision"] += draft["typed"] != typed
    draft["typed"] = typed


def _waits(state: State, assignment: str) -> bool:
    step = state.step_of(assignment)
    closed = step["settled"] is not None or step["closing"] is not None or state.status != "running"
    return not closed and state.asked[assignment]["status"] == "open"


def delegate(state: State, link: Link, substitute: str, address: str) -> None:
    """To the body's substitute, or to an address where that is allowed; never further than once."""
    assignment, number = link
    row, opened = state.asked[assignment], state.links[assignment][number]
    if not substitute and "@" not in address:
        raise Refused
    if opened["revoked"] is not None or not _waits(state, assignment) or row["from"] is not None:
        raise Refused
    body = row["seat"].partition(".")[0]
    theirs = state.seats.get(f"{body}.substitute-1")
    if substitute and (theirs != substitute or theirs == row["person"]):
        raise Refused
    if not substitute and state.step_of(assignment)["kind"] == "approve":
        raise Refused
    taker = substitute or state.person_at(address)
    if taker == opened["person"]:
        raise Refused
    row["from"] = opened["person"]
    hand(state, assignment, taker, "delegated")
    if not substitute:
        state.concern("reassigned", assignment, assignment, taker)
    state.owe("asked", assignment, taker, len(state.links[assignment]))
    state.owe("reassigned", assignment, opened["person"], len(state.links[assignment]))


def hand(state: State, assignment: str, to: str, why: str) -> None:
    """Somebody else answers from now on."""
    state.revoke(assignment, why)
    state.asked[assignment]["person"] = to
    state.add_link(assignment)


def hand_back(state: State, link: Link) -> None:
    """Whoever has got it gives it back."""
    if state.links[link[0]][link[1]]["revoked"] is not None:
        raise Refused
    _return(state, link[0], "handed_back")


def take_back(state: State, link: Link) -> None:
    """Whoever gave it away takes it back."""
    opened = state.links[link[0]][link[1]]
    if opened["revoked"] != "delegated" or state.asked[link[0]]["from"] != opened["person"]:
        raise Refused
    _return(state, link[0], "taken_back")


def _return(state: State, assignment: str, why: str) -> None:
    row = state.asked[assignment]
    if not _waits(state, assignment) or row["from"] is None:
        raise Refused
    first, second = row["from"], row["person"]
    row["from"] = None
    hand(state, assignment, first, why)
    for person in (first, second):
        state.owe("reassigned", assignment, person, len(state.links[assignment]))


def not_me(state: State, link: Link) -> None:
    """It reached the wrong person."""
    assignment, number = link
    opened = state.links[assignment][number]
    if opened["revoked"] == "not_me":
        return
    if opened["revoked"] is not None or state.status != "running":
        raise Refused
    state.revoke(assignment, "not_me")
    state.concern("not_me", f"{assignment}%{number}", assignment, opened["person"])
    state.tell_coordinator("not_me", f"{assignment}%{number}")


def turn_reminders(state: State, person: str, *, on: bool) -> None:
    """By one's own wish."""
    state.people[person]["off"] = not on
