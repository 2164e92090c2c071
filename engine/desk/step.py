"""A question and whom it was put to, a page at a time: a consultation may have ten thousand consultees."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import select as select_counts
from sqlalchemy import true
from sqlmodel import col, func, select

from models.account import ACTOR, Account
from models.assignment import Answer, Assignment, AssignmentStatus
from models.cycle import Body, Membership, Person
from models.finding import holds
from models.notice import Delivery, DeliveryStatus, Notice, NoticeKind
from models.phase import Phase, Step

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlmodel import Session

    from models.register import Register

PAGE = 100
BODY, PERSON = col(Body.id) == col(Assignment.body_id), col(Person.id) == col(Assignment.person_id)
NAMES = (Body.name, Person.name, Person.address)
"""What somebody is looked for by."""
ASKED = (NoticeKind.ASKED, NoticeKind.ASKED_AGAIN, NoticeKind.SUMMONED)


class Filter(StrEnum):
    """Which assignments are shown."""

    ALL = "all"
    SILENT = "silent"  # not answered
    ANSWERED = "answered"
    LATE = "late"
    UNDELIVERED = "undelivered"


@dataclass(frozen=True)
class AssignmentRow:
    """One assignment: whose, and how far."""

    assignment: Assignment
    body: Body
    person: Person
    membership: Membership
    position: str | None
    sent_at: datetime | None
    delivery: str | None  # how far its first mail has come
    response: str
    recorded_by: str  # of the answer that counts, when it was recorded on behalf; otherwise empty
    reminded: int
    reminded_at: datetime | None


@dataclass(frozen=True)
class StepView:
    """A page of a question's assignments."""

    phase: Phase
    step: Step
    rows: tuple[AssignmentRow, ...]
    shown: Filter
    counts: dict[Filter, int]
    page: int  # from 1
    pages: int
    first: int  # number of the first row within the filter, from 1
    wanted: str  # what is looked for in bodies, names and addresses


