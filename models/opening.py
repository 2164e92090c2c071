"""When a planned phase opens: its own day, and after the phases before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from models.phase import Phase, PhaseStatus

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session


def opening(session: Session, phase: Phase, now: datetime) -> datetime | None:
    """When a planned phase opens; None while the phases before it have not closed."""
    before = select(Phase.status).where(col(Phase.id).in_([f"{phase.cycle_id}/{key}" for key in phase.after]))
    if phase.after and any(status is not PhaseStatus.CLOSED for status in session.exec(before)):
        return None
    return max(now, phase.opens_at) if phase.opens_at else now
