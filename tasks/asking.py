"""What all steps that ask somebody have in common: open, ask again, miss the date, remind, settle.

Every act looks at the step again inside its own transaction, so that doing it twice, or in two passes at once, does
it once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from config.dates import parse_duration
from config.terms import StepKind
from models.notice import NoticeKind
from models.phase import Step
from models.schedule import ready
from tasks.assignments import Reply, assign, replies
from tasks.dates import due_before, not_before
from tasks.milestones import fail
from tasks.milestones import settle as settle_milestone
from tasks.missing import lapse, miss
from tasks.notices import notify
from tasks.outcome import Outcome
from tasks.phase import AnyPhase, Participant, Waiting
from tasks.reminders import remind, set_reminder
from tasks.reopening import reopen

if TYPE_CHECKING:
    from datetime import date

    from config.definition import Missing
    from config.terms import Position
    from models.change import Change
    from models.forms import Form

Settle = Callable[["Change", Step, Sequence[Reply]], Outcome]
"""How a step's answers become its outcome; what it writes is part of the settling transaction."""


@dataclass(frozen=True)
class Asking:
    """What a step asks, of whom, by when."""

    key: str
    kind: StepKind
    of: Sequence[Participant]
    question: dict[str, str]  # by language
    offers: Sequence[Position]
    form: Form | Callable[[Change], Form] | None = None  # what the answer consists of beside the position
    by: str | None = None  # a milestone's key
    day: date | None = None  # the last day, where no milestone names it
    prepares: str | None = None  # the milestone of a meeting before which it must be there, where neither says more
    not_before: date | None = None  # the first day on which an answer makes sense
    about: tuple[str, ...] = ()  # document ids
    missing: Missing = "close"
    late_until: str | None = None  # a later step's key: until it is answered, late answers are taken
    summons: Sequence[Participant] = ()  # who is called to the meeting
    opened: Callable[[Change, Step], None] | None = None  # what else is written when the step opens


def ask(phase: AnyPhase, asking: Asking, settle: Settle) -> Outcome:
    """The life of a step, as far as it has come: its outcome, or `Waiting`."""
    if phase.step(asking.key) is None:
        phase.act("ask", _ask_title(phase, asking), lambda change: _open(phase, change, asking))
    step = phase.known_step(asking.key)
    if step.settled_at is None:
        step = _do_what_is_due(phase, step)
        if not ready(step):
            raise Waiting(step.id, step.due_before)
        title = f"{step.key}: settle with {step.answered} of {step.asked}"
        phase.act("settle", title, lambda change: _settle(phase, change, step.id, settle))
        step = phase.known_step(asking.key)
    return Outcome.from_json(step.outcome or {})


def _ask_title(phase: AnyPhase, asking: Asking) -> str:
    due = due_before(phase, asking.kind, asking.by, asking.day, prepares=asking.prepares)
    until = f", answers until {phase.place.last_day_before(due)}" if due else ""
    return f"{asking.key}: ask {len(asking.of)}{until}"


def _open(phase: AnyPhase, change: Change, asking: Asking) -> None:
    step_id = f"{phase.id}/{asking.key}"
    if change.has(Step, step_id):
        return
    step = change.add(_new_step(phase, change, asking, step_id))
    change.record("step_opened", step.id, asked=step.asked, due_before=step.due_before)
    if asking.opened is not None:
        asking.opened(change, step)
    for person_id in dict.fromkeys(called.person.id for called in asking.summons):  # one may hold two seats
        notify(phase, change, NoticeKind.SUMMONED, person_id, step.id, step=step)
    for asked in asking.of:
        assign(phase, change, step, asked)


def _new_step(phase: AnyPhase, change: Change, asking: Asking, step_id: str) -> Step:
    policy = asking.missing
    step = Step(
        id=step_id,
        cycle_id=phase.cycle.id,
        phase_id=phase.id,
        key=asking.key,
        kind=asking.kind,
        question=asking.question,
        form=_form(asking, change),
        offers=[str(position) for position in asking.offers],
        about=list(asking.about),
        milestone=asking.by,
        prepares=None if asking.by or asking.day else asking.prepares,
        not_before=asking.not_before or not_before(phase, asking.kind, asking.by, change),
        due_before=due_before(phase, asking.kind, asking.by, asking.day, change, asking.prepares),
        late_until=asking.late_until,
        missing={"then": policy} if isinstance(policy, str) else policy.model_dump(),
        reminders=[parse_duration(span).days for span in phase.definition.reminders],
        opened_at=phase.now,
        asked=len(asking.of),
    )
    set_reminder(phase, step)
    return step


def _form(asking: Asking, change: Change) -> dict[str, Any] | None:
    """The form's data. One that depends on the register is made in the transaction that opens the step."""
    form = asking.form(change) if callable(asking.form) else asking.form
    return form.to_json() if form else None


def _do_what_is_due(phase: AnyPhase, step: Step) -> Step:
    """Ask again, miss the deadline, remind: in the order in which they would be said."""
    if step.attention:
        phase.act("ask_again", f"{step.key}: ask again", lambda change: reopen(phase, change, step.id))
        step = phase.known_step(step.key)
    if _overdue(phase, step):
        title = f"{step.key}: deadline passed, {step.asked - step.answered} of {step.asked} silent"
        phase.act("miss", title, lambda change: miss(phase, change, step.id))
        step = phase.known_step(step.key)
    if step.next_reminder_at is not None and step.next_reminder_at <= phase.now and not ready(step):
        title = f"{step.key}: remind {step.asked - step.answered}"
        phase.act("remind", title, lambda change: remind(phase, change, step.id))
        step = phase.known_step(step.key)
    return step


def _overdue(phase: AnyPhase, step: Step) -> bool:
    passed = step.due_before is not None and step.due_before <= phase.now
    return passed and step.missed_at is None and not ready(step)


def _settle(phase: AnyPhase, change: Change, step_id: str, settle: Settle) -> None:
    step = change.get(Step, step_id)
    if step.settled_at or step.attention or not ready(step):
        return
    silent = lapse(phase, change, step)
    came = replies(change, step.id)
    outcome = settle(change, step, came)
    step.outcome = {**outcome.to_json(), "missing": list(silent)}
    step.settled_at = phase.now
    step.next_reminder_at = None
    change.record("step_settled", step.id, result=outcome.result, silent=list(silent))
    step.done_on = _done_on(phase, step, came)
    if step.milestone and silent:
        fail(change, step.milestone, list(silent))
    if step.milestone:
        settle_milestone(change, step.milestone)


def _done_on(phase: AnyPhase, step: Step, came: Sequence[Reply]) -> date:
    """The local day on which the last answer that was needed arrived; of a meeting, the day on which it was held."""
    if step.kind is StepKind.MEET and came:
        return came[-1].answer.decided_on or step.not_before or phase.place.today(came[-1].answer.received_at)
    arrived = [reply.assignment.answered_at for reply in came if reply.assignment.answered_at]
    return phase.place.today(max(arrived, default=phase.now))
