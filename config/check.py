"""Risks of a definition that can run: what a coordinator wants to know before it does.

Pure: nothing is read or written, and no clock is asked. The codes are stable; `docs/definitions.md` has a table.
"""

from __future__ import annotations

from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

from config.check_dates import date_risks
from config.findings import Code, Finding, Level, Risk
from config.phases import (
    Adoption,
    Consultation,
    Drafting,
    GoalSetting,
    ProjectDescription,
    ReferenceGroups,
)
from config.seats import occupants
from config.terms import ANSWERING_SEATS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from config.definition import Definition
    from config.phases import PhaseBase
    from config.tree import Tree


def check(definition: Definition, places: Tree | None = None) -> list[Finding]:
    """What should be looked at before a definition runs, in the order of the file.

    Args:
        definition: one without faults, as `config.loader` returns it.
        places: where its parts stand, from `config.loader.load_placed`; without it, lines are None.
    """
    risks = [
        *_member_risks(definition),
        *_milestone_risks(definition),
        *date_risks(definition),
        *_actor_risks(definition),
        *_parallel_risks(definition),
    ]
    findings = [_placed(risk, places) for risk in risks]
    return sorted(findings, key=lambda finding: finding.line or 0)


def _placed(risk: Risk, places: Tree | None) -> Finding:
    line = places.place(risk.path).line if places else None
    where = ".".join(str(step) for step in risk.path)
    return Finding(risk.level, risk.code, where, line, risk.message)


def _member_risks(definition: Definition) -> Iterator[Risk]:
    asked = {body for phase in definition.phases.values() for _, body in phase.body_refs()}
    for key, body in definition.bodies.items():
        holders = occupants(definition, key)
        answering = {holder.body for holder in holders if holder.seat in ANSWERING_SEATS}
        silent = [part for part in body.parts(key) if part not in answering]
        if key in asked | {definition.coordinator} and (silent or not answering):
            message = f"nobody can answer for {', '.join(silent) or key}; give it a contact, secretary or chair"
            yield Risk(Level.WARNING, Code.NO_MEMBERS, ("bodies", key), message)
        seats = [(holder.body, holder.seat, holder.address) for holder in holders]
        if len(set(seats)) < len(seats):
            message = "several in the same seat share an address; write {seat} or {n} in addresses"
            yield Risk(Level.WARNING, Code.SHARED_ADDRESS, ("bodies", key, "seats"), message)


def _milestone_risks(definition: Definition) -> Iterator[Risk]:
    named = {name for phase in definition.phases.values() for _, name in phase.milestone_refs()}
    named |= {promise.relative.anchor for promise in definition.milestones.values() if promise.relative}
    for key in definition.milestones:
        if key not in named:
            message = "no phase names this milestone, so nobody is asked for it; name it as a phase's due"
            yield Risk(Level.WARNING, Code.UNUSED_MILESTONE, ("milestones", key), message)


def _actor_risks(definition: Definition) -> Iterator[Risk]:
    for key, phase in definition.phases.items():
        if isinstance(phase, Consultation) and phase.meeting and not phase.ruling_by:
            message = "a meeting is set, but nobody rules there; write ruling_by"
            yield Risk(Level.WARNING, Code.NO_ACTOR, ("phases", key, "meeting"), message)


def made_text(phase: PhaseBase) -> str | None:
    """The name of the text that a phase leaves behind, if it leaves one."""
    if isinstance(phase, GoalSetting):
        return phase.outcome.text
    if isinstance(phase, (ProjectDescription, ReferenceGroups, Drafting)):
        return phase.text
    return None


def earlier_phases(definition: Definition) -> dict[str, set[str]]:
    """For every phase, all that must have closed before it, directly or by way of others."""
    direct = {key: phase.predecessors for key, phase in definition.phases.items()}
    earlier: dict[str, set[str]] = {}
    for key in TopologicalSorter(direct).static_order():
        earlier[key] = set(direct[key]).union(*(earlier[name] for name in direct[key]))
    return earlier


def _parallel_risks(definition: Definition) -> Iterator[Risk]:
    """Phases that build on a text while its adoption still runs. Allowed, and to be seen; once for each phase."""
    earlier = earlier_phases(definition)
    makers = {made_text(phase): key for key, phase in definition.phases.items()}
    told: set[str] = set()
    for adoption, phase in definition.phases.items():
        maker = makers.get(phase.text) if isinstance(phase, Adoption) else None
        if not isinstance(phase, Adoption) or maker is None:
            continue
        beside = {key for key in definition.phases if _beside(definition, earlier, key, adoption, maker)}
        # What comes after such a phase only follows from it; one finding is enough.
        for key in definition.phases:
            if key in beside and key not in told and earlier[key].isdisjoint(beside):
                told.add(key)
                message = f"works from '{phase.text}' while '{adoption}' decides on it; allowed, and will be shown"
                yield Risk(Level.INFO, Code.PARALLEL_ON_UNADOPTED_TEXT, ("phases", key), message)


def _beside(definition: Definition, earlier: dict[str, set[str]], key: str, adoption: str, maker: str) -> bool:
    """Whether a phase comes after the text's maker, and neither before nor after the text's adoption."""
    phase, decides = definition.phases[key], definition.phases[adoption]
    same = isinstance(phase, Adoption) and isinstance(decides, Adoption) and phase.text == decides.text
    return not same and maker in earlier[key] and adoption not in earlier[key] and key not in earlier[adoption]