def step_view(register: Register, step_id: str, shown: Filter, page: int, wanted: str = "") -> StepView | None:
    """A question with one page of its assignments; None when there is no such question.

    What is `wanted` of body, name or address narrows the rows and what the filters count.
    """
    with register.read() as session:
        step = session.get(Step, step_id)
        if step is None:
            return None
        counts = _counts(session, step, wanted)
        pages = max(-(-counts[shown] // PAGE), 1)
        page = min(max(page, 1), pages)
        rows = tuple(_rows(session, step, shown, page, wanted))
        return StepView(
            session.get_one(Phase, step.phase_id),
            step,
            rows,
            shown,
            counts,
            page,
            pages,
            (page - 1) * PAGE + 1,
            wanted,
        )


def _which(step: Step, shown: Filter) -> ColumnElement[bool]:
    """Of a step's assignments."""
    if shown is Filter.SILENT:
        return col(Assignment.status).in_([AssignmentStatus.OPEN, AssignmentStatus.NO_REPLY])
    if shown is Filter.ANSWERED:
        return col(Assignment.status).in_([AssignmentStatus.ANSWERED, AssignmentStatus.REOPENED])
    if shown is Filter.LATE:
        return col(Assignment.late).is_(True)
    if shown is Filter.UNDELIVERED:
        failed = (
            select(Notice.assignment_id)
            .join(Delivery, col(Delivery.notice_id) == col(Notice.id))
            .where(col(Delivery.cycle_id) == step.cycle_id, col(Delivery.status) == DeliveryStatus.FAILED)
        )
        return col(Assignment.id).in_(failed)
    return true()


def _counts(session: Session, step: Step, wanted: str) -> dict[Filter, int]:
    """How many each filter shows; counted in one go, because it is they that cost."""
    counted = select_counts(*(func.count().filter(_which(step, shown)) for shown in Filter)).select_from(Assignment)
    if wanted:
        counted = counted.join(Body, BODY).join(Person, PERSON).where(holds(wanted, *NAMES))
    found = session.connection().execute(counted.where(col(Assignment.step_id) == step.id)).one()
    return dict(zip(Filter, found, strict=True))


def _rows(session: Session, step: Step, shown: Filter, page: int, wanted: str) -> list[AssignmentRow]:
    in_order = (
        select(Assignment.id)
        .join(Body, BODY)
        .join(Membership, col(Membership.id) == col(Assignment.membership_id))
        .where(col(Assignment.step_id) == step.id, _which(step, shown))
        .order_by(col(Body.ordinal), col(Membership.seat), col(Membership.ordinal), col(Assignment.round))
    )
    if wanted:
        in_order = in_order.join(Person, PERSON).where(holds(wanted, *NAMES))
    ids = session.exec(in_order.offset((page - 1) * PAGE).limit(PAGE)).all()
    whole = (
        select(Assignment, Body, Person, Membership)
        .join(Body, BODY)
        .join(Person, PERSON)
        .join(Membership, col(Membership.id) == col(Assignment.membership_id))
        .where(col(Assignment.id).in_(ids))
    )
    by_id = {row[0].id: row for row in session.exec(whole)}
    found = [by_id[one] for one in ids]
    sent, reminded = _sent(session, step, ids), _reminded(session, step, ids)
    positions, recorders = _positions(session, ids), _recorders(session, ids)
    return [_row(one, sent, reminded, positions, recorders) for one in found]


def _row(
    found: Any, sent: dict[str, Delivery], reminded: dict[str, Any], positions: dict[str, str],
    recorders: dict[str, str],
) -> AssignmentRow:  # fmt: skip
    assignment, body, person, membership = found
    delivery = sent.get(assignment.id)
    count, last = reminded.get(assignment.id, (0, None))
    return AssignmentRow(
        assignment, body, person, membership, positions.get(assignment.id),
        delivery.sent_at if delivery else None, str(delivery.status) if delivery else None,
        (delivery.response or "") if delivery else "", recorders.get(assignment.id, ""), count, last,
    )  # fmt: skip


def _sent(session: Session, step: Step, ids: Sequence[str]) -> dict[str, Delivery]:
    """The newest mail that put the question, by assignment."""
    query = (
        select(Notice.subject_id, Delivery)
        .join(Delivery, col(Delivery.notice_id) == col(Notice.id))
        .where(col(Notice.cycle_id) == step.cycle_id, col(Notice.kind).in_(ASKED), col(Notice.subject_id).in_(ids))
        .order_by(col(Notice.created_at))
    )
    return {subject: delivery for subject, delivery in session.exec(query)}  # noqa: C416


def _reminded(session: Session, step: Step, ids: Sequence[str]) -> dict[str, tuple[int, datetime | None]]:
    """How often each has been reminded by a mail that went, and when last."""
    query = (
        select(Notice.subject_id, func.count(), func.max(Delivery.sent_at))
        .join(Delivery, col(Delivery.notice_id) == col(Notice.id))
        .where(col(Notice.cycle_id) == step.cycle_id, col(Notice.kind) == NoticeKind.REMINDED)
        .where(col(Notice.subject_id).in_(ids), col(Delivery.status) == DeliveryStatus.SENT)
        .group_by(col(Notice.subject_id))
    )
    return {subject: (count, last) for subject, count, last in session.exec(query)}


def _recorders(session: Session, ids: Sequence[str]) -> dict[str, str]:
    """Who recorded the answer that counts, where its giver did not write it here."""
    query = select(Answer).where(col(Answer.assignment_id).in_(ids)).order_by(col(Answer.version))
    newest = {answer.assignment_id: answer for answer in session.exec(query)}
    by_others = {key: answer.by for key, answer in newest.items() if answer.via == "coordinator"}
    return {key: _called(session, by) for key, by in by_others.items()}


def _called(session: Session, by: str) -> str:
    account = session.get(Account, by.removeprefix(ACTOR)) if by.startswith(ACTOR) else None
    person = session.get(Person, by)
    return account.called if account else (person.name or person.address if person else by)


def _positions(session: Session, ids: Sequence[str]) -> dict[str, str]:
    """The position of the answer that counts: of several versions the newest."""
    query = select(Answer.assignment_id, Answer.position).where(col(Answer.assignment_id).in_(ids))
    return {assignment: str(position) for assignment, position in session.exec(query.order_by(col(Answer.version)))}
