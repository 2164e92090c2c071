"""Remind, at a coordinator's word, those who have not answered; nobody twice on a day."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from sqlmodel import col, select

from engine.commands.coordinate import CannotDo, acting, any_phase
from models.assignment import Assignment, Link
from models.notice import Notice, NoticeKind
from models.phase import Step
from tasks.assignments import open_assignments
from tasks.notices import notify

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import date, datetime

    from sqlalchemy import ColumnElement
    from sqlmodel import Session

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
    waited_for = [one for one in open_assignments(change, step.id) if only is None or one.id in only]
    hindered = hindrances(change.session, step, waited_for, today, phase.now)
    silent = [one for one in waited_for if one.id not in hindered]
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


Hindrances: TypeAlias = dict[str, Hindrance]
"""By assignment."""


def hindrances(session: Session, step: Step, asked: Sequence[Assignment], today: date, now: datetime) -> Hindrances:
    """Why some of those who have not answered a question are not reminded; who is reminded is not among them.

    `asked` are assignments of the step. It costs the same few queries for one of them and for ten thousand.
    """
    mine = col(Assignment.step_id) == step.id
    live = select(Link.assignment_id).join(Assignment, col(Assignment.id) == col(Link.assignment_id))
    linked = set(session.exec(live.where(mine, col(Link.revoked_at).is_(None))))
    told = {*_written_to(session, step, col(Notice.kind) == NoticeKind.REMINDED,
                         col(Notice.occurrence) == today.toordinal())}  # fmt: skip
    asking = col(Notice.kind).in_(ASKING)
    asked_now = {*_written_to(session, step, asking, col(Notice.send_from) <= now)}
    asked_later = {*_written_to(session, step, asking, col(Notice.send_from) > now)} - asked_now
    found: Hindrances = {}
    for one in asked:
        who = one.id, one.person_id
        if one.id not in linked:
            found[one.id] = Hindrance.NO_LINK
        elif who in asked_later:
            found[one.id] = Hindrance.NOT_ASKED
        elif who in told:
            found[one.id] = Hindrance.TODAY
    return found


def _written_to(session: Session, step: Step, *which: ColumnElement[bool]) -> Iterator[tuple[str, str]]:
    """Assignment and person of certain notices about the step, by the beginning of the notices' index."""
    query = select(Notice.subject_id, Notice.person_id).where(
        col(Notice.cycle_id) == step.cycle_id, *which, col(Notice.step_id) == step.id
    )
    yield from session.exec(query)
