"""Risks that lie in the bodies: who can answer, who can decide, and who attests."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from config.agenda import agenda_items
from config.findings import Code, Level, Risk
from config.i18n import N_
from config.named import Binding, body_named, parts_named, phase_named, text_named
from config.phases import Consultation, Drafting, GoalSetting, Information, Meeting
from config.said import Row, listed, sentence
from config.seats import occupants
from config.terms import ANSWERING_SEATS, VOTING_SEATS, Force, Seat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from config.definition import Definition
    from config.phases import PhaseBase
    from config.said import Listed, Said
    from config.seats import SeatHolder

RESOLVING = ("approved_by", "body", "ruling_by", "sent_out_by")
"""The fields that name a body which resolves by its own rules, within the cycle."""


def body_risks(definition: Definition) -> Iterator[Risk]:
    """Everything about who takes part."""
    asked = {body for phase in definition.phases.values() for _, body in phase.body_refs()}
    for key in definition.bodies:
        holders = occupants(definition, key)
        if key in asked | {definition.coordinator}:
            yield from _nobody_answers(definition, key, holders)
        if key in _resolving(definition):
            yield from _nobody_votes(definition, key, holders)
        yield from _shared_addresses(key, holders)
        yield from _secretary_attests(definition, key, holders)


def actor_risks(definition: Definition) -> Iterator[Risk]:
    """What is to be done, and nobody is named who does it."""
    for key, phase in definition.phases.items():
        if isinstance(phase, Consultation) and phase.meeting and not phase.ruling_by:
            words = sentence(N_("a meeting is set, but nobody rules there"), N_("write ruling_by"))
            yield Risk(Level.WARNING, Code.NO_ACTOR, ("phases", key, "meeting"), words)
        if isinstance(phase, Drafting) and phase.author is None:
            nobody = N_("nobody is named who writes '%(text)s'; the coordinator will be asked")
            words = sentence(nobody, N_("write author"), text=text_named(definition, phase.text))
            yield Risk(Level.WARNING, Code.NO_ACTOR, ("phases", key), words)


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
            nobody = N_("promises %(promised)s, but nobody who is told decides anything later")
            words = sentence(nobody, promised=_listed(phase.promises_decisions))
            yield Risk(Level.WARNING, Code.DECISION_MISSING, ("phases", key, "promises_decisions"), words)
            continue
        planned = _decisions(definition.phases[decides])
        absent = [force for force in phase.promises_decisions if force not in planned]
        if absent:
            less = N_("the planned decision %(planned)s, but '%(phase)s' also announced one that %(absent)s")
            told_by = phase_named(definition, key)
            words = sentence(
                less, N_("write it in decisions"), planned=_listed(planned), phase=told_by, absent=_listed(absent)
            )
            yield Risk(Level.WARNING, Code.DECISION_MISSING, ("phases", decides), words)


def _resolving(definition: Definition) -> set[str]:
    phases = definition.phases.values()
    return {body for phase in phases for field, body in phase.body_refs() if field in RESOLVING}


def _nobody_answers(definition: Definition, key: str, holders: list[SeatHolder]) -> Iterator[Risk]:
    answering = {holder.body for holder in holders if holder.seat in ANSWERING_SEATS}
    silent = [part for part in definition.members_of[key] if part not in answering]
    if silent or not answering:
        nobody = N_("nobody can answer for %(bodies)s; give it a contact, secretary or chair")
        named = parts_named(definition, key, silent) or [body_named(definition, key)]
        yield Risk(Level.WARNING, Code.NO_MEMBERS, ("bodies", key), sentence(nobody, bodies=listed(named)))


def _nobody_votes(definition: Definition, key: str, holders: list[SeatHolder]) -> Iterator[Risk]:
    """Every quorum is a share of the voting members, or at least one of them: without any, none is reached."""
    body = definition.bodies[key]
    if not holders or body.ruleset.members:
        return  # nobody answers, which is told already; or its votes are reported
    voting = Counter(holder.body for holder in holders if holder.seat in VOTING_SEATS)
    without = [part for part in body.parts(key) if not voting[part]]
    if without:
        never = N_("no quorum is possible in %(bodies)s: it decides, and has neither chair nor members")
        words = sentence(never, bodies=listed(parts_named(definition, key, without)))
        yield Risk(Level.WARNING, Code.NO_QUORUM, ("bodies", key), words)


def _shared_addresses(key: str, holders: list[SeatHolder]) -> Iterator[Risk]:
    seats = [(holder.body, holder.seat, holder.address) for holder in holders]
    if len(set(seats)) < len(seats):
        words = sentence(N_("several in the same seat share an address"), N_("write {seat} or {n} in addresses"))
        yield Risk(Level.WARNING, Code.SHARED_ADDRESS, ("bodies", key, "seats"), words)


def _secretary_attests(definition: Definition, key: str, holders: list[SeatHolder]) -> Iterator[Risk]:
    """Minutes are attested by somebody else than who kept them (KL 5:69: the chair and at least one member)."""
    held = {seat: {(h.body, h.address) for h in holders if h.seat is seat} for seat in (Seat.SECRETARY, Seat.ATTESTOR)}
    for part, address in sorted(held[Seat.SECRETARY] & held[Seat.ATTESTOR]):
        both = N_("%(address)s keeps the minutes of '%(body)s' and attests them too; name another attestor")
        words = sentence(both, address=address, body=parts_named(definition, key, [part])[0])
        yield Risk(Level.ERROR, Code.SECRETARY_ATTESTS, ("bodies", key, "seats"), words)


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


def _listed(forces: list[Force]) -> Said | Listed:
    return listed([Binding(force) for force in forces], Row.AND) if forces else sentence(N_("nothing"))
