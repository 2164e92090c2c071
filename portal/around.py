"""What stands around a question: whom to ask, who answers instead of whom, who else is asked, what happens next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam
from sqlalchemy import select as select_many
from sqlmodel import col, select

from config.handing import Shows
from config.terms import ANSWERING_SEATS
from engine.commands.delegate import Candidates, candidates
from models.assignment import Assignment, AssignmentStatus
from models.cycle import Body, Membership, Person
from models.phase import Milestone, Phase, PhaseStatus
from models.promises import OPEN_STATUSES
from models.queries import MILESTONES_OF_CYCLE, PHASES_OF_CYCLE
from models.rows import Query
from tasks.phase import ATTEMPT, definition_of

if TYPE_CHECKING:
    from datetime import date

    from sqlmodel import Session

    from models.cycle import Cycle
    from models.phase import Step

ANSWERED = (AssignmentStatus.ANSWERED, AssignmentStatus.REOPENED)
NOT_COUNTED = (AssignmentStatus.SUPERSEDED, AssignmentStatus.WITHDRAWN)


@dataclass(frozen=True)
class Contact:
    """Whom to ask: the coordinating body, and who answers for it."""

    body: str
    name: str | None = None
    address: str | None = None


@dataclass(frozen=True)
class Other:
    """A body that is asked the same; `answered` is nothing where the definition keeps that to itself."""

    body: str
    answered: bool | None


@dataclass(frozen=True)
class Coming:
    """What happens after this question: a phase that opens, or a promise that falls due."""

    title: str
    language: str
    day: date | None
    opens: bool  # a phase; otherwise a milestone


@dataclass(frozen=True)
class Around:
    """The surroundings of one assignment."""

    contact: Contact
    instead_of: Person | None
    handing: Candidates
    others: tuple[Other, ...]
    coming: tuple[Coming, ...]


SEATS = Query(
    select_many(col(Body.name))
    .select_from(Body)
    .outerjoin(Membership, (col(Membership.body_id) == Body.id) & col(Membership.ended).is_(False))
    .outerjoin(Person, col(Person.id) == col(Membership.person_id))
    .where(col(Body.id) == bindparam("body")),
    Membership,
    Person,
)
"""Who sits in a body now."""


def load_around(
    session: Session, assignment: Assignment, step: Step, phase: Phase, cycle: Cycle, milestone: Milestone | None
) -> Around:
    """Everything that stands around an assignment; the milestone is the question's own."""
    first = assignment.delegated_from or assignment.replaces
    return Around(
        contact=_contact(session, cycle),
        instead_of=session.get(Person, first) if first else None,
        handing=candidates(session, assignment, step, phase, cycle),
        others=_others(session, assignment, step, phase, cycle),
        coming=_coming(session, phase, cycle, milestone),
    )


def _contact(session: Session, cycle: Cycle) -> Contact:
    found = SEATS.all(session.connection(), {"body": f"{cycle.id}/@{cycle.coordinator}"})
    if not found:
        return Contact(cycle.coordinator)
    answering = [(seat, person) for _, (seat, person) in found if seat is not None and seat.seat in ANSWERING_SEATS]
    if not answering:
        return Contact(found[0].values["name"])
    _, person = min(answering, key=lambda pair: (ANSWERING_SEATS.index(pair[0].seat), pair[0].ordinal))
    return Contact(found[0].values["name"], person.name, person.address)


def _others(
    session: Session, assignment: Assignment, step: Step, phase: Phase, cycle: Cycle
) -> tuple[Other, ...]:  # fmt: skip
    says = definition_of(cycle.definition).phases[phase.key]
    shows = says.shows.get(ATTEMPT.sub("", step.key), Shows.NOTHING)
    if shows is Shows.NOTHING:
        return ()
    query = (
        select(Body, Assignment.status)
        .join(Assignment, col(Assignment.body_id) == col(Body.id))
        .where(col(Assignment.step_id) == step.id, col(Assignment.status).not_in(NOT_COUNTED))
        .where(col(Body.id) != assignment.body_id)
        .order_by(col(Body.ordinal))
    )
    answered: dict[str, list[bool]] = {}
    for body, status in session.exec(query):
        answered.setdefault(body.name, []).append(status in ANSWERED)
    return tuple(Other(name, all(said) if shows is Shows.ANSWERED else None) for name, said in answered.items())


def _coming(session: Session, phase: Phase, cycle: Cycle, own: Milestone | None) -> tuple[Coming, ...]:
    """The phases that wait for this one, and the next promise of the cycle that is not this question's own."""
    phases = [row for _, (row,) in PHASES_OF_CYCLE.all(session.connection(), {"cycle": cycle.id})]
    after = [row for row in phases if phase.key in row.after and row.status is PhaseStatus.PLANNED]
    language = str(cycle.language)
    found = [Coming(row.title, language, row.first_day(cycle.begins), opens=True) for row in after]
    promise = _next_promise(session, cycle, own)
    if promise is not None:
        found.append(Coming(promise.called(language, language), language, promise.due_on, opens=False))
    return tuple(found)


def _next_promise(session: Session, cycle: Cycle, own: Milestone | None) -> Milestone | None:
    found = MILESTONES_OF_CYCLE.all(session.connection(), {"cycle": cycle.id})
    waiting = [one for _, (one,) in found if one.status in OPEN_STATUSES and one.met_on is None and one.due_on]
    if own is not None and own.due_on is not None:
        waiting = [one for one in waiting if one.due_on >= own.due_on and one.id != own.id]
    return min(waiting, key=lambda one: (one.due_on, one.ordinal), default=None)
