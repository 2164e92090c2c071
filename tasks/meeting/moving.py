"""When a meeting moves or is called off, everybody who was called is told, and their calendars with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from models.cycle import Membership
from models.meeting import Meeting, MeetingStatus
from models.notice import NoticeKind
from models.phase import Step
from tasks.dates import call_at
from tasks.notices import notify

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from models.change import Change
    from tasks.phase import AnyPhase

BEFORE_IT = (MeetingStatus.PLANNED, MeetingStatus.SUMMONED)


def meetings_move(phase: AnyPhase, change: Change, milestone: str, to: date, reason: str = "") -> None:
    """The day that a milestone fixes is another one now, or known at last."""
    query = select(Meeting).where(col(Meeting.cycle_id) == change.cycle.id, col(Meeting.milestone) == milestone)
    for meeting in _not_held(change.session.exec(query).all()):
        was, meeting.day = meeting.day, to
        if was == to:
            continue
        if meeting.status is MeetingStatus.PLANNED:
            change.get(Step, meeting.step_id).due_before = call_at(phase, to, meeting.lead_days)
            change.wake(meeting.phase_id)
            continue
        meeting.sequence += 1
        said: dict[str, Any] = {"sequence": meeting.sequence, "was": was.isoformat() if was else None, "reason": reason}
        _tell(phase, change, meeting, NoticeKind.SUMMONED, said)
        change.record("meeting_moved", meeting.id, was=was, to=to, sequence=meeting.sequence)


def call_off_meetings(phase: AnyPhase, change: Change, reason: str) -> None:
    """Nothing more will come of the cycle: who was called to a meeting need not come."""
    query = select(Meeting).where(col(Meeting.cycle_id) == change.cycle.id).order_by(col(Meeting.id))
    for meeting in _not_held(change.session.exec(query).all()):
        called = meeting.status is MeetingStatus.SUMMONED
        meeting.status = MeetingStatus.CALLED_OFF
        if called:
            meeting.sequence += 1
            said = {"sequence": meeting.sequence, "reason": reason}
            _tell(phase, change, meeting, NoticeKind.CALLED_OFF, said)
        change.record("meeting_called_off", meeting.id, reason=reason)


def summon_anew(phase: AnyPhase, change: Change, meeting: Meeting, reason: str) -> None:
    """The call goes out once more with what has changed; calendars know it by its number (RFC 5545, 3.8.7.4)."""
    meeting.sequence += 1
    said = {"sequence": meeting.sequence, "was": None, "reason": reason, "agenda": True}
    _tell(phase, change, meeting, NoticeKind.SUMMONED, said)


def _not_held(meetings: Sequence[Meeting]) -> list[Meeting]:
    return [meeting for meeting in meetings if meeting.status in BEFORE_IT]


def _tell(phase: AnyPhase, change: Change, meeting: Meeting, kind: NoticeKind, said: dict[str, Any]) -> None:
    step = change.get(Step, meeting.step_id)
    seated = select(Membership.person_id).where(
        col(Membership.body_id) == meeting.body_id, col(Membership.ended).is_(False)
    )
    people = change.session.exec(seated.order_by(col(Membership.ordinal), col(Membership.id))).all()
    for person_id in dict.fromkeys(people):  # one may hold two seats
        notify(
            phase, change, kind, person_id, step.id, step=step, occurrence=meeting.sequence + 1, data=said,
        )  # fmt: skip
