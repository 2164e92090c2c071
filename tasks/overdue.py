"""A promised day is over and nobody has been asked for what keeps it: the promise is missed, and nobody was silent."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sqlmodel import col, select

from models.notice import NoticeKind
from models.phase import Milestone, PhaseStatus, Step
from models.phase import Phase as PhaseRow
from models.promises import unkept
from models.queries import STEPS_OF_PHASE
from tasks.assignments import open_assignments
from tasks.milestones import fail
from tasks.missing import bodies_of
from tasks.notices import notify

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from models.change import Change
    from tasks.phase import AnyPhase, Participant

NOT_BEGUN = "not_begun"
NOT_ENDED = "not_ended"
"""Why a promise was missed that nobody had been asked for: its phase has asked nobody, or was to have ended."""


def miss_promises(phase: AnyPhase) -> None:
    """Miss the milestones whose day is over and for which this phase has asked nobody, and tell the coordinator.

    They can still be kept late, as any other.
    """
    if phase.row.wake_at is None or phase.row.wake_at > phase.now:
        return
    with phase.register.read() as session:
        get = partial(session.get_one, Milestone)
        overdue = [milestone.key for milestone in _overdue(phase, phase.row, phase.steps, get)]
    coordinator = phase.coordinator if overdue else []  # read before the change that needs it
    for key in overdue:
        title = f"{key}: its day is over"
        phase.act("miss_promise", title, partial(_miss, phase, key=key, coordinator=coordinator))


def _overdue(phase: AnyPhase, row: PhaseRow, steps: Sequence[Step], get: Callable[[str], Milestone]) -> list[Milestone]:
    return [milestone for at, milestone in unkept(row, phase.place, steps, get) if at <= phase.now]


def _miss(phase: AnyPhase, change: Change, *, key: str, coordinator: Sequence[Participant]) -> None:
    row = change.get(PhaseRow, phase.id)
    overdue = _overdue(phase, row, change.find(STEPS_OF_PHASE, phase=phase.id), partial(change.get, Milestone))
    milestone = next((one for one in overdue if one.key == key), None)
    if milestone is None:
        return
    ordered = key in row.mandates and row.status is PhaseStatus.OPEN
    silent = _silent(phase, change) if ordered else []
    why = NOT_ENDED if ordered else NOT_BEGUN
    fail(change, key, silent, why)
    for told in coordinator:
        notify(
            phase, change, NoticeKind.MISSED, told.person.id, milestone.id,
            occurrence=phase.place.today(phase.now).toordinal(),
            data={"milestone": key, "missing": silent, "policy": why},
        )  # fmt: skip


def _silent(phase: AnyPhase, change: Change) -> list[str]:
    """The bodies that have not answered what was due."""
    late = select(Step).where(
        col(Step.phase_id) == phase.id, col(Step.settled_at).is_(None), col(Step.due_before) <= phase.now
    )
    asked = [held for step in change.session.exec(late) for held in open_assignments(change, step.id)]
    return bodies_of(change, asked)
