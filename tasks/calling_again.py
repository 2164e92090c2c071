"""A body that came to no decision, or tabled the matter, is called again: its new day, and who is told.

The definition says how long after the first meeting the body meets again (`called_again`); where it is silent, the
body's secretary is asked for the day. Until there is one the phase waits, and what comes after it with it. A
coordinator who does not want the body called again closes that question.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlmodel import col, func, select

from config.dates import PromiseKind, parse_duration
from config.terms import Position, Seat, StepKind
from models.forms.new_day import NewDayForm
from models.notice import NoticeKind
from models.phase import Milestone, Step
from tasks.asking import Asking, ask
from tasks.notices import tell_coordinator
from tasks.outcome import Outcome
from tasks.phase import Waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from models.change import Change
    from models.cycle import Body
    from tasks.assignments import Reply
    from tasks.phase import AnyPhase

ANSWER_WITHIN = timedelta(days=7)
"""How long a secretary has to say on which day the body meets again."""


@dataclass(frozen=True)
class Failed:
    """A meeting that came to no decision."""

    body: Body
    step: str  # the key of the step that reported it
    result: str  # not_quorate, no_decision, tabled
    on: date
    again: str  # what the milestone is called that fixes the new day
    lead_days: int = 1  # how long before its day the body is called
    milestone: str | None = None  # that fixed its own day


def another(key: str, number: int) -> str:
    """The key of a step at a meeting that is not the first: `approval`, then `approval-2`."""
    return key if number == 1 else f"{key}-{number}"


def call_again(phase: AnyPhase, key: str, failed: Failed) -> str | None:
    """The milestone that fixes the new meeting's day; None where the body is not to be called again."""
    promise = failed.again if failed.again not in phase.definition.milestones else f"{failed.again}-again"
    if phase.says.called_again is None:
        return promise if _ask_for_day(phase, key, failed, promise).result == "confirmed" else None
    if not _is_promised(phase, promise):
        day = _agreed_day(phase, failed)
        title = f"{failed.step}: {failed.result}, called again for {day}"
        phase.act("call_again", title, lambda change: _call_again(phase, change, failed, promise, day))
    return promise


def _agreed_day(phase: AnyPhase, failed: Failed) -> date:
    """So long after the meeting as the definition says, and no sooner than the body can be called."""
    first = phase.place.today(phase.now) + timedelta(days=failed.lead_days)
    return phase.place.roll_forward(max(failed.on + parse_duration(phase.says.called_again), first))


def _ask_for_day(phase: AnyPhase, key: str, failed: Failed, promise: str) -> Outcome:
    def settle(change: Change, step: Step, came: Sequence[Reply]) -> Outcome:  # noqa: ARG001 - every step settles alike
        if not came:
            change.record("not_called_again", failed.body.id)
            return Outcome("not_called_again")
        day = date.fromisoformat(str(came[-1].answer.content["day"]))
        _promise(phase, change, failed, promise, day)
        return Outcome("confirmed", detail=day.isoformat())

    def opened(change: Change, step: Step) -> None:
        _tell(phase, change, failed, step, None)

    asking = Asking(
        key, StepKind.CONFIRM, phase.answering([failed.body], first=Seat.SECRETARY), phase.question(key),
        (Position.CONFIRMS,), form=NewDayForm(lead_days=failed.lead_days),
        day=phase.place.today(phase.now) + ANSWER_WITHIN, missing="hold", opened=opened,
    )  # fmt: skip
    return ask(phase, asking, settle)


def _call_again(phase: AnyPhase, change: Change, failed: Failed, promise: str, day: date) -> None:
    if change.has(Milestone, f"{phase.cycle.id}/:{promise}"):
        return
    _promise(phase, change, failed, promise, day)
    _tell(phase, change, failed, change.get(Step, f"{phase.id}/{failed.step}"), day)


def _promise(phase: AnyPhase, change: Change, failed: Failed, promise: str, day: date) -> None:
    """The new day is a promise like any other: it can be moved, and it is kept or missed."""
    last = select(func.max(Milestone.ordinal)).where(col(Milestone.cycle_id) == phase.cycle.id)
    change.add(
        Milestone(
            id=f"{phase.cycle.id}/:{promise}", cycle_id=phase.cycle.id, key=promise,
            ordinal=(change.session.exec(last).one() or 0) + 1, promise=PromiseKind.ON, edtf=day.isoformat(),
            title=_title(change, failed), earliest=day, due_on=day, promised=day,
        )
    )  # fmt: skip
    change.record("called_again", failed.body.id, result=failed.result, on=day, milestone=promise)


def _title(change: Change, failed: Failed) -> dict[str, str]:
    """Another day of the same meeting goes by the same name."""
    if failed.milestone is None:
        return {}
    return dict(change.get(Milestone, f"{change.cycle.id}/:{failed.milestone}").title)


def _tell(phase: AnyPhase, change: Change, failed: Failed, step: Step, day: date | None) -> None:
    said: dict[str, Any] = {"body": failed.body.key, "result": failed.result, "on": failed.on.isoformat()}
    said["day"] = day.isoformat() if day else None
    tell_coordinator(phase, change, NoticeKind.NO_DECISION, step.id, step=step, data=said)


def _is_promised(phase: AnyPhase, key: str) -> bool:
    with phase.register.read() as session:
        return session.get(Milestone, f"{phase.cycle.id}/:{key}") is not None


def beside(*parts: Callable[[], Outcome]) -> list[Outcome]:
    """Several things that go on beside each other; each is taken as far as it has come, and all are waited for."""
    done, waiting = [], None
    for part in parts:
        try:
            done.append(part())
        except Waiting as wait:
            waiting = wait
    if waiting is not None:
        raise waiting
    return done
