"""The cycles in a register, a line each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from models.cycle import Cycle

if TYPE_CHECKING:
    from models.register import Register


def running_cycles(register: Register) -> list[dict[str, Any]]:
    """Name, title, status and outcome of every cycle, the newest first."""
    with register.read() as session:
        rows = session.exec(select(Cycle).order_by(col(Cycle.started_at).desc(), col(Cycle.id))).all()
    return [{"cycle": row.id, "title": row.title, "status": str(row.status), "outcome": row.outcome} for row in rows]
