"""What is due: the phases that need a look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, func, select

from models.phase import Phase

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlmodel import Session


def due_phases(session: Session, now: datetime, limit: int = 100) -> Sequence[Phase]:
    """The phases whose next look has come, the longest waiting first. Uses the index on `wake_at`."""
    query = select(Phase).where(col(Phase.wake_at) <= now).order_by(col(Phase.wake_at), col(Phase.ordinal))
    return session.exec(query.limit(limit)).all()


def next_wake(session: Session) -> datetime | None:
    """The earliest look that any phase needs."""
    return session.exec(select(func.min(Phase.wake_at))).one()
