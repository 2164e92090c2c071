"""Who would be reminded of an open question, and who not, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select as select_many
from sqlmodel import col, func, select

from config.calendars import PLACES
from engine.commands.remind import Hindrance, hindrances
from models.assignment import Assignment, AssignmentStatus
from models.cycle import Body, Person
from models.finding import holds
from models.phase import Phase, Step

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlmodel import Session

    from models.cycle import Cycle
    from models.register import Register


@dataclass(frozen=True)
class Silent:
    """Somebody who has not answered."""

    assignment: Assignment
    body: Body
    person: Person
    hindrance: Hindrance | None


@dataclass(frozen=True)
class Question:
    """An open question, and how many have not answered it."""

    phase: Phase
    step: Step
    silent: int

    @property
    def key(self) -> str:
        """PHASE/STEP."""
        return self.step.id.partition("/")[2]


@dataclass(frozen=True)
class Silence:
    """An open question and those who have not answered it."""

    phase: Phase
    step: Step
    silent: tuple[Silent, ...]

    @property
    def key(self) -> str:
        """PHASE/STEP."""
        return self.step.id.partition("/")[2]


def open_questions(register: Register, cycle: Cycle) -> list[Question]:
    """Every open question that somebody has not answered, the oldest first, with how many that are."""
    with register.read() as session:
        return _open_questions(session, cycle)


def _open_questions(session: Session, cycle: Cycle) -> list[Question]:
    waiting = (
        select(col(Assignment.step_id), func.count().label("silent"))
        .where(col(Assignment.cycle_id) == cycle.id, col(Assignment.status) == AssignmentStatus.OPEN)
        .group_by(col(Assignment.step_id))
        .subquery()
    )
    query = (
        select(Step, Phase, waiting.c.silent)
        .join(Phase, col(Phase.id) == col(Step.phase_id))
        .join(waiting, waiting.c.step_id == col(Step.id))
        .where(col(Step.cycle_id) == cycle.id, col(Step.settled_at).is_(None))
        .order_by(col(Step.opened_at), col(Step.id))
    )
    return [Question(phase, step, count) for step, phase, count in session.exec(query)]


def silences(register: Register, cycle: Cycle, now: datetime, only: str = "") -> list[Silence]:
    """Every open question that somebody has not answered, the oldest first; or the one of that PHASE/STEP."""
    with register.read() as session:
        wanted = [one for one in _open_questions(session, cycle) if not only or one.key == only]
        return [Silence(one.phase, one.step, tuple(_silent(session, one.step, cycle, now))) for one in wanted]


def _silent(session: Session, step: Step, cycle: Cycle, now: datetime) -> Iterator[Silent]:
    today = PLACES[cycle.place].today(now)
    found = session.exec(_asked(step)).all()
    hindered = hindrances(session, step, [assignment for assignment, _, _ in found], today, now)
    too_early = step.not_before is not None and today < step.not_before
    for assignment, body, person in found:
        if person.reminders_off_at is not None:
            hindrance: Hindrance | None = Hindrance.OFF
        else:
            hindrance = Hindrance.TOO_EARLY if too_early else hindered.get(assignment.id)
        yield Silent(assignment, body, person, hindrance)


@dataclass(frozen=True)
class Waited:
    """Somebody who has not answered, with the question."""

    phase: Phase
    step: Step
    assignment: Assignment
    body: Body
    person: Person


def waiting_count(register: Register, cycle: Cycle, wanted: str = "") -> int:
    """How many have not answered an open question; of those whose body, name or address has `wanted` in it."""
    with register.read() as session:
        return int(session.exec(_waiting(cycle, func.count(), wanted)).one())


def _waiting(cycle: Cycle, what: Any, wanted: str) -> Any:
    waiting = (
        select(what)
        .select_from(Assignment)
        .join(Step, col(Step.id) == col(Assignment.step_id))
        .join(Body, col(Body.id) == col(Assignment.body_id))
        .where(col(Step.cycle_id) == cycle.id, col(Step.settled_at).is_(None))
        .where(col(Assignment.status) == AssignmentStatus.OPEN)
    )
    if not wanted:
        return waiting
    waiting = waiting.join(Person, col(Person.id) == col(Assignment.person_id))
    return waiting.where(holds(wanted, Body.name, Person.name, Person.address))


def waited_for(register: Register, cycle: Cycle, first: int, most: int, wanted: str = "") -> list[Waited]:
    """Some of those whom `waiting_count` counts, from the `first` (0): by question, then by body."""
    in_order = _waiting(cycle, Assignment.id, wanted).order_by(
        col(Step.opened_at), col(Step.id), col(Body.ordinal), col(Assignment.id)
    )
    whole = (
        select_many(Phase, Step, Assignment, Body, Person)
        .join(Step, col(Step.phase_id) == col(Phase.id))
        .join(Assignment, col(Assignment.step_id) == col(Step.id))
        .join(Body, col(Body.id) == col(Assignment.body_id))
        .join(Person, col(Person.id) == col(Assignment.person_id))
    )
    with register.read() as session:
        page = session.exec(in_order.offset(first).limit(most)).all()
        rows = session.execute(whole.where(col(Assignment.id).in_(page)))
        found = {row[2].id: Waited(*row) for row in rows}
    return [found[one] for one in page]


def _asked(step: Step) -> Any:
    return (
        select(Assignment, Body, Person)
        .join(Body, col(Body.id) == col(Assignment.body_id))
        .join(Person, col(Person.id) == col(Assignment.person_id))
        .where(col(Assignment.step_id) == step.id, col(Assignment.status) == AssignmentStatus.OPEN)
        .order_by(col(Body.ordinal), col(Assignment.id))
    )
