"""Assignments: making one with its link, and reading what came back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from config.terms import StepKind
from models.assignment import Answer, Assignment, AssignmentStatus, Link
from models.notice import NoticeKind
from models.tokens import token_for, token_hash
from tasks.notices import notify

if TYPE_CHECKING:
    from models.change import Change
    from models.phase import Step
    from tasks.phase import AnyPhase, Participant


@dataclass(frozen=True)
class Reply:
    """The answer that counts: a participant's latest version."""

    assignment: Assignment
    answer: Answer


def assign(phase: AnyPhase, change: Change, step: Step, asked: Participant) -> Assignment:
    """Ask one participant for the first time: assignment, link, mail.

    Whoever is to report from a meeting gets the mail on the meeting's day.
    """
    assignment = new_assignment(phase, change, step, asked, round_=1)
    from_day = step.not_before if step.kind is StepKind.MEET else None
    notify(
        phase, change, NoticeKind.ASKED, asked.person.id, assignment.id,
        step=step, assignment=assignment.id, from_day=from_day,
    )  # fmt: skip
    return assignment


def new_assignment(phase: AnyPhase, change: Change, step: Step, asked: Participant, *, round_: int) -> Assignment:
    """One assignment and the link that reaches it."""
    again = f"~{round_}" if round_ > 1 else ""
    assignment = change.add(
        Assignment(
            id=f"{step.id}/{asked.membership.id.rpartition('@')[2]}{again}",
            cycle_id=change.cycle.id,
            step_id=step.id,
            body_id=asked.body.id,
            membership_id=asked.membership.id,
            person_id=asked.person.id,
            round=round_,
            opened_at=phase.now,
        )
    )
    add_link(change, assignment, phase.secret_key)
    return assignment


def add_link(change: Change, assignment: Assignment, secret_key: str) -> Link:
    """The capability to answer one assignment."""
    link_id = change.register.token(16)
    return change.add(
        Link(
            id=link_id,
            cycle_id=change.cycle.id,
            assignment_id=assignment.id,
            person_id=assignment.person_id,
            token_sha256=token_hash(token_for(link_id, secret_key)),
        )
    )


def open_assignments(change: Change, step_id: str) -> list[Assignment]:
    """Who has not answered yet."""
    silent = select(Assignment).where(
        col(Assignment.step_id) == step_id, col(Assignment.status) == AssignmentStatus.OPEN
    )
    return list(change.session.exec(silent.order_by(col(Assignment.id))).all())


def replies(change: Change, step_id: str) -> list[Reply]:
    """The answers that count, in the order of their assignments: of each body's last round, the last version."""
    query = (
        select(Assignment, Answer)
        .join(Answer, col(Answer.assignment_id) == col(Assignment.id))
        .where(col(Assignment.step_id) == step_id, col(Assignment.status) == AssignmentStatus.ANSWERED)
        .order_by(col(Assignment.id), col(Answer.version))
    )
    latest = {assignment.id: Reply(assignment, answer) for assignment, answer in change.session.exec(query)}
    return list(latest.values())
