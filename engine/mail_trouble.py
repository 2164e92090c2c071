"""Mail that does not get through becomes the coordinator's business.

Level-triggered: what the register shows and nobody has been told of is told at the next look, so that a crash between
a server's refusal and the telling loses nothing.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import col, select

from config.terms import Seat
from engine.commands.coordinate import any_phase
from models.assignment import Assignment
from models.concern import Concern, ConcernKind, raise_concern, settle_concern
from models.cycle import Membership
from models.notice import Delivery, DeliveryStatus, Notice, NoticeKind
from models.phase import Step
from tasks.notices import notify

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlmodel import Session

    from models.change import Change
    from models.register import Register
    from tasks.phase import AnyPhase

ACTOR = "mail"
MOST = 100
"""Failed deliveries that are told of at one look."""
FLOWING = "mail gets out again"


def tell_of_trouble(register: Register, now: datetime, stuck_hours: float) -> int:
    """Tell coordinators of addresses that fail and of mail that waits; returns of how many mails that was."""
    since = now - timedelta(hours=stuck_hours)
    with register.read() as session:
        failed = _untold_failures(session)
        stuck = _stuck_cycles(session, since)
        flowing = _flowing_again(session)
    for cycle_id in sorted({cycle_id for cycle_id, _ in failed}):
        _tell_of_failures(register, cycle_id, [notice for cycle, notice in failed if cycle == cycle_id], now)
    for cycle_id in stuck:
        _tell_of_waiting(register, cycle_id, since, now)
    for cycle_id, concern_id in flowing:
        with register.change(cycle_id, at=now, actor=ACTOR) as change:
            settle_concern(change, concern_id, FLOWING)
    return len(failed) + len(stuck)


def _untold_failures(session: Session) -> list[tuple[str, str]]:
    untold = col(Delivery.told).is_(None) | (col(Delivery.told) == "stuck")  # an index leads to both, not to "other"
    query = select(Delivery.cycle_id, Delivery.notice_id).where(col(Delivery.status) == DeliveryStatus.FAILED, untold)
    return sorted((cycle_id, notice_id) for cycle_id, notice_id in session.exec(query.limit(MOST)))


def _stuck_cycles(session: Session, since: datetime) -> list[str]:
    query = select(Delivery.cycle_id).where(*_waiting_since(since), col(Delivery.told).is_(None)).distinct()
    return sorted(session.exec(query))


def _waiting_since(since: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Delivery.status) == DeliveryStatus.QUEUED,
        col(Delivery.trouble_since) <= since,
        col(Delivery.carried_by).is_(None),
    )


def _flowing_again(session: Session) -> list[tuple[str, str]]:
    """Concerns about waiting mail in cycles where none waits any more that anybody was told of."""
    waiting = select(Delivery.cycle_id).where(
        col(Delivery.status) == DeliveryStatus.QUEUED, col(Delivery.told) == "stuck"
    )
    query = select(Concern.cycle_id, Concern.id).where(
        col(Concern.kind) == ConcernKind.MAIL_STUCK,
        col(Concern.settled_at).is_(None),
        col(Concern.cycle_id).not_in(waiting),
    )
    return [(cycle_id, concern_id) for cycle_id, concern_id in session.exec(query)]


def _tell_of_failures(register: Register, cycle_id: str, notices: Sequence[str], now: datetime) -> None:
    phase = any_phase(register, cycle_id, now)
    coordinators = coordinators_of(phase)
    with register.change(cycle_id, at=now, actor=ACTOR) as change:
        for notice_id in notices:
            delivery = change.get(Delivery, notice_id)
            delivery.told = "failed"
            address_fails(phase, change, delivery, coordinators)


def coordinators_of(phase: AnyPhase) -> list[str]:
    """Who is to be told; read before a change begins."""
    return [one.person.id for one in phase.coordinator]


def address_fails(phase: AnyPhase, change: Change, delivery: Delivery, coordinators: Sequence[str]) -> None:
    """A server will never take mail for an address: the coordinator gets a concern, and a mail about a new one."""
    notice = change.get(Notice, delivery.notice_id)
    assignment = change.session.get(Assignment, notice.assignment_id) if notice.assignment_id else None
    held = None if assignment is None or assignment.person_id != notice.person_id else assignment
    substitute = _substitute(change, held)
    concern = raise_concern(
        change, ConcernKind.ADDRESS_FAILS,
        subject=notice.person_id, assignment=held.id if held else None, person=notice.person_id,
        words=delivery.response or "", data={"notice": notice.id, "substitute": substitute},
    )  # fmt: skip
    told = [person_id for person_id in coordinators if person_id != notice.person_id]
    if not _told_of(change, concern):
        _tell(phase, change, notice, concern, told, substitute)


def _told_of(change: Change, concern: Concern) -> bool:
    """Whether a mail about a concern is owed already."""
    query = select(Notice).where(col(Notice.cycle_id) == change.cycle.id, col(Notice.subject_id) == concern.id)
    return change.session.exec(query).first() is not None


def _tell(
    phase: AnyPhase, change: Change, notice: Notice, concern: Concern, told: Sequence[str], substitute: str | None
) -> None:
    step = change.session.get(Step, notice.step_id) if notice.step_id else None
    for person_id in told:
        notify(
            phase, change, NoticeKind.UNDELIVERED, person_id, concern.id,
            step=step, assignment=concern.assignment_id,
            data={"person": notice.person_id, "notice": notice.id, "substitute": substitute},
        )  # fmt: skip


def _substitute(change: Change, assignment: Assignment | None) -> str | None:
    """Who steps in for a body whose representative cannot be reached, if the body has a substitute."""
    if assignment is None:
        return None
    seats = select(Membership).where(
        col(Membership.body_id) == assignment.body_id,
        col(Membership.seat) == Seat.SUBSTITUTE,
        col(Membership.ended).is_(False),
        col(Membership.person_id) != assignment.person_id,
    )
    found = change.session.exec(seats.order_by(col(Membership.ordinal))).first()
    return found.person_id if found else None


def _tell_of_waiting(register: Register, cycle_id: str, since: datetime, now: datetime) -> None:
    phase = any_phase(register, cycle_id, now)
    coordinators = coordinators_of(phase)
    with register.change(cycle_id, at=now, actor=ACTOR) as change:
        query = select(Delivery).where(col(Delivery.cycle_id) == cycle_id, *_waiting_since(since))
        waiting = change.session.exec(query).all()
        for delivery in waiting:
            delivery.told = "stuck"
        first = min((one.trouble_since for one in waiting if one.trouble_since), default=now)
        said = {"waiting": len(waiting), "since": first.isoformat()}
        concern = raise_concern(change, ConcernKind.MAIL_STUCK, subject=cycle_id, data=said)
        if _told_of(change, concern):  # they know, and nothing else has happened
            return
        for person_id in coordinators:
            notify(phase, change, NoticeKind.MAIL_STUCK, person_id, concern.id, data=said)
