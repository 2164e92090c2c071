"""Whoever writes instead of answering is told that a letter is no answer: once a week at most for each question."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import col, select

from models.assignment import Assignment, AssignmentStatus
from models.cycle import Person
from models.notice import Delivery, Notice, NoticeKind
from models.phase import Step
from tasks.notices import notify

if TYPE_CHECKING:
    from models.change import Change
    from tasks.phase import AnyPhase

PAUSE = timedelta(days=7)


def acknowledge(phase: AnyPhase, change: Change, assignment: Assignment, sender: str) -> None:
    """Owe the one who is asked a mail about it. It goes to the registered address and carries no link.

    A From can be forged: somebody else's mail is answered neither to where it claims to come from nor to her whom it
    is not from. An answered question needs no such mail.
    """
    person = change.get(Person, assignment.person_id)
    if person.address.casefold() != sender.casefold() or assignment.status is not AssignmentStatus.OPEN:
        return
    before = select(Notice).where(
        col(Notice.cycle_id) == change.cycle.id,
        col(Notice.kind) == NoticeKind.FILED,
        col(Notice.subject_id) == assignment.id,
        col(Notice.created_at) > change.at - PAUSE,
    )
    if change.session.exec(before).first() is not None:
        return
    notify(
        phase, change, NoticeKind.FILED, person.id, assignment.id,
        step=change.get(Step, assignment.step_id), assignment=assignment.id,
        occurrence=phase.place.today(phase.now).toordinal(), data={"asked_in": _asked_in(change, assignment)},
    )  # fmt: skip


def _asked_in(change: Change, assignment: Assignment) -> str:
    """The subject of the mail that asked."""
    query = (
        select(Delivery.subject)
        .join(Notice, col(Notice.id) == Delivery.notice_id)
        .where(col(Notice.assignment_id) == assignment.id, col(Notice.person_id) == assignment.person_id)
        .where(col(Delivery.subject).is_not(None))
        .order_by(col(Notice.created_at), col(Notice.id))
    )
    return change.session.exec(query).first() or change.cycle.title
