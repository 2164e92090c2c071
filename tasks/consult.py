"""Consult: consultees take positions on a text. No reply is a state of its own, never consent."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from config.terms import POSITIONS, StepKind
from tasks.asking import Asking, ask
from tasks.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from config.definition import Missing
    from models.change import Change
    from models.phase import Step
    from tasks.assignments import Reply
    from tasks.phase import AnyPhase, Participant


def consult(
    phase: AnyPhase, key: str, *, of: Sequence[Participant], given: tuple[str, ...],
    by: str | None = None, until: date | None = None, missing: Missing = "close",
) -> Outcome:  # fmt: skip
    """Ask each consultee for its position, by a milestone or until a day; the outcome counts them."""

    def settle(change: Change, step: Step, came: Sequence[Reply]) -> Outcome:  # noqa: ARG001 - nothing else to write
        counts = Counter(str(reply.answer.position) for reply in came)
        return Outcome(
            "replied" if came else "no_reply", given, dict(sorted(counts.items())), detail=f"{len(came)}/{len(of)}"
        )

    asking = Asking(
        key, StepKind.CONSULT, of, phase.question(key), POSITIONS[StepKind.CONSULT],
        by=by, day=until, about=given, missing=missing,
    )  # fmt: skip
    return ask(phase, asking, settle)
