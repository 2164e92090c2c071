"""Risks that lie in the bodies: who can answer, who can decide, and who attests."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from config.agenda import agenda_items
from config.findings import Code, Level, Risk
from config.phases import Consultation, Drafting, GoalSetting, Information, Meeting
from config.seats import occupants
from config.terms import ANSWERING_SEATS, VOTING_SEATS, Force, Seat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from config.definition import Body, Definition
    from config.phases import PhaseBase
    from config.seats import SeatHolder

RESOLVING = ("approved_by", "body", "ruling_by", "sent_out_by")
"""The fields that name a body which resolves by its own rules, within the cycle."""


def body_risks(definition: Definition) -> Iterator[Risk]:
    """Everything about who takes part."""
    asked = {body for phase in definition.phases.values() for _, body in phase.body_refs()}
    for key, body in definition.bodies.items():
        holders = occupants(definition, key)
        if key in asked | {definition.coordinator}:
            yield from _nobody_answers(key, body, holders)
        if key in _resolving(definition):
            yield from _nobody_votes(key, body, holders)
        yield from _shared_addresses(key, holders)
        yield from _secretary_attests(key, holders)


def actor_risks(definition: Definition) -> Iterator[Risk]:
    """What is to be done, and nobody is named who does it."""
    for key, phase in definition.phases.items():
        if isinstance(phase, Consultation) and phase.meeting and not phase.ruling_by:
            message = "a meeting is set, but nobody rules there; write ruling_by"
            yield Risk(Level.WARNING, Code.NO_ACTOR, ("phases", key, "meeting"), message)
        if isinstance(phase, Drafting) and phase.author is None:
            message = f"nobody is named who writes '{phase.text}'; the coordinator will be asked; write author"
            yield Risk(Level.WARNING, Code.NO_ACTOR, ("phases", key), message)


def decision_risks(definition: Definition, earlier: dict[str, set[str]]) -> Iterator[Risk]:
    """Decisions that a body was said to take at its next meeting, and that the proposal there does not hold.

    Args:
        definition: the definition.
        earlier: for every phase, all that come before it.
    """
    for key, phase in definition.phases.items():
        if not isinstance(phase, Information) or not phase.promises_decisions:
            continue
        told = {body for field, body in phase.body_refs() if field == "to"}
        decides = _next_to_decide(definition, earlier, key, told)
        if decides is None:
            message = f"promises {_listed(phase.promises_decisions)}, but nobody who is told decides anything later"
            yield Risk(Level.WARNING, Code.DECISION_MISSING, ("phases", key, "promises_decisions"), message)
            continue
        planned = _decisions(definition.phases[decides])
        absent = [force for force in phase.promises_decisions if force not in planned]
        if absent:
            message = f"decides {_listed(planned)}, but '{key}' said also {_listed(absent)}; write it in decisions"
            yield Risk(Level.WARNING, Code.DECISION_MISSING, ("phases", decides), message)


def _resolving(definition: Definition) -> set[str]:
    phases = definition.phases.values()
    return {body for phase in phases for field, body in phase.body_refs() if field in RESOLVING}


def _nobody_answers(key: str, body: Body, holders: list[SeatHolder]) -> Iterator[Risk]:
    answering = {holder.body for holder in holders if holder.seat in ANSWERING_SEATS}
    silent = [part for part in body.parts(key) if part not in answering]
    if silent or not answering:
        message = f"nobody can answer for {', '.join(silent) or key}; give it a contact, secretary or chair"
        yield Risk(Level.WARNING, Code.NO_MEMBERS, ("bodies", key), message)


def _nobody_votes(key: str, body: Body, holders: list[SeatHolder]) -> Iterator[Risk]:
    """Every quorum is a share of the voting members, or at least one of them: without any, none is reached."""
    if not holders or body.ruleset.members:
        return  # nobody answers, which is told already; or its votes are reported
    voting = Counter(holder.body for holder in holders if holder.seat in VOTING_SEATS)
    without = [part for part in body.parts(key) if not voting[part]]
    if without:
        message = f"no quorum is possible in {', '.join(without)}: it decides, and has neither chair nor members"
        yield Risk(Level.WARNING, Code.NO_QUORUM, ("bodies", key), message)


def _shared_addresses(key: str, holders: list[SeatHolder]) -> Iterator[Risk]:
    seats = [(holder.body, holder.seat, holder.address) for holder in holders]
    if len(set(seats)) < len(seats):
        message = "several in the same seat share an address; write {seat} or {n} in addresses"
        yield Risk(Level.WARNING, Code.SHARED_ADDRESS, ("bodies", key, "seats"), message)


def _secretary_attests(key: str, holders: list[SeatHolder]) -> Iterator[Risk]:
    """Minutes are attested by somebody else than who kept them (KL 5:69: the chair and at least one member)."""
    held = {seat: {(h.body, h.address) for h in holders if h.seat is seat} for seat in (Seat.SECRETARY, Seat.ATTESTOR)}
    for part, address in sorted(held[Seat.SECRETARY] & held[Seat.ATTESTOR]):
        message = f"{address} keeps the minutes of '{part}' and attests them too; name another attestor"
        yield Risk(Level.ERROR, Code.SECRETARY_ATTESTS, ("bodies", key, "seats"), message)


def _next_to_decide(definition: Definition, earlier: dict[str, set[str]], announced: str, told: set[str]) -> str | None:
    """The first later phase in which somebody who was told resolves something."""
    later = (key for key in definition.phases if announced in earlier[key])
    deciding = [key for key in later if told & {b for f, b in definition.phases[key].body_refs() if f in RESOLVING}]
    return min(deciding, key=lambda key: len(earlier[key]), default=None)


def _decisions(phase: PhaseBase) -> list[Force]:
    """What a body has before it to decide."""
    if isinstance(phase, (GoalSetting, Consultation)):
        return phase.decisions or [phase.force]
    if isinstance(phase, Meeting):
        items = agenda_items(phase.agenda).values()
        return list(dict.fromkeys(item.decision for item in items if item.decision))
    return [Force.ENDORSES]  # what the approval of a project description is


def _listed(forces: list[Force]) -> str:
    return " and ".join(force.value for force in forces) or "nothing"
