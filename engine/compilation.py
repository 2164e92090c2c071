"""The compilation of a consultation's replies, from the register: for its page, its spreadsheet and its report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.cycle import Cycle
from models.phase import Phase
from models.register import RegisterError
from tasks.compilation import Compilation, read_compilation

if TYPE_CHECKING:
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


__all__ = ["Compilation", "NoConsultation", "compilation_of"]
