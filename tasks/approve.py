"""Approve: a body's voting members say yes or no, and the body's own ruleset says what that comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.definition import Rules
from config.terms import POSITIONS, Force, StepKind
from models.rulesets import Ballot, tally
from tasks.asking import Asking, ask
from tasks.decisions import record_resolution
from tasks.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config.definition import Missing
    from models.change import Change
    from models.cycle import Body
    from models.phase import Step
    from tasks.assignments import Reply
    from tasks.phase import AnyPhase


def approve(
    phase: AnyPhase, key: str, *, by_body: Body, given: tuple[str, ...], force: Force,
    by: str | None = None, missing: Missing = "close",
) -> Outcome:  # fmt: skip
    """Ask every voting member of a body whether the text can stand."""

    def settle(change: Change, step: Step, came: Sequence[Reply]) -> Outcome:
        ballots = [Ballot(r.answer.position, phase.holder(r.assignment.membership_id).membership.seat) for r in came]
        count = tally(Rules.model_validate(by_body.rules), ballots, len(phase.voters(by_body)))
        if not came:
            return Outcome("no_reply", given, count.counts(), detail=f"0/{len(phase.voters(by_body))}")
        result = "approved" if count.carried else "rejected"
        reason = " · ".join(r.answer.comment for r in came if r.answer.comment)
        record_resolution(
            phase, change, step, by_body, force=force, outcome=result,
            on=phase.place.today(phase.now), tally=count.counts(), reason=reason,
        )  # fmt: skip
        return Outcome(result, given, count.counts(), detail=f"{count.approve}/{len(phase.voters(by_body))}")

    asking = Asking(
        key, StepKind.APPROVE, phase.voters(by_body), phase.question(key),
        POSITIONS[StepKind.APPROVE], by=by, about=given, missing=missing,
    )  # fmt: skip
    return ask(phase, asking, settle)
