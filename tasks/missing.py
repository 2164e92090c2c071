"""A deadline passes with answers missing: what happens is the definition's choice, and silence is never consent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.dates import parse_duration
from models.assignment import Assignment, AssignmentStatus
from models.cycle import Body
from models.notice import NoticeKind
from models.phase import Step
from tasks.assignments import open_assignments
from tasks.milestones import fail
from tasks.moving import move
from tasks.notices import notify, tell_coordinator
from tasks.reminders import set_reminder

if TYPE_CHECKING:
    from models.change import Change
    from tasks.phase import AnyPhase


def miss(phase: AnyPhase, change: Change, step_id: str) -> None:
    """Extend once, or record the miss and then close without the silent or hold until they answer."""
    step = change.get(Step, step_id)
    if step.settled_at or step.missed_at or step.due_before is None or step.due_before > phase.now:
        return
    silent = bodies_of(change, open_assignments(change, step_id))
    if "extend" in step.missing and not step.extended:
        _extend(phase, change, step, silent)
        return
    step.missed_at = phase.now
    if step.milestone:
        fail(change, step.milestone, silent if _asked_in_time(step) else [])
    policy = _policy(step)
    if policy == "close":
        step.closing = "deadline"
    set_reminder(phase, step)
    _tell(phase, change, step, silent, policy, occurrence=phase.place.today(phase.now).toordinal())
    change.record("deadline_missed", step.id, silent=silent, policy=policy)


def _policy(step: Step) -> str:
    """What the definition says; but who was asked when the date had passed was not silent, and is waited for."""
    return str(step.missing["then"]) if _asked_in_time(step) else "hold"


def _asked_in_time(step: Step) -> bool:
    return step.due_before is not None and step.opened_at < step.due_before


def _extend(phase: AnyPhase, change: Change, step: Step, silent: list[str]) -> None:
    assert step.due_before is not None  # noqa: S101 - the caller has looked
    step.extended = True
    to = phase.place.last_day_before(step.due_before) + parse_duration(step.missing["extend"])
    change.record("deadline_extended", step.id, to=to, silent=silent)
    _tell(phase, change, step, silent, "extend", occurrence=1)
    if step.milestone:
        move(phase, change, step.milestone, to, reason="")
    else:
        step.due_before = phase.place.end_of(to)
        set_reminder(phase, step)


def _tell(
    phase: AnyPhase, change: Change, step: Step, silent: list[str], policy: str, *, occurrence: int
) -> None:  # fmt: skip
    tell_coordinator(
        phase, change, NoticeKind.MISSED, step.id,
        step=step, occurrence=occurrence, data={"missing": silent, "policy": policy},
    )  # fmt: skip


def lapse(phase: AnyPhase, change: Change, step: Step) -> tuple[str, ...]:
    """The step closes: who has not answered is recorded as `no reply` and told so. Returns their bodies' keys."""
    silent = open_assignments(change, step.id)
    for assignment in silent:
        assignment.status = AssignmentStatus.NO_REPLY
        notify(
            phase, change, NoticeKind.LAPSED, assignment.person_id, assignment.id, step=step, assignment=assignment.id
        )
    return tuple(bodies_of(change, silent))


def bodies_of(change: Change, assignments: list[Assignment]) -> list[str]:
    """The keys of the bodies that these assignments speak for, each once."""
    return list(dict.fromkeys(change.get(Body, assignment.body_id).key for assignment in assignments))
