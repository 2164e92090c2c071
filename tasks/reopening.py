"""A matter that was referred back or tabled is not ended: it is asked again, and the rest goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from config.terms import REOPENING, Force
from models.assignment import Assignment, AssignmentStatus
from models.cycle import Body
from models.notice import NoticeKind
from models.phase import Step
from tasks.assignments import Reply, new_assignment, replies
from tasks.decisions import record_decision
from tasks.notices import notify, tell_coordinator

if TYPE_CHECKING:
    from models.change import Change
    from tasks.phase import AnyPhase


def reopen(phase: AnyPhase, change: Change, step_id: str) -> None:
    """Record each referral back or tabling, and ask that body anew."""
    step = change.get(Step, step_id)
    if step.settled_at or not step.attention:
        return
    back = [reply for reply in replies(change, step_id) if reply.answer.position in REOPENING]
    for reply in back:
        _ask_again(phase, change, step, reply)
    if not back:  # whoever had referred it back has changed the answer since
        change.record("answers_reconsidered", step_id)
    step.attention = False
    step.answered = _answered(change, step_id)


def _ask_again(phase: AnyPhase, change: Change, step: Step, reply: Reply) -> None:
    before, answer = reply.assignment, reply.answer
    before.status = AssignmentStatus.REOPENED
    body = change.get(Body, before.body_id)
    record_decision(phase, change, step, reply, force=Force.NOTED)
    asked = phase.holder(before.membership_id)
    again = new_assignment(phase, change, step, asked, round_=before.round + 1)
    said = {"position": str(answer.position), "reason": answer.comment}
    notify(phase, change, NoticeKind.ASKED_AGAIN, asked.person.id, again.id, step=step, assignment=again.id, data=said)
    tell_coordinator(phase, change, NoticeKind.REFERRED_BACK, before.id, step=step, data={"body": body.key, **said})
    change.record("matter_reopened", again.id, body=body.key, **said)


def _answered(change: Change, step_id: str) -> int:
    done = select(Assignment).where(
        col(Assignment.step_id) == step_id, col(Assignment.status) == AssignmentStatus.ANSWERED
    )
    return len(change.session.exec(done).all())
