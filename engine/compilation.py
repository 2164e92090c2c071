"""The compilation of a consultation's replies, from the register: for its page, its spreadsheet and its report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from config.terms import PhaseKind
from models.cycle import Cycle
from models.phase import Phase
from models.register import RegisterError
from tasks.compilation import Compilation, State, read_compilation

if TYPE_CHECKING:
    from sqlmodel import Session

    from models.register import Register


class NoConsultation(RegisterError):  # noqa: N818
    """There is no such consultation, or nobody has been asked yet."""


def compilation_of(register: Register, slug: str, phase: str) -> Compilation:
    """The compilation as it stands now; `phase` is the consultation's key.

    Raises:
        NoConsultation: there is none.
    """
    with register.read() as session:
        cycle, row = session.get(Cycle, slug), session.get(Phase, f"{slug}/{phase}")
        found = read_compilation(session, cycle, row) if cycle is not None and row is not None else None
    if found is None:
        raise NoConsultation(f"there is no consultation '{phase}' in '{slug}' that has been sent out")
    return found


def consultations_of(session: Session, cycle: Cycle) -> list[dict[str, Any]]:
    """What a cycle's report says of each consultation that has been sent out."""
    phases = select(Phase).where(col(Phase.cycle_id) == cycle.id, col(Phase.kind) == PhaseKind.CONSULTATION)
    read = (read_compilation(session, cycle, phase) for phase in session.exec(phases.order_by(col(Phase.ordinal))))
    return [_in_short(compilation) for compilation in read if compilation is not None]


def _in_short(compilation: Compilation) -> dict[str, Any]:
    shown = compilation.state is not State.COLLECTING
    return {
        "phase": compilation.phase,
        "state": str(compilation.state),
        "consultees": {row.key: str(row.standing) for row in compilation.consultees},
        "replied": compilation.replied,
        "positions": compilation.positions,
        "subjects": [
            {"key": item.name, "supporting": item.supporting, "of": len(item.voices), "counts": item.counts}
            for item in compilation.items
            if shown
        ],
    }


__all__ = ["Compilation", "NoConsultation", "compilation_of", "consultations_of"]
