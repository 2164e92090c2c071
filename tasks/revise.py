"""Revise: what a principal has referred back goes to the body that works on the text, for a new version."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from config.terms import Position, StepKind
from models.assignment import AssignmentStatus
from models.forms.alternatives import AlternativesForm
from models.phase import Step
from tasks.asking import Asking, ask
from tasks.assignments import open_assignments
from tasks.documents import latest, store_document
from tasks.outcome import Outcome
from tasks.phase import attempt
from tasks.reopening import referred_back

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.change import Change
    from models.cycle import Body
    from tasks.assignments import Reply
    from tasks.phase import AnyPhase


def revise(phase: AnyPhase, key: str, *, by: Body, text: str, decision: str) -> None:
    """Ask for a new version while a referral back waits for one; with it the principals are asked again.

    Raises:
        Waiting: the new version has not come yet.
    """
    current = _current(phase, key)
    reasons = _reasons(phase, decision)
    if not reasons:
        if phase.step(current) is not None:  # somebody has published a version in the meantime
            phase.act("withdraw", f"{current}: not needed any more", lambda change: _withdraw(phase, change, current))
        return
    asking = Asking(
        current, StepKind.SUBMIT, phase.answering([by]), phase.question(key), (Position.SUBMITS,),
        form=AlternativesForm(referred_back=reasons), about=latest(phase, text), missing="hold",
    )  # fmt: skip

    def settle(change: Change, step: Step, came: Sequence[Reply]) -> Outcome:
        if not came:
            return Outcome("no_reply")
        why = "\n".join(next(iter(reason.values())) for reason in reasons)
        content = str(came[-1].answer.content.get("text", ""))
        title = phase.definition.text_title(text)
        document = store_document(
            phase, change, text, title=title, content=content, step_id=step.id, reason=why, answer=came[-1].answer
        )
        change.get(Step, f"{phase.id}/{decision}").attention = True
        return Outcome("submitted", (document,), {"submits": 1})

    ask(phase, asking, settle)


def _current(phase: AnyPhase, key: str) -> str:
    """The key of the revision that is going on, or of the next one."""
    attempts = (attempt(key, number) for number in count(1))
    return next(name for name in attempts if (step := phase.step(name)) is None or step.settled_at is None)


def _reasons(phase: AnyPhase, decision: str) -> tuple[dict[str, str], ...]:
    """Who has referred the text back, and why."""
    step = phase.step(decision)
    if step is None or step.settled_at is not None:
        return ()
    with phase.register.read() as session:
        waiting = referred_back(session, step.id)
    language = str(phase.definition.language)
    bodies = [(phase.body_of(reply.assignment.body_id).name, reply.answer.comment) for reply in waiting]
    return tuple({language: f"{name}: {reason}"} for name, reason in bodies)


def withdraw_revision(phase: AnyPhase, change: Change, key: str) -> None:
    """The decision has been made without it: nobody works on a version that nobody waits for."""
    current = _current(phase, key)
    if phase.step(current) is not None:
        _withdraw(phase, change, current)


def _withdraw(phase: AnyPhase, change: Change, key: str) -> None:
    step = change.get(Step, f"{phase.id}/{key}")
    if step.settled_at is not None:
        return
    for assignment in open_assignments(change, step.id):
        assignment.status = AssignmentStatus.WITHDRAWN
    step.settled_at = phase.now
    step.next_reminder_at = None
    step.outcome = Outcome("withdrawn").to_json()
    change.record("step_withdrawn", step.id)
