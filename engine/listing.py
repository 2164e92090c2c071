"""The cycles in a register, a line each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from config.examples import examples
from models.cycle import Cycle, Person
from models.journal import JournalEntry

if TYPE_CHECKING:
    from models.register import Register


def running_cycles(register: Register) -> list[dict[str, Any]]:
    """Name, title, status and outcome of every cycle, the newest first."""
    with register.read() as session:
        rows = session.exec(select(Cycle).order_by(col(Cycle.started_at).desc(), col(Cycle.id))).all()
    return [{"cycle": row.id, "title": row.title, "status": str(row.status), "outcome": row.outcome} for row in rows]


def made_up_addresses(register: Register, cycle: str) -> list[str]:
    """Addresses of people in a cycle that no mail reaches: nobody has said who they are."""
    with register.read() as session:
        return examples(session.exec(select(Person.address).where(col(Person.cycle_id) == cycle)))


def recorded_cycles(register: Register) -> list[str]:
    """The names of every cycle that the register or its journal knows: one that was taken away is missed."""
    with register.read() as session:
        named = {*session.exec(select(Cycle.id)), *session.exec(select(JournalEntry.cycle_id).distinct())}
    return sorted(named)
