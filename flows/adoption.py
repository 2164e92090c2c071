"""Adoption: the text is handed over to the principals, and each of them decides for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.terms import PhaseKind, Seat
from flows.phase_flow import phase_flow
from tasks.decide import decide
from tasks.documents import latest
from tasks.inform import inform
from tasks.phase import Waiting
from tasks.revise import revise

if TYPE_CHECKING:
    from config.definition import Adoption
    from tasks.outcome import Outcome
    from tasks.phase import Phase


@phase_flow(PhaseKind.ADOPTION)
def adoption(phase: Phase[Adoption]) -> Outcome:
    """Hand over; decide; revise what is referred back, where a body does that, and decide again."""
    principals = phase.bodies(phase.says.principals)
    text = latest(phase, phase.says.text)
    if phase.says.handover:
        chairs = phase.answering(principals, first=Seat.CHAIR)
        inform(phase, "handover", to=chairs, given=text, by=phase.says.handover)
    try:
        return decide(
            phase, "decision", of=principals, given=text,
            adopted_when=phase.says.adopted_when, by=phase.says.due, missing=phase.says.missing or "hold",
        )  # fmt: skip
    except Waiting:
        if phase.says.revised_by:  # beside those who still decide
            revise(phase, "revision", by=phase.body(phase.says.revised_by), text=phase.says.text, decision="decision")
        raise
