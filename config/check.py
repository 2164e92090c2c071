"""Risks of a definition that can run: what a coordinator wants to know before it does.

Pure: nothing is read or written, and no clock is asked. The codes are stable; `docs/definitions.md` has a table.
"""

from __future__ import annotations

from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

from config.check_bodies import actor_risks, body_risks, decision_risks
from config.check_dates import date_risks
from config.findings import Code, Finding, Level, Risk
from config.i18n import N_
from config.named import Titled, phase_named, text_named
from config.phases import (
    Adoption,
    Drafting,
    GoalSetting,
    ProjectDescription,
    ReferenceGroups,
)
from config.said import sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from config.definition import Definition
    from config.phases import PhaseBase
    from config.said import Said
    from config.tree import Tree

NAME_IT = N_("name it as a phase's due")


def check(definition: Definition, places: Tree | None = None) -> list[Finding]:
    """What should be looked at before a definition runs, in the order of the file.

    Args:
        definition: one without faults, as `config.loader` returns it.
        places: where its parts stand, from `config.loader.load_placed`; without it, lines are None.
    """
    earlier = earlier_phases(definition)
    risks = [
        *_note_risks(definition),
        *body_risks(definition),
        *_milestone_risks(definition),
        *date_risks(definition),
        *actor_risks(definition),
        *decision_risks(definition, earlier),
        *_parallel_risks(definition, earlier),
    ]
    findings = [_placed(risk, places) for risk in risks]
    return sorted(findings, key=lambda finding: finding.line or 0)


def _placed(risk: Risk, places: Tree | None) -> Finding:
    line = places.place(risk.path).line if places else None
    where = ".".join(str(step) for step in risk.path)
    return Finding(risk.level, risk.code, where, line, risk.said)


def _note_risks(definition: Definition) -> Iterator[Risk]:
    """What whoever wrote the definition noted in the source."""
    for position, note in enumerate(definition.notes):
        words = sentence("%(note)s", note=Titled(definition.text(note.words), note.words, definition.language))
        yield Risk(Level(note.level), Code.NOTED, ("notes", position), words)


def _milestone_risks(definition: Definition) -> Iterator[Risk]:
    named = {name for phase in definition.phases.values() for _, name in phase.milestone_refs()}
    named |= {promise.relative.anchor for promise in definition.milestones.values() if promise.relative}
    for key, milestone in definition.milestones.items():
        if key not in named and milestone.mandate is None:
            unused = sentence(N_("no phase names this milestone, so nobody is asked for it"), NAME_IT)
            yield Risk(Level.WARNING, Code.UNUSED_MILESTONE, ("milestones", key), unused)


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


def _parallel_risks(definition: Definition, earlier: dict[str, set[str]]) -> Iterator[Risk]:
    """Phases that build on a text while its adoption still runs. Allowed, and to be seen; once for each phase."""
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
                words = _beside_words(definition, adoption, phase)
                yield Risk(Level.INFO, Code.PARALLEL_ON_UNADOPTED_TEXT, ("phases", key), words)


def _beside_words(definition: Definition, key: str, adoption: Adoption) -> Said:
    works = N_("works from '%(text)s' while '%(adoption)s' decides on it; allowed, and will be shown")
    return sentence(works, text=text_named(definition, adoption.text), adoption=phase_named(definition, key))


def _beside(definition: Definition, earlier: dict[str, set[str]], key: str, adoption: str, maker: str) -> bool:
    """Whether a phase comes after the text's maker, and neither before nor after the text's adoption."""
    phase, decides = definition.phases[key], definition.phases[adoption]
    same = isinstance(phase, Adoption) and isinstance(decides, Adoption) and phase.text == decides.text
    return not same and maker in earlier[key] and adoption not in earlier[key] and key not in earlier[adoption]
