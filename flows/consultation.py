"""Consultation: material is sent out, consultees take positions, and perhaps a body rules on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.terms import PhaseKind
from flows.phase_flow import phase_flow
from tasks.consult import consult
from tasks.dates import day_before
from tasks.documents import latest
from tasks.meet import meet
from tasks.submit import submit

if TYPE_CHECKING:
    from config.definition import Consultation
    from tasks.outcome import Outcome
    from tasks.phase import Phase


@phase_flow(PhaseKind.CONSULTATION)
def consultation(phase: Phase[Consultation]) -> Outcome:
    """Compile and send out; take positions; rule."""
    material = _material(phase)
    replies = consult(
        phase, "replies", of=phase.answering(phase.bodies(phase.says.consultees)), given=material,
        by=phase.says.due,
        until=day_before(phase, phase.says.meeting),
        missing=phase.says.missing or "close",
    )  # fmt: skip
    if phase.says.ruling_by is None:
        return replies
    return meet(
        phase, "ruling", body=phase.body(phase.says.ruling_by), by=phase.says.meeting, given=material,
        force=phase.says.force,
    )  # fmt: skip


def _material(phase: Phase[Consultation]) -> tuple[str, ...]:
    """What is sent out: compiled now from what came in before, or a text that is there already."""
    if phase.says.compiled_by is None:
        return latest(phase, phase.says.material) if phase.says.material else phase.handed_over()
    compiled = submit(
        phase, "material", of=phase.answering([phase.body(phase.says.compiled_by)]), given=phase.handed_over(),
        text=phase.says.material or phase.row.key, by=phase.says.material_due,
    )  # fmt: skip
    return compiled.documents
