"""Start a cycle: everything that its definition says becomes rows, in one transaction."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from config.loader import dump
from config.seats import occupants
from models.cycle import Body, Cycle, Membership, Person
from models.journal import PhaseRun
from models.phase import Milestone, Phase
from models.register import RegisterError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from config.definition import Definition
    from config.seats import SeatHolder
    from models.change import Change
    from models.register import Register


SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


class BadName(RegisterError):  # noqa: N818
    """A cycle cannot be called so."""


def start_cycle(
    register: Register,
    definition: Definition,
    *,
    slug: str,
    at: datetime,
    actor: str,
    participants: Sequence[SeatHolder] = (),
    along: Callable[[Change], None] | None = None,
) -> str:
    """Bring a cycle into being; returns its id, which is `slug`.

    `participants` replace the holders of the same seats in the definition; who holds a seat that it does not have
    gets one more. `along` does what else belongs to the same
    transaction; what it raises undoes all of it.

    Raises:
        AlreadyThere: a cycle of that name exists; nothing has been written.
    """
    if not SLUG.fullmatch(slug):
        raise BadName(f"'{slug}' cannot name a cycle; write small letters a-z, digits and hyphens, at most 64")
    cycle = Cycle(
        id=slug,
        definition_name=definition.cycle,
        title=definition.text(definition.title),
        language=definition.language,
        place=definition.place,
        registry_no=definition.registry_no,
        begins=definition.begins,
        started_at=at,
        coordinator=definition.coordinator,
        definition=dump(definition),
    )
    with register.begin_cycle(cycle, at=at, actor=actor) as change:
        change.record("cycle_started", slug, definition=definition.cycle, begins=definition.begins)
        _add_bodies(change, definition, participants)
        _add_milestones(change, definition)
        _add_phases(change, definition)
        if along is not None:
            along(change)
    return slug


def _add_bodies(change: Change, definition: Definition, participants: Sequence[SeatHolder]) -> None:
    left = {(held.body, held.seat, held.ordinal): held for held in participants}
    people: dict[str, Person] = {}
    ordinal = 0
    for group, body in definition.bodies.items():
        for key, name in body.parts(group).items():
            ordinal += 1
            change.add(
                Body(
                    id=f"{change.cycle.id}/@{key}",
                    cycle_id=change.cycle.id,
                    key=key,
                    group=group,
                    name=definition.text(name),
                    ordinal=ordinal,
                    rules=body.ruleset.model_dump(),
                )
            )
        for held in occupants(definition, group):
            _seat(change, people, left.pop((held.body, held.seat, held.ordinal), held))
        for held in [held for held in left.values() if held.body in body.parts(group)]:
            _seat(change, people, held)


def _seat(change: Change, people: dict[str, Person], held: SeatHolder) -> None:
    person = people.get(held.address)
    if person is None:
        person = people[held.address] = change.add(
            Person(
                id=f"{change.cycle.id}/p{len(people) + 1}",
                cycle_id=change.cycle.id,
                address=held.address,
                name=held.name,
                language=held.language,
                salt=change.register.token(16),
            )
        )
    body = f"{change.cycle.id}/@{held.body}"
    change.add(
        Membership(
            id=f"{body}.{held.seat}-{held.ordinal}",
            cycle_id=change.cycle.id,
            body_id=body,
            person_id=person.id,
            seat=held.seat,
            ordinal=held.ordinal,
        )
    )


def _add_milestones(change: Change, definition: Definition) -> None:
    known = resolve_dates(definition)
    for ordinal, (key, promised) in enumerate(definition.milestones.items(), start=1):
        window = promised.window
        due_on = known.get(key)
        change.add(
            Milestone(
                id=f"{change.cycle.id}/:{key}",
                cycle_id=change.cycle.id,
                key=key,
                ordinal=ordinal,
                promise=promised.promise,
                edtf=promised.date,
                title=definition.by_language(promised.title) if promised.title else {},
                words=promised.words,
                inferred=promised.inferred,
                earliest=window.earliest if window else None,
                due_on=due_on,
                promised=due_on,
            )
        )


def _add_phases(change: Change, definition: Definition) -> None:
    for ordinal, (key, says) in enumerate(definition.phases.items(), start=1):
        opens_on = max(says.window.earliest or definition.begins, definition.begins)
        phase = change.add(
            Phase(
                id=f"{change.cycle.id}/{key}",
                cycle_id=change.cycle.id,
                key=key,
                kind=says.kind,
                ordinal=ordinal,
                title=definition.phase_title(key),
                after=list(says.predecessors),
                promises=[promise for _, promise in says.milestone_refs()],
                mandates=[name for name, promised in definition.milestones.items() if promised.mandate == key],
                opens_on=opens_on,
                opens_at=definition.where.at(opens_on, definition.send_at),
            )
        )
        if change.register.shown:
            change.add(PhaseRun(phase_id=phase.id))
        change.wake(phase.id)


def resolve_dates(definition: Definition) -> dict[str, date]:
    """The last day of every milestone whose date does not wait for a phase."""
    known: dict[str, date] = {"begins": definition.begins}
    for key, promised in definition.milestones.items():
        if promised.window is not None:
            known[key] = definition.falls_on(key, promised.window.latest or definition.begins)
    waiting = {key: m.relative for key, m in definition.milestones.items() if m.relative is not None}
    while ready := [key for key, relative in waiting.items() if relative.anchor in known]:
        for key in ready:
            relative = waiting.pop(key)
            known[key] = definition.falls_on(key, relative.from_day(known[relative.anchor]))
    return known


def is_over(definition: Definition, now: datetime) -> bool:
    """Whether every date of the definition has passed: then it was written for another time."""
    known = resolve_dates(definition)
    return max(known.values()) < definition.where.today(now)
