"""Meet: a body is called to a meeting on a day, and its secretary reports what came of it.

A body that came to no decision, or tabled the matter, is called again for what it has not decided.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from sqlmodel import col, select

from config.definition import Rules
from config.terms import POSITIONS, Force, Position, Seat, StepKind
from models.assignment import Decision
from models.forms.resolution import APPROVED, NO_DECISION, REJECTED, TABLED, UNRESOLVED, ResolutionForm
from tasks.asking import Asking, ask
from tasks.calling_again import Failed, another, call_again
from tasks.decisions import record_resolution, reported
from tasks.meeting.plain import held, held_on, plan_plainly
from tasks.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from models.change import Change
    from models.cycle import Body
    from models.phase import Step
    from tasks.assignments import Reply
    from tasks.phase import AnyPhase


def meet(
    phase: AnyPhase, key: str, *, body: Body, on: date | None = None, by: str | None = None,
    given: tuple[str, ...] = (), force: Force = Force.NOTED, decisions: Sequence[Force] = (), day_key: str = "new-day",
) -> Outcome:  # fmt: skip
    """Call the body, wait for the report. `on` is a plain day, `by` a milestone that fixes the day.

    The mail that asks for the report goes to the secretary on the meeting's day. A meeting that only takes note
    confirms that it was held; one with more force says yes, no, none, or tables the matter. `decisions` are what is
    decided on the matter, where that is more than what `force` says. `day_key` is the step that asks for the day of a
    next meeting.
    """
    if force is Force.NOTED and not decisions:
        return _call(phase, key, body, on, by, given, ())
    open_, promised, base = tuple(decisions) or (force,), by, by if by and "~" not in key else f"{phase.row.key}-{key}"
    for number in count(1):
        met = another(key, number)
        outcome = _call(phase, met, body, on, promised, given, open_, delayed=_delayed(phase, key, number))
        if outcome.result not in UNRESOLVED:
            return _all_in_all(phase, key, number, outcome)
        open_ = tuple(force for force in open_ if _resolved(phase, [met])[force] in UNRESOLVED)
        failed = Failed(
            body, met, outcome.result, held_on(phase, met), f"{base}-{number + 1}".replace("~", "-"),
            milestone=promised,
        )  # fmt: skip
        on, promised = None, call_again(phase, _numbered(day_key, key, number), failed)
        if promised is None:
            return outcome
    raise AssertionError  # count() has no end


def _numbered(day_key: str, key: str, number: int) -> str:
    """The step that asks for the next day belongs to the attempt whose meeting failed: `new-day~2-3`."""
    _, mark, writing = key.partition("~")
    return another(f"{day_key}{mark}{writing}", number)


def _call(
    phase: AnyPhase, key: str, body: Body, on: date | None, by: str | None, given: tuple[str, ...],
    forces: tuple[Force, ...], *, delayed: bool = False,
) -> Outcome:  # fmt: skip
    """One meeting; without `forces` it only takes note. `delayed`: a minority has had the matter put off before."""
    form = None
    if forces:
        rules = Rules.model_validate(body.rules).model_dump(exclude_none=True)
        form = ResolutionForm(
            rules=rules, voters=len(phase.voters(body)), decisions=forces, delayed=(body.key,) if delayed else (),
        )  # fmt: skip
    asking = Asking(
        key, StepKind.MEET, phase.answering([body], first=Seat.SECRETARY),
        phase.question(key), POSITIONS[StepKind.MEET] if forces else (Position.CONFIRMS,), form=form,
        by=by, day=on, not_before=on, about=given, missing="hold", summons=phase.seats(body),
        opened=lambda change, step: plan_plainly(phase, change, step, body, on),
    )  # fmt: skip

    def settle(change: Change, step: Step, came: Sequence[Reply]) -> Outcome:
        day = held(phase, change, step, came[-1].answer) if came else None
        if form is None or day is None:
            return Outcome("held" if came else "not_held", given)
        return _settle(phase, change, step, body, form, came[-1], day, given)

    return ask(phase, asking, settle)


def _settle(
    phase: AnyPhase, change: Change, step: Step, body: Body, form: ResolutionForm, came: Reply, day: date,
    given: tuple[str, ...],
) -> Outcome:  # fmt: skip
    """Every decision is recorded by itself, with what is reported of it."""
    answer, said = came.answer, reported(came.answer, phase.place)
    outcomes = form.outcomes(answer.content, answer.position)
    for force, outcome in outcomes.items():
        record_resolution(
            phase, change, step, body, force=force, outcome=outcome, on=day, reason=answer.comment,
            tally=form.votes(force, answer.content).tally(), paragraph=said.paragraph, reservations=said.reservations,
            alone=len(outcomes) == 1,
        )  # fmt: skip
    return Outcome(_overall(outcomes.values()), given, detail=_share(outcomes))


def _overall(outcomes: Iterable[str]) -> str:
    said = set(outcomes)
    if NO_DECISION in said:
        return NO_DECISION
    if TABLED in said:
        return TABLED
    return APPROVED if APPROVED in said else REJECTED


def _share(outcomes: Mapping[Force, str]) -> str:
    """How many of several decisions were approved: 2/2. Of a single one the result says it all."""
    approved = [outcome for outcome in outcomes.values() if outcome == APPROVED]
    return f"{len(approved)}/{len(outcomes)}" if len(outcomes) > 1 else ""


def _all_in_all(phase: AnyPhase, key: str, number: int, last: Outcome) -> Outcome:
    """What the body decided in all its meetings on the matter, when it was called again."""
    if number == 1:
        return last
    outcomes = _resolved(phase, [another(key, earlier) for earlier in range(1, number + 1)])
    if last.result not in (APPROVED, REJECTED) or not outcomes:
        return last
    return replace(last, result=_overall(outcomes.values()), detail=_share(outcomes))


def _resolved(phase: AnyPhase, keys: Sequence[str]) -> dict[Force, str]:
    """What became of each decision in these steps; a later meeting's word counts."""
    found: dict[Force, str] = {}
    with phase.register.read() as session:
        for key in keys:
            rows = select(Decision).where(col(Decision.step_id) == f"{phase.id}/{key}").order_by(col(Decision.id))
            found |= {row.force: row.outcome for row in session.exec(rows)}
    return found


def _delayed(phase: AnyPhase, key: str, number: int) -> bool:
    """Whether a minority has had the matter put off at an earlier meeting: it can do so once (KL 5:50)."""
    with phase.register.read() as session:
        for earlier in range(1, number):
            step = f"{phase.id}/{another(key, earlier)}"
            rows = select(Decision).where(col(Decision.step_id) == step, col(Decision.outcome) == TABLED)
            if any(row.tally and row.tally["approve"] <= row.tally["reject"] for row in session.exec(rows)):
                return True
    return False
