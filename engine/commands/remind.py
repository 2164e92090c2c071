"""Remind, at a coordinator's word, those who have not answered; nobody twice on a day."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from sqlmodel import col, select

from engine.commands.coordinate import CannotDo, acting, any_phase
from models.assignment import Link
from models.notice import Notice, NoticeKind
from models.phase import Step
from tasks.assignments import open_assignments
from tasks.notices import notify

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date, datetime

    from sqlmodel import Session

    from models.assignment import Assignment
    from models.change import Change
    from models.register import Register
    from tasks.phase import AnyPhase


ASKING = (NoticeKind.ASKED, NoticeKind.ASKED_AGAIN, NoticeKind.REASSIGNED)


def remind_silent(
    register: Register, cycle: str, question: str | None, *, reason: str, now: datetime, actor: str,
    only: Collection[str] | None = None,
) -> dict[str, int]:  # fmt: skip
    """Owe a reminder to everybody who has not answered a question (PHASE/STEP), or any that is open.

    `only` are the ids of the assignments to remind of; all, where it is None.

    Returns:
        How many are reminded, by question.

    Raises:
        CannotDo: there is no such open question, or no reason was given.
    """
    phase = any_phase(register, cycle, now)
    with acting(register, cycle, now=now, actor=actor, reason=reason) as change:
        open_steps = select(Step).where(col(Step.cycle_id) == cycle, col(Step.settled_at).is_(None))
        steps = change.session.exec(open_steps.order_by(col(Step.opened_at), col(Step.id))).all()
        wanted = [step for step in steps if question is None or step.id == f"{cycle}/{question}"]
        if question is not None and not wanted:
            raise CannotDo(f"there is no open question '{cycle}/{question}'")
        return {step.id.partition("/")[2]: _remind(phase, change, step, reason, only) for step in wanted}


def _remind(phase: AnyPhase, change: Change, step: Step, reason: str, only: Collection[str] | None) -> int:
    today = phase.place.today(phase.now)
    silent = [
        one
        for one in open_assignments(change, step.id)
        if (only is None or one.id in only) and hindrance(change.session, one, today, phase.now) is None
    ]
    if step.not_before is not None and today < step.not_before:
        silent = []  # an answer makes no sense yet
    for assignment in silent:
        notify(
            phase, change, NoticeKind.REMINDED, assignment.person_id, assignment.id,
            step=step, assignment=assignment.id, occurrence=today.toordinal(),
        )  # fmt: skip
    if silent:
        change.record("participants_reminded", step.id, reminded=len(silent), reason=reason)
    return len(silent)


class Hindrance(StrEnum):
    """Why somebody is not reminded."""

    TODAY = "today"  # that has been done today
    NO_LINK = "no_link"  # the link was withdrawn
    TOO_EARLY = "too_early"  # an answer makes no sense yet
    OFF = "off"  # by her own wish
    NOT_ASKED = "not_asked"  # the mail with the question is still to go


def hindrance(session: Session, assignment: Assignment, today: date, now: datetime) -> Hindrance | None:
    """Why somebody who has not answered is not reminded; None where she is."""
    live = select(Link.id).where(col(Link.assignment_id) == assignment.id, col(Link.revoked_at).is_(None))
    if session.exec(live).first() is None:
        return Hindrance.NO_LINK
    if _still_to_be_asked(session, assignment, now):
        return Hindrance.NOT_ASKED
    reminded = select(Notice.id).where(
        col(Notice.kind) == NoticeKind.REMINDED, col(Notice.subject_id) == assignment.id,
        col(Notice.person_id) == assignment.person_id, col(Notice.occurrence) == today.toordinal(),
    )  # fmt: skip
    return Hindrance.TODAY if session.exec(reminded).first() is not None else None


def _still_to_be_asked(session: Session, assignment: Assignment, now: datetime) -> bool:
    """Whether the hour of every mail that puts the question to her is yet to come."""
    asking = select(Notice.send_from).where(
        col(Notice.assignment_id) == assignment.id,
        col(Notice.person_id) == assignment.person_id,
        col(Notice.kind).in_(ASKING),
    )
    hours = session.exec(asking).all()
    return bool(hours) and all(hour > now for hour in hours)
