"""What needs a coordinator: what people have raised, what is late, what could not be delivered, what stands still."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlmodel import col, func, select

from config.calendars import PLACES
from models.assignment import Assignment, AssignmentStatus
from models.concern import Concern, ConcernKind, open_concerns
from models.cycle import Body, CycleStatus, Person
from models.notice import Delivery, DeliveryStatus, Notice
from models.phase import Milestone, MilestoneStatus, Phase, PhaseStatus, Step
from models.proposal import open_proposals

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlmodel import Session

    from models.cycle import Cycle
    from models.proposal import Proposal

SOON = timedelta(days=3)
"""So long before a deadline, silence begins to need somebody."""
UNCONFIRMED = timedelta(days=60)
"""So long before its day, a date that was worked out should be confirmed."""
STUBBORN = 5
"""Failed attempts after which a queued mail is worth a look: the first four are made within two hours."""


class Need(StrEnum):
    """Why somebody should look; the most urgent first."""

    PROPOSED = "proposed"  # an act waits for a second person
    CONCERN = "concern"
    OVERDUE = "overdue"  # a deadline has passed, and the question is held open for the silent
    MISSED = "missed"  # a promise that nobody answers for any more was not kept
    UNDELIVERED = "undelivered"
    DELAYED = "delayed"  # mails that a server does not take yet
    HELD = "held"  # the whole cycle
    CLOSING = "closing"  # within three days, with answers missing
    UNCONFIRMED = "unconfirmed"


@dataclass(frozen=True)
class Item:
    """One thing to look at."""

    need: Need
    cycle: Cycle
    at: datetime | None = None
    phase: Phase | None = None
    step: Step | None = None
    milestone: Milestone | None = None
    concern: Concern | None = None
    assignment: Assignment | None = None
    body: Body | None = None
    person: Person | None = None
    count: int = 0
    proposal: Proposal | None = None
    response: str = ""  # what the mail server said


def needs_of(session: Session, cycle: Cycle, now: datetime) -> list[Item]:
    """What needs somebody in a cycle; nothing does in one that has ended, except what people have raised."""
    found = list(_concerns(session, cycle))
    if cycle.ended_at is None:
        found += [
            *_proposed(session, cycle),
            *_steps(session, cycle, now),
            *_missed(session, cycle),
            *_undelivered(session, cycle),
            *_delayed(session, cycle),
            *_unconfirmed(session, cycle, now),
        ]
        if cycle.status is CycleStatus.HELD:
            found.append(Item(Need.HELD, cycle))
    order = list(Need)
    return sorted(found, key=lambda item: (order.index(item.need), item.at or now))


def _proposed(session: Session, cycle: Cycle) -> Iterator[Item]:
    for proposal in open_proposals(session, cycle.id):
        yield Item(Need.PROPOSED, cycle, at=proposal.proposed_at, proposal=proposal)


def _concerns(session: Session, cycle: Cycle) -> Iterator[Item]:
    concerns = open_concerns(session, cycle.id)
    for concern in concerns:
        assignment = session.get(Assignment, concern.assignment_id) if concern.assignment_id else None
        yield Item(
            Need.CONCERN, cycle, at=concern.opened_at, concern=concern, assignment=assignment,
            step=session.get(Step, assignment.step_id) if assignment else None,
            body=session.get(Body, assignment.body_id) if assignment else None,
            person=session.get(Person, concern.person_id) if concern.person_id else None,
        )  # fmt: skip


def _steps(session: Session, cycle: Cycle, now: datetime) -> Iterator[Item]:
    query = (
        select(Step, Phase)
        .join(Phase, col(Phase.id) == col(Step.phase_id))
        .where(col(Step.cycle_id) == cycle.id, col(Step.settled_at).is_(None), col(Step.asked) > col(Step.answered))
    )
    for step, phase in session.exec(query):
        silent = step.asked - step.answered
        if step.missed_at is not None:
            yield Item(Need.OVERDUE, cycle, at=step.missed_at, step=step, phase=phase, count=silent)
        elif step.due_before is not None and step.due_before - now <= SOON:
            yield Item(Need.CLOSING, cycle, at=step.due_before, step=step, phase=phase, count=silent)


def _missed(session: Session, cycle: Cycle) -> Iterator[Item]:
    """Promises that were not kept, while the phase that made them goes on and no open question says so already."""
    waited = select(Step.milestone).where(
        col(Step.cycle_id) == cycle.id, col(Step.settled_at).is_(None), col(Step.missed_at).is_not(None)
    )
    query = (
        select(Milestone, Phase)
        .join(Step, (col(Step.cycle_id) == col(Milestone.cycle_id)) & (col(Step.milestone) == col(Milestone.key)))
        .join(Phase, col(Phase.id) == col(Step.phase_id))
        .where(col(Milestone.cycle_id) == cycle.id, col(Milestone.status) == MilestoneStatus.MISSED)
        .where(col(Phase.status) == PhaseStatus.OPEN, col(Milestone.met_on).is_(None))
    )
    named = set(session.exec(waited))
    shown = set()
    for milestone, phase in session.exec(query):
        if milestone.key in named or milestone.id in shown:
            continue
        shown.add(milestone.id)
        at = PLACES[cycle.place].end_of(milestone.due_on) if milestone.due_on else None
        yield Item(Need.MISSED, cycle, at=at, milestone=milestone, phase=phase, count=len(milestone.missing))


def _undelivered(session: Session, cycle: Cycle) -> Iterator[Item]:
    """Mails that no server takes, to people who are still waited for, where no concern speaks of the address."""
    told = select(Concern.person_id).where(
        col(Concern.cycle_id) == cycle.id, col(Concern.kind) == ConcernKind.ADDRESS_FAILS,
        col(Concern.person_id).is_not(None),
    )  # fmt: skip
    query = (
        select(Person, Body, Assignment, Delivery)
        .join(Notice, col(Notice.person_id) == col(Person.id))
        .join(Delivery, col(Delivery.notice_id) == col(Notice.id))
        .join(Assignment, col(Assignment.id) == col(Notice.assignment_id))
        .join(Body, col(Body.id) == col(Assignment.body_id))
        .where(col(Delivery.cycle_id) == cycle.id, col(Delivery.status) == DeliveryStatus.FAILED)
        .where(col(Assignment.status) == AssignmentStatus.OPEN, col(Person.id).not_in(told))
        .order_by(col(Body.ordinal), col(Notice.created_at))
    )
    shown = set()
    for person, body, assignment, delivery in session.exec(query):
        if assignment.id not in shown:
            shown.add(assignment.id)
            step = session.get(Step, assignment.step_id)
            yield Item(
                Need.UNDELIVERED, cycle, person=person, body=body, assignment=assignment, step=step,
                response=delivery.response or "",
            )  # fmt: skip


def _delayed(session: Session, cycle: Cycle) -> Iterator[Item]:
    mine = (col(Delivery.cycle_id) == cycle.id, col(Delivery.status) == DeliveryStatus.QUEUED)
    stuck = select(func.count(), func.min(Delivery.response)).where(*mine, col(Delivery.attempts) >= STUBBORN)
    count, response = session.exec(stuck).one()
    if count:
        yield Item(Need.DELAYED, cycle, count=count, response=response or "")


def _unconfirmed(session: Session, cycle: Cycle, now: datetime) -> Iterator[Item]:
    pending = (MilestoneStatus.PENDING, MilestoneStatus.MOVED)
    query = select(Milestone).where(
        col(Milestone.cycle_id) == cycle.id, col(Milestone.inferred), col(Milestone.status).in_(pending),
        col(Milestone.due_on) <= PLACES[cycle.place].today(now + UNCONFIRMED),
    )  # fmt: skip
    for milestone in session.exec(query.order_by(col(Milestone.due_on))):
        at = PLACES[cycle.place].end_of(milestone.due_on) if milestone.due_on else None
        yield Item(Need.UNCONFIRMED, cycle, at=at, milestone=milestone)


def needs(session: Session, cycles: Sequence[Cycle], now: datetime) -> list[Item]:
    """What needs somebody in any of these cycles, the most urgent first."""
    order = list(Need)
    found = [item for cycle in cycles for item in needs_of(session, cycle, now)]
    return sorted(found, key=lambda item: order.index(item.need))
