"""The promises of a plan: their days, how these were computed, and how much slack they have. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.check_dates import closed
from config.dates import PromiseKind
from config.terms import StepKind
from engine.plan_parts import Computed, Promise, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from config.calendars import Place
    from config.definition import Definition
    from engine.plan_facts import Course, StepFact

OWNERS = ("principals", "groups", "consultees", "approved_by", "body", "ruling_by", "to", "author")
"""The fields of a phase that name whose promise its date is, the most telling first."""
FIELD_OWNERS = {
    "meeting": ("ruling_by",), "sending_meeting": ("sent_out_by",),
    "material_due": ("compiled_by",), "compile_due": ("compiled_by",),
}  # fmt: skip
"""Where a date is not the phase's own: who it binds."""


def promises_of(definition: Definition, late: Course, soon: Course) -> tuple[Promise, ...]:
    """Every milestone of a definition, as two courses show it."""
    return tuple(
        _promise(definition, key, number, late, soon) for number, key in enumerate(definition.milestones, start=1)
    )


def kept_on(course: Course, place: Place, key: str) -> date | None:
    """When a promise is kept in a course.

    A meeting that is reported as held on its day cannot have been held before it was called.
    """
    met = course.promises[key].met
    called = [place.today(step.opened) for step in course.steps_for(key)]
    return max([met, *called]) if met else None


def named_by(definition: Definition, key: str) -> tuple[str, str] | None:
    """The phase and the field that name a milestone, or the phase that its mandate is about."""
    for name, phase in definition.phases.items():
        for field, milestone in phase.milestone_refs():
            if milestone == key:
                return name, field
    mandate = definition.milestones[key].mandate
    return (mandate, "mandate") if mandate else None


def computed(definition: Definition, key: str, due: date | None) -> Computed:
    """How a milestone's day came about."""
    milestone = definition.milestones[key]
    window = milestone.window
    if window is None:
        return Computed(Rule.EVENT, milestone.date, _rolled(definition, key, due))
    exact = window.earliest == window.latest or window.earliest is None
    return Computed(Rule.DAY if exact else Rule.LAST_DAY, milestone.date, _rolled(definition, key, due))


def _rolled(definition: Definition, key: str, due: date | None) -> date | None:
    """The non-working day that a statutory date rolled forward from."""
    window = definition.milestones[key].window
    moved = definition.milestones[key].statutory and window is not None and window.latest != due
    return window.latest if moved and window else None


def _promise(definition: Definition, key: str, number: int, late: Course, soon: Course) -> Promise:
    place, milestone, due = definition.where, definition.milestones[key], late.promises[key].due
    named = named_by(definition, key)
    waits = dict(_dependencies(definition, key, named, late))
    ready = place.today(max(waits.values())) if waits else definition.begins
    latest = kept_on(late, place, key)
    exact = milestone.promise is not PromiseKind.IN
    return Promise(
        number=number, key=key, title=definition.by_language(milestone.title) if milestone.title else {},
        promise=milestone.promise, edtf=milestone.date, words=milestone.words,
        inferred=milestone.inferred, statutory=milestone.statutory, mandate=milestone.mandate is not None,
        phase=named[0] if named else None, bodies=_owners(definition, named),
        due=due, computed=computed(definition, key, due),
        closed=str(closed(place, due)) if due and exact and not place.is_working_day(due) else None,
        waits_for=tuple(waits), ready=ready if named else None,
        slack=(due - ready).days if due and named else None,
        earliest=kept_on(soon, place, key), latest=latest,
        late=max((latest - due).days, 0) if latest and due else 0,
    )  # fmt: skip


def _dependencies(
    definition: Definition, key: str, named: tuple[str, str] | None, late: Course
) -> Iterator[tuple[str, datetime]]:
    """What must be there before a promise can be kept, with the latest instant at which it is.

    That is the phases before; of the same phase, meetings and what has a date of its own. Work without a date is part
    of what the promise itself leaves time for.
    """
    if named is None:
        return
    phase, field = named
    if field == "mandate":
        if (at := late.phases[phase].closed) is not None:
            yield phase, at
        return
    for before in definition.phases[phase].predecessors:
        if (at := late.phases[before].closed) is not None:
            yield before, at
    own = [step.opened for step in late.steps_for(key)]
    for step in late.steps:
        if step.phase == phase and step.settled and own and step.settled <= own[0] and _dated_apart(step, key):
            yield step.milestone or step.key, step.settled


def _dated_apart(step: StepFact, key: str) -> bool:
    return (step.milestone is not None and step.milestone != key) or step.kind is StepKind.MEET


def _owners(definition: Definition, named: tuple[str, str] | None) -> tuple[str, ...]:
    """The names of the bodies whose promise it is; the coordinator's where the phase names nobody."""
    if named is None:
        return ()
    phase = definition.phases[named[0]]
    refs = list(phase.body_refs())
    for wanted in FIELD_OWNERS.get(named[1], OWNERS):
        found = [body for field, body in refs if field == wanted]
        if found:
            return tuple(definition.text(definition.bodies[body].name) for body in found)
    return (definition.text(definition.bodies[definition.coordinator].name),)
