"""Approve: a body's voting members say yes or no, and the body's own ruleset says what that comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.definition import Rules
from config.terms import POSITIONS, Force, StepKind
from models.minutes import NO_DECISION, NOT_QUORATE, UNDECIDED
from models.notice import NoticeKind
from models.rulesets import Ballot, Resolution, quorate, tally
from tasks.asking import Asking, ask
from tasks.decisions import record_resolution
from tasks.notices import tell_coordinator
from tasks.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config.definition import Missing
    from models.change import Change
    from models.cycle import Body
    from models.phase import Step
    from models.rulesets import Tally
    from tasks.assignments import Reply
    from tasks.phase import AnyPhase


def approve(
    phase: AnyPhase, key: str, *, by_body: Body, given: tuple[str, ...], force: Force,
    by: str | None = None, missing: Missing = "close",
) -> Outcome:  # fmt: skip
    """Ask every voting member of a body whether the text can stand."""

    def settle(change: Change, step: Step, came: Sequence[Reply]) -> Outcome:
        ballots = [Ballot(r.answer.position, phase.holder(r.assignment.membership_id).membership.seat) for r in came]
        rules, entitled = Rules.model_validate(by_body.rules), len(phase.voters(by_body))
        count = tally(rules, ballots, entitled)
        if not came:
            return Outcome("no_reply", given, count.counts(), detail=f"0/{entitled}")
        result = _result(rules, count, entitled)
        if result in UNDECIDED:
            said = {"body": by_body.key, "result": result, "on": phase.place.today(phase.now).isoformat()}
            tell_coordinator(phase, change, NoticeKind.NO_DECISION, step.id, step=step, data={**said, "asked": True})
        reason = " · ".join(r.answer.comment for r in came if r.answer.comment)
        record_resolution(
            phase, change, step, by_body, force=force, outcome=NO_DECISION if result in UNDECIDED else result,
            on=phase.place.today(phase.now), tally=count.counts(), reason=reason,
        )  # fmt: skip
        return Outcome(result, given, count.counts(), detail=f"{count.approve}/{entitled}")

    asking = Asking(
        key, StepKind.APPROVE, phase.voters(by_body), phase.question(key),
        POSITIONS[StepKind.APPROVE], by=by, about=given, missing=missing,
    )  # fmt: skip
    return ask(phase, asking, settle)


def _result(rules: Rules, count: Tally, entitled: int) -> str:
    """What the ballots came to; a body whose rules give no decision has not rejected anything."""
    if count.resolution is Resolution.NO_DECISION:
        return NO_DECISION if quorate(rules, count.present, entitled) else NOT_QUORATE
    return "approved" if count.carried else "rejected"
