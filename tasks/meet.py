"""Meet: a body is called to a meeting on a day, and its secretary reports what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.terms import POSITIONS, Force, Position, Seat, StepKind
from tasks.asking import Asking, ask
from tasks.decisions import record_resolution
from tasks.meeting.plain import held, plan_plainly
from tasks.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from models.change import Change
    from models.cycle import Body
    from models.phase import Step
    from tasks.assignments import Reply
    from tasks.phase import AnyPhase


def meet(
    phase: AnyPhase, key: str, *, body: Body, on: date | None = None, by: str | None = None,
    given: tuple[str, ...] = (), force: Force = Force.NOTED,
) -> Outcome:  # fmt: skip
    """Call the body, wait for the report. `on` is a plain day, `by` a milestone that fixes the day.

    The mail that asks for the report goes to the secretary on the meeting's day.
    A meeting that only takes note confirms that it was held; one with more force says yes, no or tables the matter.
    """
    noting = force is Force.NOTED
    asking = Asking(
        key, StepKind.MEET, phase.answering([body], first=Seat.SECRETARY),
        phase.question(key), (Position.CONFIRMS,) if noting else POSITIONS[StepKind.MEET],
        by=by, day=on, not_before=on, about=given, missing="hold", summons=phase.seats(body),
        opened=lambda change, step: plan_plainly(phase, change, step, body, on),
    )  # fmt: skip

    def settle(change: Change, step: Step, came: Sequence[Reply]) -> Outcome:
        held_on = held(phase, change, step, came[-1].answer) if came else None
        if noting or held_on is None:
            return Outcome("held" if came else "not_held", given)
        report = came[-1].answer
        result = "approved" if report.position is Position.APPROVES else "rejected"
        record_resolution(phase, change, step, body, force=force, outcome=result, on=held_on, reason=report.comment)
        return Outcome(result, given)

    return ask(phase, asking, settle)
