"""Who would be reminded of an open question, and who not, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from config.calendars import PLACES
from engine.commands.remind import Hindrance, hindrance
from models.assignment import Assignment, AssignmentStatus
from models.cycle import Body, Person
from models.phase import Phase, Step

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlmodel import Session

    from config.calendars import Place
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
class Silence:
    """An open question and those who have not answered it."""

    phase: Phase
    step: Step
    silent: tuple[Silent, ...]

    @property
    def key(self) -> str:
        """PHASE/STEP."""
        return self.step.id.partition("/")[2]


def silences(register: Register, cycle: Cycle, now: datetime) -> list[Silence]:
    """Every open question that somebody has not answered, the oldest first."""
    place = PLACES[cycle.place]
    with register.read() as session:
        query = (
            select(Step, Phase)
            .join(Phase, col(Phase.id) == col(Step.phase_id))
            .where(col(Step.cycle_id) == cycle.id, col(Step.settled_at).is_(None))
            .order_by(col(Step.opened_at), col(Step.id))
        )
        found = [Silence(phase, step, tuple(_silent(session, step, place, now))) for step, phase in session.exec(query)]
        return [one for one in found if one.silent]


def _silent(session: Session, step: Step, place: Place, now: datetime) -> Iterator[Silent]:
    query = (
        select(Assignment, Body, Person)
        .join(Body, col(Body.id) == col(Assignment.body_id))
        .join(Person, col(Person.id) == col(Assignment.person_id))
        .where(col(Assignment.step_id) == step.id, col(Assignment.status) == AssignmentStatus.OPEN)
        .order_by(col(Body.ordinal), col(Assignment.id))
    )
    for assignment, body, person in session.exec(query).all():
        yield Silent(assignment, body, person, _why_not(session, step, assignment, person, place, now))


def _why_not(
    session: Session, step: Step, assignment: Assignment, person: Person, place: Place, now: datetime
) -> Hindrance | None:
    today = place.today(now)
    if person.reminders_off_at is not None:
        return Hindrance.OFF
    if step.not_before is not None and today < step.not_before:
        return Hindrance.TOO_EARLY
    return hindrance(session, assignment, today, now)
