"""Consultation: material is sent out, consultees take positions, what they say is compiled, and perhaps ruled on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from config.terms import Force, PhaseKind
from flows.phase_flow import phase_flow
from tasks.compile import compile_replies
from tasks.consult import consult, subjects_form
from tasks.documents import latest
from tasks.late import silent_at
from tasks.meet import meet
from tasks.outcome import Outcome
from tasks.submit import submit

if TYPE_CHECKING:
    from config.definition import Consultation
    from tasks.phase import Phase


@phase_flow(PhaseKind.CONSULTATION)
def consultation(phase: Phase[Consultation]) -> Outcome:
    """Make the material; decide to send it out; take positions; compile the replies; rule on them."""
    material = _material(phase)
    if phase.says.sent_out_by and not _sent_out(phase, material).carried:
        return Outcome("not_sent_out", material)
    replies = _replies(phase, material)
    if phase.says.compiles:
        replies = _compiled(phase, material)
    if phase.says.ruling_by is None:
        return replies
    return meet(
        phase, "ruling", body=phase.body(phase.says.ruling_by), by=phase.says.meeting, given=replies.documents,
        force=phase.says.force, decisions=phase.says.decisions,
    )  # fmt: skip


def _material(phase: Phase[Consultation]) -> tuple[str, ...]:
    """What is sent out: put together now from what came in before, or a text that is there already.

    Who compiles the replies makes the material only where it has a date of its own.
    """
    says = phase.says
    if says.compiled_by is None or (says.compiles and says.material_due is None):
        return latest(phase, says.material) if says.material else phase.handed_over()
    made = submit(
        phase, "material", of=phase.answering([phase.body(says.compiled_by)]), given=phase.handed_over(),
        text=says.material or phase.row.key, by=says.material_due,
    )  # fmt: skip
    return made.documents


def _sent_out(phase: Phase[Consultation], material: tuple[str, ...]) -> Outcome:
    """A body decides whether the material goes out at all."""
    body = phase.body(phase.says.sent_out_by or "")
    return meet(
        phase, "sending-out", body=body, by=phase.says.sending_meeting, given=material, force=Force.ENDORSES,
        day_key="sending-day",
    )  # fmt: skip


def _replies(phase: Phase[Consultation], material: tuple[str, ...]) -> Outcome:
    return consult(
        phase, "replies", of=phase.answering(phase.bodies(phase.says.consultees)), given=material,
        by=phase.says.due,
        prepares=phase.says.meeting,
        missing=phase.says.missing or "close",
        form=subjects_form(phase.says, phase.definition.language),
        late_until="compilation" if phase.says.compiles else None,
    )  # fmt: skip


def _compiled(phase: Phase[Consultation], material: tuple[str, ...]) -> Outcome:
    """What becomes of the remarks; who is silent by then has not replied."""
    owner = phase.answering([phase.body(phase.says.compiled_by or phase.cycle.coordinator)])
    compiled = compile_replies(phase, "compilation", of=owner, given=material, by=phase.says.compile_due)
    return replace(compiled, missing=silent_at(phase, "replies"))
