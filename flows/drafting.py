"""Drafting: somebody writes a text, perhaps on a commission."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.terms import PhaseKind
from flows.phase_flow import phase_flow
from tasks.commission import commission
from tasks.submit import submit

if TYPE_CHECKING:
    from config.definition import Drafting
    from tasks.outcome import Outcome
    from tasks.phase import Phase


@phase_flow(PhaseKind.DRAFTING)
def drafting(phase: Phase[Drafting]) -> Outcome:
    """Ask the author, or the coordinator where the definition names none, for the text."""
    author = phase.answering([phase.body(phase.says.author or phase.cycle.coordinator)])
    return submit(
        phase, "draft", of=author, text=phase.says.text, given=phase.handed_over(), form=commission(phase),
        by=phase.says.due, missing=phase.says.missing or "hold",
    )  # fmt: skip
