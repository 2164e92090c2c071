"""Inform: people are told, and nothing is asked of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.terms import StepKind
from models.notice import NoticeKind
from models.phase import Step
from tasks.milestones import settle
from tasks.notices import notify
from tasks.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.change import Change
    from tasks.phase import AnyPhase, Participant


def inform(
    phase: AnyPhase,
    key: str,
    *,
    to: Sequence[Participant],
    given: tuple[str, ...] = (),
    by: str | None = None,
) -> Outcome:
    """Tell each of `to` once; a milestone that promised it is met on the day it is done."""
    step = phase.step(key)
    if step is None:
        said = phase.question(key)
        phase.act("inform", f"{key}: tell {len(to)}", lambda change: _tell(phase, change, key, to, said, given, by))
        step = phase.known_step(key)
    return Outcome.from_json(step.outcome or {})


def _tell(
    phase: AnyPhase, change: Change, key: str, to: Sequence[Participant], said: dict[str, str], given: tuple[str, ...],
    by: str | None,
) -> None:  # fmt: skip
    step_id = f"{phase.id}/{key}"
    if change.has(Step, step_id):
        return
    outcome = Outcome("informed", given, {"informed": len(to)})
    step = change.add(
        Step(
            id=step_id,
            cycle_id=phase.cycle.id,
            phase_id=phase.id,
            key=key,
            kind=StepKind.INFORM,
            question=said,
            about=list(given),
            milestone=by,
            opened_at=phase.now,
            settled_at=phase.now,
            done_on=phase.place.today(phase.now),
            outcome=outcome.to_json(),
        )
    )
    change.record("participants_informed", step_id, informed=len(to))
    for told in to:
        notify(
            phase, change, NoticeKind.INFORMED, told.person.id, f"{step_id}/{told.membership.id.rpartition('@')[2]}",
            step=step, data={"documents": list(given)},
        )  # fmt: skip
    if by is not None:
        settle(change, by)
