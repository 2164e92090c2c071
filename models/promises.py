"""What hangs on a milestone: the steps that it dates, and the phases that have still to begin or to end them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from models.phase import MilestoneStatus, PhaseStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from config.calendars import Place
    from models.phase import Milestone, Phase, Step

OPEN_STATUSES = (MilestoneStatus.PENDING, MilestoneStatus.MOVED)
NUMBER = re.compile(r"[~-]\d+$")
APPROVAL = "approval"
"""The step that is taken again until the text is approved: one that ends otherwise keeps no promise."""


def is_held_by(phase: Phase, key: str) -> bool:
    """Whether a phase has something to do with a milestone: it dates one of its steps, or orders its end."""
    return key in phase.promises or key in phase.mandates


def not_begun(phase: Phase, key: str, steps: Sequence[Step]) -> bool:
    """Whether a phase has still to ask for what keeps a milestone, or, where its end was ordered, has not ended.

    `steps` are the phase's own, or at least those that the milestone dates.
    """
    if phase.status is PhaseStatus.CLOSED:
        return False
    begun = {NUMBER.sub("", step.key) for step in steps if step.milestone == key and not _in_vain(step)}
    return key in phase.mandates or len(begun) < phase.promises.count(key)


def _in_vain(step: Step) -> bool:
    approved = step.outcome is None or step.outcome.get("result") == "approved"
    return not approved and NUMBER.sub("", step.key) == APPROVAL


def unkept(
    phase: Phase, place: Place, steps: Sequence[Step], get: Callable[[str], Milestone]
) -> list[tuple[datetime, Milestone]]:
    """The open milestones that a phase must be looked at for when their day is over, with that instant; first first.

    Those are the ones for which it has asked nobody yet: where somebody has been asked, the step has its own date.
    `get` finds a milestone by its id.
    """
    held = dict.fromkeys((*phase.promises, *phase.mandates))
    found = [get(f"{phase.cycle_id}/:{key}") for key in held if not_begun(phase, key, steps)]
    still = sorted((one for one in found if one.status in OPEN_STATUSES), key=lambda one: one.ordinal)
    return sorted(((place.end_of(one.due_on), one) for one in still if one.due_on), key=lambda one: one[0])
