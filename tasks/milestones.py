"""Milestones: kept, missed, and waived when nothing will come of them any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, func, select

from config.calendars import PLACES
from models.assignment import Decision
from models.phase import Milestone, MilestoneStatus, PhaseStatus, Step
from models.phase import Phase as PhaseRow
from models.promises import OPEN_STATUSES, is_held_by, not_begun
from models.queries import PHASES_OF_CYCLE, STEPS_OF_MILESTONE

if TYPE_CHECKING:
    from datetime import date

    from models.change import Change

STILL_TO_END = (PhaseStatus.PLANNED, PhaseStatus.OPEN)


def milestone_id(change: Change, key: str) -> str:
    """The register's name for a milestone."""
    return f"{change.cycle.id}/:{key}"


def settle(change: Change, key: str) -> None:
    """Something that hangs on a milestone has been done, or a phase has closed: see whether that was the last of it.

    A promise is kept by the last of what hangs on it, on the day of that. One for which nobody was ever asked, because
    its phases came to their ends without it, is waived.
    """
    milestone = change.get(Milestone, milestone_id(change, key))
    if milestone.met_on is not None or milestone.status is MilestoneStatus.WAIVED:
        return
    holders, steps = _holders(change, key), _steps(change, key)
    waiting = any(step.settled_at is None for step in steps)
    if waiting or any(not_begun(phase, key, [s for s in steps if s.phase_id == phase.id]) for phase in holders):
        return
    days = [step.done_on for step in steps if step.done_on] + _ended_on(change, holders, key)
    if not days and milestone.status in OPEN_STATUSES:
        milestone.status = MilestoneStatus.WAIVED
        change.record("milestone_waived", milestone.id)
    elif days and not any(step.outcome and step.outcome.get("missing") for step in steps):
        keep(change, milestone, on=max(days))


def waive_the_rest(change: Change) -> None:
    """The cycle has ended: what was promised without any phase that would keep it is neither kept nor missed."""
    pending = select(Milestone).where(
        col(Milestone.cycle_id) == change.cycle.id, col(Milestone.status).in_(OPEN_STATUSES)
    )
    for milestone in change.session.exec(pending.order_by(col(Milestone.ordinal))).all():
        milestone.status = MilestoneStatus.WAIVED
        change.record("milestone_waived", milestone.id)


def keep(change: Change, milestone: Milestone, *, on: date) -> None:
    """What the milestone promised has happened.

    One that was missed stays missed, with the day it came at last; unless it only turns out now, as with a meeting that
    is reported late, that it had happened in time.
    """
    milestone.met_on = on
    late = milestone.due_on is not None and on > milestone.due_on
    milestone.status = MilestoneStatus.MISSED if late else MilestoneStatus.MET
    if not late:
        milestone.missing = []
    change.record(f"milestone_{milestone.status}", milestone.id, on=on)


def _holders(change: Change, key: str) -> list[PhaseRow]:
    return [phase for phase in change.find(PHASES_OF_CYCLE, cycle=change.cycle.id) if is_held_by(phase, key)]


def _steps(change: Change, key: str) -> list[Step]:
    return change.find(STEPS_OF_MILESTONE, cycle=change.cycle.id, milestone=key)


def _ended_on(change: Change, holders: list[PhaseRow], key: str) -> list[date]:
    """Of the phases whose end was ordered: the day of the last decision, or of the end where nothing was decided."""
    days = []
    for phase in holders:
        if key in phase.mandates and phase.closed_at is not None:
            last = select(func.max(Decision.decided_on)).where(col(Decision.phase_id) == phase.id)
            days.append(change.session.exec(last).one() or PLACES[change.cycle.place].today(phase.closed_at))
    return days


def fail(change: Change, key: str, missing: list[str], why: str = "silent") -> None:
    """The day passed without what was promised; `missing` are the keys of the bodies that were silent, if any were."""
    milestone = change.get(Milestone, milestone_id(change, key))
    more = [body for body in missing if body not in milestone.missing]
    missed_already = milestone.status is MilestoneStatus.MISSED and milestone.met_on is None
    if milestone.status in OPEN_STATUSES or (missed_already and more):
        milestone.status = MilestoneStatus.MISSED
        milestone.missing = [*milestone.missing, *more]
        change.record("milestone_missed", milestone.id, missing=milestone.missing, why=why)
        look_again(change, key)


def look_again(change: Change, key: str) -> None:
    """A milestone is another one now: when its phases need their next look depends on it."""
    change.wake(*(phase.id for phase in _holders(change, key) if phase.status in STILL_TO_END))
