"""A coordinator records an answer that came on paper or by telephone: both names stand in the record."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from config.faults import unknown
from engine.commands.answer import BadAnswer, Receipt, Reply, answers_to, record_answer
from engine.commands.coordinate import CannotDo, acting, any_phase
from engine.commands.draft import drop_draft
from models.assignment import Assignment, AssignmentStatus
from models.cycle import Body, Person
from models.phase import Step

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from models.change import Change
    from models.register import Register

CURRENT = (AssignmentStatus.OPEN, AssignmentStatus.ANSWERED, AssignmentStatus.NO_REPLY)


@dataclass(frozen=True)
class OnBehalf:
    """How an answer came that its giver did not write here."""

    question: str  # PHASE/STEP
    body: str
    seat: str = ""  # SEAT-NUMBER, where several people of a body are asked
    means: str = "paper"  # paper, telephone, meeting …
    given_by: str = ""  # id of the person who gave it; whoever was asked, where it is empty
    received_at: datetime | None = None  # when it reached the organisation; now, where it is None
    nonce: str = ""  # the same nonce again records nothing more
    recorded_by: str = ""  # who wrote it down, where that is not the person who coordinates


def answer_for(
    register: Register, cycle: str, came: OnBehalf, reply: Reply, *, reason: str, now: datetime, actor: str
) -> Receipt:  # fmt: skip
    """Record an answer for somebody. The receipt goes to the person who was asked.

    Raises:
        CannotDo: nobody there is asked that, or it is not clear who is meant, or no reason was given.
        NoLongerOpen, BadAnswer: as for every answer; nothing was written.
    """
    phase = any_phase(register, cycle, now)
    coordinators = phase.coordinator
    with acting(register, cycle, now=now, actor=actor, reason=reason) as change:
        assignment = _meant(change, came)
        before = answers_to(change.session, assignment.id)
        if (same := next((one for one in before if came.nonce and one.nonce == came.nonce), None)) is not None:
            return Receipt(same.assignment_id, same.version, same.received_at, same.late, same.position)
        by = came.recorded_by or (coordinators[0].person.id if coordinators else assignment.person_id)
        received_at = _received(change, assignment, came)
        change.record(
            "answered_on_behalf", assignment.id, of=came.given_by or assignment.person_id, by=by, means=came.means,
            received=phase.place.today(received_at), reason=reason,
        )  # fmt: skip
        if coordinators:  # the desk keeps what was typed under the coordinator's name
            drop_draft(change.session, assignment.id, coordinators[0].person.id)
        nonce = came.nonce or f"on-behalf-{secrets.token_urlsafe(18)}"
        return record_answer(
            change, assignment.id, reply, nonce=nonce, by=by, via="coordinator", version=len(before) + 1,
            received_at=received_at,
        )  # fmt: skip


def _received(change: Change, assignment: Assignment, came: OnBehalf) -> datetime:
    """When the answer came: between the question and now. It counts from then (NJA 2024 s. 3)."""
    received_at = came.received_at or change.at
    if not change.get(Step, assignment.step_id).opened_at <= received_at <= change.at:
        raise BadAnswer("received_on", "it came after the question was asked, and no later than now")
    return received_at


def _meant(change: Change, came: OnBehalf) -> Assignment:
    step = change.session.get(Step, f"{change.cycle.id}/{came.question}")
    if step is None:
        raise CannotDo(f"nobody has been asked '{came.question}' in '{change.cycle.id}'")
    query = select(Assignment).where(col(Assignment.step_id) == step.id, col(Assignment.status).in_(CURRENT))
    asked = change.session.exec(query.order_by(col(Assignment.round), col(Assignment.id))).all()
    theirs = [one for one in asked if one.body_id == f"{change.cycle.id}/@{came.body}"]
    if not theirs:
        raise CannotDo(unknown("body", came.body, _keys(change, asked)))
    wanted = [one for one in theirs if not came.seat or one.membership_id.endswith(f".{came.seat}")]
    if len(wanted) != 1:
        seats = ", ".join(_described(change, one) for one in theirs)
        raise CannotDo(f"several people of '{came.body}' are asked; name the seat: {seats}")
    return wanted[0]


def _keys(change: Change, asked: Sequence[Assignment]) -> list[str]:
    return [change.get(Body, one.body_id).key for one in asked]


def _described(change: Change, assignment: Assignment) -> str:
    return f"{assignment.membership_id.rpartition('.')[2]} ({change.get(Person, assignment.person_id).address})"
