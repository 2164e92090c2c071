"""The plan of a cycle before anything is sent: every date, notice and deadline in order, and what a slip endangers.

A plan is the *latest* course that still keeps every promise: a rehearsal, on the flows that will run, in which
everybody answers on the last day. A second rehearsal, in which everybody answers soon, says when things may happen at
the earliest. A slip is planned the same way, with what depends on it moved along.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.commands.start import resolve_dates
from engine.plan_pace import course
from engine.plan_parts import Danger, Moved, Plan, Slippage
from engine.plan_promises import kept_on, promises_of
from engine.plan_rows import phases_of, rows_of
from engine.plan_slip import Shifts, Span, days_of, shifted, shifts_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, timedelta

    from config.definition import Definition
    from engine.plan_facts import Course
    from engine.plan_parts import Promise
    from engine.plan_slip import Slip


def plan(definition: Definition, slips: Sequence[Slip] = ()) -> Plan:
    """The plan of a definition, and what comes of `slips` when there are any."""
    late, soon = course(definition), course(definition, late=())
    place = definition.where
    promises = promises_of(definition, late, soon)
    return Plan(
        cycle=definition.cycle,
        title=definition.text(definition.title),
        language=str(definition.language),
        place=place,
        begins=definition.begins,
        ends=place.today(late.ended) if late.ended else None,
        rows=rows_of(definition, late, soon, promises),
        phases=phases_of(definition, late, soon),
        promises=promises,
        slippage=_slippage(definition, slips, late, promises) if slips else None,
    )


def _slippage(
    definition: Definition, slips: Sequence[Slip], late: Course, promises: tuple[Promise, ...]
) -> Slippage:  # fmt: skip
    due = {promise.key: promise.due for promise in promises if promise.due}
    spans = _spans(definition, late)
    days = days_of(definition, slips, due, spans)
    shifts = shifts_of(definition, days, spans)
    after = course(shifted(definition, shifts, due))
    alone = shifted(definition, _alone(days), due)
    late_anyway = list(_too_late(definition, promises, resolve_dates(alone), after))
    # Whether answering soon would keep them is worth a course of its own only where there are any.
    soon = course(alone, late=_slipping_steps(slips, late)) if late_anyway else after
    place = definition.where
    return Slippage(
        slips=tuple((slip.name, by.days) for slip, by in days.items()),
        moved=tuple(_moved(due, after)),
        dangers=tuple(_dangers(definition, late_anyway, soon)),
        ends=place.today(after.ended) if after.ended else None,
    )


def _spans(definition: Definition, late: Course) -> dict[str, Span]:
    today = definition.where.today
    return {
        key: Span(fact.opened and today(fact.opened), fact.closed and today(fact.closed))
        for key, fact in late.phases.items()
    }


def _alone(slips: Mapping[Slip, timedelta]) -> Shifts:
    """The slips without what they push."""
    shifts = Shifts()
    for slip, by in slips.items():
        (shifts.closes if slip.phase else shifts.milestones)[slip.name] = by
    return shifts


def _slipping_steps(slips: Sequence[Slip], late: Course) -> frozenset[str]:
    """The steps that slip: even where everybody else answers soon, these take all their time."""
    names = {slip.name for slip in slips if not slip.phase}
    phases = {slip.name for slip in slips if slip.phase}
    return frozenset(step.key for step in late.steps if step.milestone in names or step.phase in phases)


def _moved(due: dict[str, date], after: Course) -> list[Moved]:
    now = {key: promise.due for key, promise in after.promises.items()}
    return [Moved(key, was, to) for key, was in due.items() if (to := now[key]) is not None and to != was]


def _too_late(
    definition: Definition, promises: tuple[Promise, ...], stands: dict[str, date], after: Course
) -> Iterator[tuple[Promise, date, date]]:
    """The promises that are kept too late, each with the day it has and the day on which it is kept.

    Args:
        definition: the definition as it is.
        promises: its promises in the plan.
        stands: the day of each promise when only what slips has moved; an event's followers have none.
        after: the course in which everything takes the time that the plan gave it.
    """
    for promise in promises:
        day, latest = stands.get(promise.key), kept_on(after, definition.where, promise.key)
        if day is not None and latest is not None and latest > day:
            yield promise, day, latest


def _dangers(definition: Definition, late: Sequence[tuple[Promise, date, date]], soon: Course) -> list[Danger]:
    """The promises that the slip endangers, mandates first; `soon` is how early they could be kept.

    In that course everybody but who slips answers soon.
    """
    found = []
    for promise, day, latest in late:
        earliest = kept_on(soon, definition.where, promise.key)
        found.append(Danger(promise, earliest, latest, (latest - day).days, earliest is not None and earliest > day))
    return sorted(found, key=lambda danger: (not danger.promise.mandate, danger.promise.due or definition.begins))
