"""The rows of a plan: everything that happens, in order. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from config.terms import StepKind
from engine.plan_parts import Computed, PlannedPhase, Promise, Row, Rule, What
from engine.plan_promises import computed
from models.notice import NoticeKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from config.definition import Definition
    from engine.plan_facts import Course, StepFact

NOTICES = {
    NoticeKind.ASKED: What.ASKED,
    NoticeKind.ASKED_AGAIN: What.ASKED,
    NoticeKind.SUMMONED: What.SUMMONED,
    NoticeKind.INFORMED: What.INFORMED,
    NoticeKind.REMINDED: What.REMINDED,
    NoticeKind.CONCLUDED: What.CONCLUDED,
}
ORDER = list(What)
FORTNIGHT = timedelta(days=14)


def rows_of(definition: Definition, late: Course, soon: Course, promises: tuple[Promise, ...]) -> tuple[Row, ...]:
    """Every row, by day; within a day phase by phase."""
    rows = [
        *_ends(definition, late),
        *_phases(definition, late, soon),
        *_notices(definition, late),
        *_steps(definition, late),
        *_promises(definition, promises),
    ]
    place = {key: number for number, key in enumerate(definition.phases, start=1)}
    return tuple(sorted(rows, key=lambda row: (row.day, _rank(row, place), ORDER.index(row.what), row.step or "")))


def _rank(row: Row, place: dict[str, int]) -> int:
    """The beginning first, the end last, the phases between them in the order of the definition."""
    if row.what in (What.CONCLUDED, What.ENDS):
        return len(place) + 1
    return place.get(row.phase or "", 0)


def _ends(definition: Definition, late: Course) -> Iterator[Row]:
    place = definition.where
    yield Row(definition.begins, place.start_of(definition.begins), What.BEGINS)
    if late.ended is not None:
        yield Row(place.today(late.ended), late.ended, What.ENDS)


def _phases(definition: Definition, late: Course, soon: Course) -> Iterator[Row]:
    place = definition.where
    for key, phase in late.phases.items():
        early = soon.phases[key].opened
        if phase.opened is not None:
            earliest = place.today(early) if early else None
            yield Row(place.today(phase.opened), phase.opened, What.OPENS, phase=key, earliest=earliest)
        if phase.closed is not None:
            yield Row(place.today(phase.closed), phase.closed, What.CLOSES, phase=key)


def _notices(definition: Definition, late: Course) -> Iterator[Row]:
    steps = {step.key: step for step in late.steps}
    for told in late.notices:
        step = steps.get(told.step or "")
        yield Row(
            definition.where.today(told.at), told.at, NOTICES[told.kind], phase=told.phase, step=told.step,
            milestone=step.milestone if step else None, count=told.count, of=step.of if step else (),
            kind=step.kind.value if step else None,
        )  # fmt: skip


def _steps(definition: Definition, late: Course) -> Iterator[Row]:
    """When answers are due, and when bodies meet."""
    place = definition.where
    for step in late.steps:
        if step.kind is StepKind.MEET and step.not_before is not None:
            yield Row(
                step.not_before, place.start_of(step.not_before), What.MEETING, phase=step.phase, step=step.key,
                milestone=step.milestone, count=step.asked, of=step.of, kind=step.kind.value,
            )  # fmt: skip
        if step.due_before is not None and step.asked:
            yield Row(
                place.last_day_before(step.due_before), step.due_before, What.DEADLINE, phase=step.phase,
                step=step.key, milestone=step.milestone, count=step.asked, of=step.of, kind=step.kind.value,
                words=definition.milestones[step.milestone].words if step.milestone else None,
                computed=_due_by(definition, step, place.last_day_before(step.due_before)),
            )  # fmt: skip


def _due_by(definition: Definition, step: StepFact, day: date) -> Computed:
    """How a step's last day came about."""
    if step.kind is StepKind.MEET and step.not_before == day - FORTNIGHT:
        return Computed(Rule.AFTER_MEETING, step.milestone or step.key)
    if step.milestone is not None and step.kind is not StepKind.MEET:
        return computed(definition, step.milestone, day)
    phase = definition.phases[step.phase]
    for field, name in phase.milestone_refs():
        window = definition.milestones[name].window
        if field == "meeting" and window and window.latest == day + timedelta(days=1):
            return Computed(Rule.BEFORE_MEETING, name)
    if phase.within and phase.window.latest == day:
        return Computed(Rule.WINDOW, phase.within)
    return Computed(Rule.ITSELF, step.key)


def _promises(definition: Definition, promises: tuple[Promise, ...]) -> Iterator[Row]:
    for promise in promises:
        if promise.due is not None:
            yield Row(
                promise.due, definition.where.end_of(promise.due), What.MILESTONE, phase=promise.phase,
                milestone=promise.key, of=promise.bodies, words=promise.words, computed=promise.computed,
            )  # fmt: skip


def phases_of(definition: Definition, late: Course, soon: Course) -> tuple[PlannedPhase, ...]:
    """From when to when each phase may run."""
    place = definition.where

    def day(course: Course, key: str, *, opened: bool) -> date | None:
        fact = course.phases[key]
        at = fact.opened if opened else fact.closed
        return place.today(at) if at else None

    undated = {step.phase for step in late.steps if step.due_before is None and step.asked}
    return tuple(
        PlannedPhase(
            key, fact.kind.value, fact.title, definition.phases[key].predecessors,
            day(soon, key, opened=True), day(late, key, opened=True),
            day(soon, key, opened=False), day(late, key, opened=False), key not in undated,
        )
        for key, fact in late.phases.items()
    )  # fmt: skip
