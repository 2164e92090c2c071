"""Consultations as the public sees them: the compilation, without what is withheld."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlmodel import col, select

from config.terms import PhaseKind
from engine.compilation import NoConsultation
from engine.record.access import public_cycle
from engine.record.withheld import veil_of
from models.assignment import Answer, Assignment
from models.cycle import Body
from models.phase import Phase
from models.register import UnknownCycle
from tasks.compilation import Compilation, ConsulteeRow, ItemRow, Voice, read_compilation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlmodel import Session

    from engine.record.withheld import Veil
    from models.cycle import Cycle
    from models.register import Register


def public_compilation(register: Register, slug: str, phase: str) -> Compilation:
    """The compilation of a consultation, if anybody may read it; `phase` is the consultation's key.

    Raises:
        NoConsultation: there is none, or the record is not public.
    """
    try:
        with register.read() as session:
            cycle, row = public_cycle(session, slug), session.get(Phase, f"{slug}/{phase}")
            veil = veil_of(session, cycle)
            found = consultations_of(session, cycle, [row] if row else [], veil)
    except UnknownCycle as absent:
        raise NoConsultation(str(absent)) from absent
    if not found:
        raise NoConsultation(f"there is no consultation '{phase}' in '{slug}' that has been sent out")
    return veil.over(found[0])


def consultations_of(session: Session, cycle: Cycle, phases: Sequence[Phase], veil: Veil) -> tuple[Compilation, ...]:
    """Every consultation that has been sent out. Withheld passages are left to `Veil.over`."""
    consulting = [phase for phase in phases if phase.kind is PhaseKind.CONSULTATION]
    read = (read_compilation(session, cycle, phase) for phase in consulting)
    hidden = _hidden(session, veil)
    return tuple(_without(compilation, hidden, veil) for compilation in read if compilation is not None)


def _hidden(session: Session, veil: Veil) -> dict[tuple[str, str], str]:
    """The grounds by phase and body, of those whose answers are withheld as a whole."""
    if not veil.answers:
        return {}
    found = (
        select(Answer.id, Assignment.step_id, Body.key)
        .join(Assignment, col(Assignment.id) == col(Answer.assignment_id))
        .join(Body, col(Body.id) == col(Assignment.body_id))
        .where(col(Answer.id).in_(list(veil.answers)))
    )
    return {(step.split("/")[1], body): veil.answers[answer] for answer, step, body in session.exec(found)}


def _without(compilation: Compilation, hidden: Mapping[tuple[str, str], str], veil: Veil) -> Compilation:
    grounds = {body: ground for (phase, body), ground in hidden.items() if phase == compilation.phase}
    if not grounds:
        return compilation
    return replace(
        compilation,
        consultees=tuple(_row(row, grounds.get(row.key), veil) for row in compilation.consultees),
        items=tuple(_item(item, grounds, veil) for item in compilation.items),
    )


def _row(row: ConsulteeRow, ground: str | None, veil: Veil) -> ConsulteeRow:
    """A withheld answer's files are withheld too."""
    if ground is None:
        return row
    return replace(row, comment=veil.mark(ground) if row.comment else "", files=())


def _item(item: ItemRow, grounds: Mapping[str, str], veil: Veil) -> ItemRow:
    return replace(item, voices=tuple(_voice(voice, grounds.get(voice.body), veil) for voice in item.voices))


def _voice(voice: Voice, ground: str | None, veil: Veil) -> Voice:
    return replace(voice, comment=veil.mark(ground)) if ground is not None and voice.comment else voice
