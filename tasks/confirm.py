"""Confirm: the coordinator looks at something that was proposed, changes it if need be, and confirms it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.terms import Position, StepKind
from tasks.areas import replace_areas
from tasks.asking import Asking, ask
from tasks.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.change import Change
    from models.phase import Step
    from tasks.assignments import Reply
    from tasks.phase import AnyPhase


def confirm(
    phase: AnyPhase, key: str, *, proposed: Sequence[str], by: str | None = None, group: str | None = None
) -> Outcome:
    """Ask the coordinator to confirm a list, one item a line. Without an answer the work waits.

    Where the list names the bodies of a `group`, the confirmed lines become its bodies.
    """

    def settle(change: Change, step: Step, came: Sequence[Reply]) -> Outcome:  # noqa: ARG001 - every step settles alike
        lines = str(came[-1].answer.content.get("items", "")).splitlines() if came else []
        items = tuple(line.strip() for line in lines if line.strip()) or tuple(proposed)
        if group is not None and came:
            replace_areas(change, group, items)
        return Outcome("confirmed" if came else "no_reply", items=items)

    asking = Asking(
        key, StepKind.CONFIRM, phase.coordinator[:1], phase.question(key), (Position.CONFIRMS,),
        by=by, missing="hold",
    )  # fmt: skip
    return ask(phase, asking, settle)
