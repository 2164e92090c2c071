"""What a cycle has come to, as data: the same for a rehearsal, a running cycle and one that has ended."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from config.calendars import PLACES
from engine.compilation import consultations_of
from engine.concerns import concerns_of
from engine.meetings import meetings_of
from models.assignment import Assignment, AssignmentStatus, Decision
from models.cycle import Body, Cycle, Person
from models.notice import Delivery, DeliveryStatus, Notice
from models.phase import Milestone, Phase, Step
from models.register import UnknownCycle
from models.verify import verify
from tasks.outcome import Outcome

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from config.calendars import Place
    from models.register import Register


def report(register: Register, cycle_id: str) -> dict[str, Any]:
    """The cycle in the shape that `samsyn rehearse --json` and `samsyn status --json` print.

    Raises:
        UnknownCycle: there is no such cycle.
    """
    with register.read() as session:
        cycle = session.get(Cycle, cycle_id)
        if cycle is None:
            raise UnknownCycle(f"there is no cycle '{cycle_id}'")
        place = PLACES[cycle.place]
        checked = verify(session, cycle_id)
        return {
            "cycle": cycle.id,
            "title": cycle.title,
            "status": str(cycle.status),
            "outcome": cycle.outcome,
            "began": cycle.begins.isoformat(),
            "ended": place.today(cycle.ended_at).isoformat() if cycle.ended_at else None,
            "phases": _phases(session, cycle_id, place),
            "milestones": _milestones(session, cycle_id, str(cycle.language)),
            "questions": [] if cycle.ended_at else _questions(session, cycle_id, place),
            "decisions": _decisions(session, cycle_id),
            "meetings": meetings_of(session, cycle_id),
            "consultations": consultations_of(session, cycle),
            "assignments": _assignments(session, cycle_id),
            "notices": _notices(session, cycle_id, place),
            "concerns": concerns_of(session, cycle_id, place),
            "journal": {"entries": checked.entries, "head": checked.head, "verified": checked.holds},
        }


def _phases(session: Session, cycle_id: str, place: Place) -> list[dict[str, Any]]:
    rows = session.exec(select(Phase).where(col(Phase.cycle_id) == cycle_id).order_by(col(Phase.ordinal))).all()
    return [
        {
            "key": row.key,
            "kind": str(row.kind),
            "title": row.title,
            "status": str(row.status),
            "opened": _day(place, row.opened_at),
            "closed": _day(place, row.closed_at),
            "outcome": Outcome.from_json(row.outcome).result if row.outcome else None,
            "detail": Outcome.from_json(row.outcome).detail if row.outcome else None,
        }
        for row in rows
    ]


def _milestones(session: Session, cycle_id: str, language: str) -> list[dict[str, Any]]:
    query = select(Milestone).where(col(Milestone.cycle_id) == cycle_id).order_by(col(Milestone.ordinal))
    return [
        {
            "key": row.key,
            "title": row.called(language, language),
            "due": row.due_on.isoformat() if row.due_on else None,
            "promised": row.promised.isoformat() if row.promised else None,
            "words": row.words,
            "inferred": row.inferred,
            "status": str(row.status),
            "met_on": row.met_on.isoformat() if row.met_on else None,
            "missing": row.missing,
        }
        for row in session.exec(query)
    ]


def _questions(session: Session, cycle_id: str, place: Place) -> list[dict[str, Any]]:
    """What is waited for; `question` is PHASE/STEP, as commands take it."""
    query = select(Step).where(col(Step.cycle_id) == cycle_id, col(Step.settled_at).is_(None))
    return [
        {
            "question": step.id.partition("/")[2],
            "asked": step.asked,
            "answered": step.answered,
            "until": place.last_day_before(step.due_before).isoformat() if step.due_before else None,
        }
        for step in session.exec(query.order_by(col(Step.opened_at), col(Step.id)))
    ]


def _decisions(session: Session, cycle_id: str) -> list[dict[str, Any]]:
    query = (
        select(Decision, Body, Phase)
        .join(Body, col(Body.id) == col(Decision.body_id))
        .join(Phase, col(Phase.id) == col(Decision.phase_id))
        .where(col(Decision.cycle_id) == cycle_id)
        .order_by(
            col(Phase.ordinal), col(Decision.decided_on), col(Body.ordinal), col(Decision.round), col(Decision.id)
        )
    )
    return [
        {
            "phase": phase.key,
            "body": body.key,
            "force": str(decision.force),
            "outcome": decision.outcome,
            "on": decision.decided_on.isoformat(),
            "text": decision.text,
            "reason": decision.reason,
            "round": decision.round,
            "paragraph": decision.paragraph,
            "addition": decision.addition,
            "votes": decision.tally,
            "reservations": decision.reservations,
        }
        for decision, body, phase in session.exec(query)
    ]


def _assignments(session: Session, cycle_id: str) -> dict[str, int]:
    rows = session.exec(select(Assignment.status, Assignment.late).where(col(Assignment.cycle_id) == cycle_id)).all()
    by_status = Counter(status for status, _ in rows)
    return {
        "total": len(rows),
        "answered": by_status[AssignmentStatus.ANSWERED] + by_status[AssignmentStatus.REOPENED],
        "late": sum(late for _, late in rows),
        "no_reply": by_status[AssignmentStatus.NO_REPLY],
    }


def _notices(session: Session, cycle_id: str, place: Place) -> list[dict[str, Any]]:
    query = (
        select(Notice.kind, Delivery.sent_at, Delivery.subject, Person.address)
        .join(Delivery, col(Delivery.notice_id) == col(Notice.id))
        .join(Person, col(Person.id) == col(Notice.person_id))
        .where(col(Notice.cycle_id) == cycle_id, col(Delivery.status) == DeliveryStatus.SENT)
        .order_by(col(Delivery.sent_at), col(Notice.id))
    )
    return [
        {"at": _local(place, sent_at), "kind": str(kind), "to": address, "subject": subject}
        for kind, sent_at, subject, address in session.exec(query)
    ]


def _local(place: Place, instant: datetime | None) -> str | None:
    return instant.astimezone(place.zone).isoformat() if instant else None


def _day(place: Place, instant: datetime | None) -> str | None:
    return place.today(instant).isoformat() if instant else None
