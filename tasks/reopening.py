"""A matter that was referred back or tabled is not ended: it is asked again, and the rest goes on.

Whoever is asked again, or has not answered yet, is asked about the newest version of the text. Who has decided on an
older version stays with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from config.terms import REOPENING, Force, Position
from models.assignment import Answer, Assignment, AssignmentStatus, Document
from models.cycle import Body
from models.forms.votes import forced_by_minority
from models.notice import NoticeKind
from models.phase import Step
from tasks.assignments import Reply, new_assignment, open_assignments, replies
from tasks.decisions import record_decision
from tasks.documents import key_of, newest_of, text_of
from tasks.notices import notify, tell_coordinator

if TYPE_CHECKING:
    from typing import Any

    from sqlmodel import Session

    from models.change import Change
    from tasks.phase import AnyPhase


def reopen(phase: AnyPhase, change: Change, step_id: str) -> None:
    """Record each referral back or tabling, and ask anew whoever can be asked.

    Where a body revises what is referred back, the principal is asked again when there is a newer version.
    """
    step = change.get(Step, step_id)
    if step.settled_at or not step.attention:
        return
    newest = _newest(change, step)
    revised = getattr(phase.says, "revised_by", None) is not None
    for reply in (found := [r for r in replies(change, step_id) if r.answer.position in REOPENING]):
        _refer_back(phase, change, step, reply)
    waiting = [r for r in referred_back(change.session, step_id) if not revised or _can_go_on(step, r, newest)]
    for reply in waiting:
        said = {"position": str(reply.answer.position), "reason": reply.answer.comment}
        _ask_anew(phase, change, step, reply.assignment, newest, said)
    overtaken = _ask_overtaken(phase, change, step, newest)
    if not (found or waiting or overtaken):  # whoever had referred it back has changed the answer since
        change.record("answers_reconsidered", step_id)
    step.attention = False
    step.answered = _answered(change, step_id)


def referred_back(session: Session, step_id: str) -> list[Reply]:
    """The referrals back and tablings that nobody has been asked again about."""
    rows = select(Assignment).where(col(Assignment.step_id) == step_id).order_by(col(Assignment.round))
    last = {assignment.membership_id: assignment for assignment in session.exec(rows)}
    waiting = [row for row in last.values() if row.status is AssignmentStatus.REOPENED]
    return [Reply(row, _last_answer(session, row.id)) for row in waiting]


def _last_answer(session: Session, assignment_id: str) -> Answer:
    given = select(Answer).where(col(Answer.assignment_id) == assignment_id).order_by(col(Answer.version).desc())
    return session.exec(given.limit(1)).one()


def _newest(change: Change, step: Step) -> Document | None:
    return newest_of(change.session, change.cycle.id, key_of(step.about[-1])) if step.about else None


def _can_go_on(step: Step, reply: Reply, newest: Document | None) -> bool:
    """Where a text is revised: a tabled matter goes on at once, one that was referred back with a newer version."""
    if reply.answer.position is Position.TABLES:
        return True
    return newest is not None and newest.id != text_of(step, reply.assignment)


def _refer_back(phase: AnyPhase, change: Change, step: Step, reply: Reply) -> None:
    answer, body = reply.answer, change.get(Body, reply.assignment.body_id)
    reply.assignment.status = AssignmentStatus.REOPENED
    record_decision(phase, change, step, reply, force=Force.NOTED)
    if step.form and forced_by_minority(answer.content) and body.key not in step.form.get("delayed", []):
        step.form = {**step.form, "delayed": [*step.form.get("delayed", []), body.key]}
    said = {"position": str(answer.position), "reason": answer.comment}
    tell_coordinator(
        phase, change, NoticeKind.REFERRED_BACK, reply.assignment.id, step=step, data={"body": body.key, **said}
    )
    change.record("matter_reopened", reply.assignment.id, body=body.key, **said)


def _ask_overtaken(phase: AnyPhase, change: Change, step: Step, newest: Document | None) -> int:
    """Whoever has been asked about an older version, and has not answered, is asked about the newest."""
    asked = [row for row in open_assignments(change, step.id) if newest and text_of(step, row) != newest.id]
    for before in asked if newest else ():
        before.status = AssignmentStatus.SUPERSEDED
        said = {"reason": newest.reason, "version": newest.version} if newest else {}
        _ask_anew(phase, change, step, before, newest, said)
    return len(asked)


def _ask_anew(
    phase: AnyPhase, change: Change, step: Step, before: Assignment, newest: Document | None, said: dict[str, Any]
) -> None:
    asked = phase.holder(before.membership_id)
    again = new_assignment(phase, change, step, asked, round_=before.round + 1)
    if newest is not None and newest.id != text_of(step, before):
        said = {**said, "version": newest.version}
    again.text = newest.id if newest is not None else before.text
    notify(phase, change, NoticeKind.ASKED_AGAIN, asked.person.id, again.id, step=step, assignment=again.id, data=said)
    change.record("asked_anew", again.id, text=again.text)


def _answered(change: Change, step_id: str) -> int:
    done = select(Assignment).where(
        col(Assignment.step_id) == step_id, col(Assignment.status) == AssignmentStatus.ANSWERED
    )
    return len(change.session.exec(done).all())
