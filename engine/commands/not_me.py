"""Somebody says that a question has reached the wrong person: the link is withdrawn, and the coordinator is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.commands.answer import LinkUnknown, NoLongerOpen
from engine.commands.coordinate import any_phase
from models.assignment import Assignment, Link, Revocation
from models.concern import ConcernKind, raise_concern
from models.cycle import CycleStatus
from models.notice import NoticeKind
from models.phase import Step
from tasks.handing import revoke
from tasks.notices import notify

if TYPE_CHECKING:
    from datetime import datetime

    from models.change import Change
    from models.register import Register
    from tasks.phase import AnyPhase

MOST_WORDS = 2000
"""Characters in what somebody writes about it."""


def not_me(register: Register, *, link_id: str, words: str, now: datetime) -> None:
    """Withdraw the link and put the matter before the coordinator. Saying it twice says it once.

    Raises:
        LinkUnknown: there is no such link.
        NoLongerOpen: the link has been withdrawn for another reason, or the cycle is not running.
    """
    with register.read() as session:
        link = session.get(Link, link_id)
    if link is None:
        raise LinkUnknown("no such link")
    phase = any_phase(register, link.cycle_id, now)
    told = [held.person.id for held in phase.coordinator]
    with register.change(link.cycle_id, at=now, actor=link.person_id) as change:
        link = change.get(Link, link_id)
        if link.revoked_for is Revocation.NOT_ME:
            return
        if link.revoked_at is not None or change.cycle.status is not CycleStatus.RUNNING:
            raise NoLongerOpen("the link has been withdrawn")
        revoke(change, link.assignment_id, Revocation.NOT_ME)
        change.record("wrong_person_reported", link.assignment_id)
        concern = raise_concern(
            change, ConcernKind.NOT_ME,
            subject=link.id, assignment=link.assignment_id, person=link.person_id, words=words.strip()[:MOST_WORDS],
        )  # fmt: skip
        for person_id in told:
            _tell(phase, change, link, person_id, concern.number)


def _tell(phase: AnyPhase, change: Change, link: Link, person_id: str, number: int) -> None:
    assignment = change.get(Assignment, link.assignment_id)
    step = change.get(Step, assignment.step_id)
    notify(
        phase, change, NoticeKind.NOT_ME, person_id, link.id,
        step=step, assignment=assignment.id, data={"concern": number, "person": link.person_id},
    )  # fmt: skip
