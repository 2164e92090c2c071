"""Information: those concerned are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.terms import PhaseKind
from flows.phase_flow import phase_flow
from tasks.inform import inform

if TYPE_CHECKING:
    from config.definition import Information
    from tasks.outcome import Outcome
    from tasks.phase import Phase


@phase_flow(PhaseKind.INFORMATION)
def information(phase: Phase[Information]) -> Outcome:
    """Tell whoever answers for each body."""
    told = phase.answering(phase.bodies(phase.says.to))
    return inform(phase, "information", to=told, by=phase.says.due)
