"""Reference groups: existing groups work out how the goals can be applied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.terms import PhaseKind
from flows.phase_flow import phase_flow
from tasks.inform import inform
from tasks.submit import submit

if TYPE_CHECKING:
    from config.definition import ReferenceGroups
    from tasks.outcome import Outcome
    from tasks.phase import Phase


@phase_flow(PhaseKind.REFERENCE_GROUPS)
def reference_groups(phase: Phase[ReferenceGroups]) -> Outcome:
    """Start the groups; each hands in how the goals can be applied and carried out."""
    groups = phase.answering(phase.bodies(phase.says.groups))
    material = phase.handed_over()
    if phase.says.opens:
        inform(phase, "start", to=groups, given=material, by=phase.says.opens)
    return submit(
        phase, "proposals", of=groups, text=phase.says.text, given=material,
        by=phase.says.due, missing=phase.says.missing or "close",
    )  # fmt: skip
