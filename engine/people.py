"""What people have been asked: the questions that have gone out by mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlmodel import col

from config.calendars import PLACES
from config.terms import Position, StepKind
from engine.script import Asked
from models.assignment import Assignment, Link
from models.cycle import Body, Cycle
from models.notice import Delivery, DeliveryStatus, Notice, NoticeKind
from models.phase import Step

if TYPE_CHECKING:
    from datetime import datetime

    from models.register import Register

ASKING = (NoticeKind.ASKED, NoticeKind.ASKED_AGAIN)


def form_behind(register: Register, link_id: str) -> tuple[dict[str, Any] | None, str]:
    """The form that a link leads to as it stands now, and the key of the body that fills it in."""
    query = (
        select(Step, Body)
        .join(Assignment, col(Assignment.step_id) == col(Step.id))
        .join(Body, col(Body.id) == col(Assignment.body_id))
        .join(Link, col(Link.assignment_id) == col(Assignment.id))
    )
    with register.read() as session:
        step, body = session.execute(query.where(col(Link.id) == link_id)).one()
    return step.form, body.key


def question_behind(register: Register, link_id: str) -> str:
    """What a link asks of whom, as PHASE/STEP/BODY.SEAT-N."""
    with register.read() as session:
        return session.get_one(Link, link_id).assignment_id.partition("/")[2]


def asked_since(register: Register, cycle_id: str, since: datetime, seen: set[str]) -> list[tuple[str, Asked]]:
    """Questions whose mail went at `since` or later, with their link; those in `seen` are left out and added."""
    query = (
        select(Assignment, Step, Body, Link, Delivery)
        .join(Notice, col(Notice.assignment_id) == col(Assignment.id))
        .join(Delivery, col(Delivery.notice_id) == col(Notice.id))
        .join(Step, col(Step.id) == col(Assignment.step_id))
        .join(Body, col(Body.id) == col(Assignment.body_id))
        .join(Link, col(Link.assignment_id) == col(Assignment.id))
        .where(col(Notice.cycle_id) == cycle_id, col(Notice.kind).in_(ASKING), col(Link.revoked_at).is_(None))
        .where(col(Delivery.status) == DeliveryStatus.SENT, col(Delivery.sent_at) >= since)
        .order_by(col(Delivery.sent_at), col(Assignment.id))
    )
    with register.read() as session:
        cycle = session.get(Cycle, cycle_id)
        assert cycle is not None  # noqa: S101 - the caller has started it
        place = PLACES[cycle.place]
        found = []
        for assignment, step, body, link, delivery in session.execute(query):
            if assignment.id in seen:
                continue
            seen.add(assignment.id)
            asked = Asked(
                step=step.id.partition("/")[2],
                who=body.key,
                round=assignment.round,
                asked_at=delivery.sent_at or assignment.opened_at,
                not_before=step.not_before,
                due_on=place.last_day_before(step.due_before) if step.due_before else None,
                offers=tuple(Position(offer) for offer in step.offers),
                writes=step.kind is StepKind.SUBMIT and step.form is None,
                form=step.form,
            )
            found.append((link.id, asked))
    return found
