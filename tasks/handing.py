"""A question changes hands: the old link is withdrawn, a new one is made, and both people are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, func, select

from config.terms import StepKind
from models.assignment import AssignmentStatus, Link
from models.notice import NoticeKind
from models.phase import Step
from tasks.assignments import add_link
from tasks.notices import notify

if TYPE_CHECKING:
    from models.assignment import Assignment, Revocation
    from models.change import Change
    from models.cycle import Person
    from tasks.phase import AnyPhase


def revoke(change: Change, assignment_id: str, why: Revocation) -> None:
    """Withdraw every link that reaches an assignment."""
    live = select(Link).where(col(Link.assignment_id) == assignment_id, col(Link.revoked_at).is_(None))
    for link in change.session.exec(live).all():
        link.revoked_at = change.at
        link.revoked_for = why


def hand_over(phase: AnyPhase, change: Change, assignment: Assignment, to: Person, why: Revocation) -> Link:
    """Somebody else answers from now on; also the same person, through a fresh link."""
    revoke(change, assignment.id, why)
    assignment.person_id = to.id
    return add_link(change, assignment, phase.secret_key)


def ask_new_holder(phase: AnyPhase, change: Change, assignment: Assignment) -> None:
    """Ask whoever has got a question, with the date as it is today; what has been answered is only made known."""
    step = change.get(Step, assignment.step_id)
    if assignment.status is AssignmentStatus.OPEN:
        kind, data = NoticeKind.ASKED, {}
    else:
        kind, data = NoticeKind.REASSIGNED, {"holder": True}
    notify(
        phase, change, kind, assignment.person_id, assignment.id,
        step=step, assignment=assignment.id, occurrence=_turn(change, assignment), data=data,
        from_day=step.not_before if step.kind is StepKind.MEET else None,
    )  # fmt: skip


def tell_of_change(
    phase: AnyPhase, change: Change, assignment: Assignment, person_id: str, why: Revocation
) -> None:  # fmt: skip
    """Tell somebody that another answers now, or that the question has come back; it says why."""
    holder = person_id == assignment.person_id
    notify(
        phase, change, NoticeKind.REASSIGNED, person_id, assignment.id,
        step=change.get(Step, assignment.step_id), assignment=assignment.id,
        occurrence=_turn(change, assignment), data={"why": str(why), "holder": holder},
    )  # fmt: skip


def _turn(change: Change, assignment: Assignment) -> int:
    """How often the question has had a link: a notice of each turn is owed once."""
    links = select(func.count()).select_from(Link).where(col(Link.assignment_id) == assignment.id)
    return change.session.exec(links).one()
