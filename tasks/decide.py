"""Decide: every principal decides for itself, and a rule across them says whether the text is adopted."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from config.terms import POSITIONS, Force, Position, Seat, StepKind
from models.forms.decision import DecisionForm
from tasks.asking import Asking, ask
from tasks.decisions import record_decision
from tasks.documents import key_of, newest_of
from tasks.outcome import Outcome
from tasks.revise import withdraw_revision

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config.definition import EachOf, Missing
    from models.change import Change
    from models.cycle import Body
    from models.phase import Step
    from tasks.assignments import Reply
    from tasks.phase import AnyPhase

ADOPTING = (Position.ADOPTS, Position.ADOPTS_WITH_ADDITION)


def decide(
    phase: AnyPhase, key: str, *, of: Sequence[Body], given: tuple[str, ...],
    adopted_when: str | EachOf, by: str | None = None, missing: Missing = "hold",
) -> Outcome:  # fmt: skip
    """Ask each principal's secretary what it decided; one that refers back or tables is asked again.

    What each reports is held against its own ruleset. The outcome hands on the newest version of the text.
    """

    def settle(change: Change, step: Step, came: Sequence[Reply]) -> Outcome:
        withdraw_revision(phase, change, "revision")
        for reply in came:
            adopts = reply.answer.position in ADOPTING
            record_decision(phase, change, step, reply, force=Force.ADOPTS if adopts else Force.NOTED)
        counts = Counter(str(reply.answer.position) for reply in came)
        adopting = sum(counts[str(position)] for position in ADOPTING)
        stands = adopted(adopted_when, adopting, len(of))
        found = newest_of(change.session, change.cycle.id, key_of(given[-1])) if given else None
        newest = (found.id,) if found else given
        result = "adopted" if stands else "not_adopted"
        return Outcome(result, newest, dict(sorted(counts.items())), detail=f"{adopting}/{len(of)}")

    asking = Asking(
        key, StepKind.DECIDE, phase.answering(of, first=Seat.SECRETARY), phase.question(key),
        POSITIONS[StepKind.DECIDE], form=DecisionForm(rules={body.key: body.rules for body in of}),
        by=by, about=given, missing=missing,
    )  # fmt: skip
    return ask(phase, asking, settle)


def adopted(rule: str | EachOf, adopting: int, principals: int) -> bool:
    """Whether the text is adopted: by all, by each that adopts for itself (at least one), or by at least so many."""
    if rule == "all":
        return adopting == principals
    return adopting >= (1 if isinstance(rule, str) else rule.at_least)
