"""What is due: the phases that need a look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Integer, bindparam
from sqlalchemy import select as select_rows
from sqlmodel import col, func, select

from models.phase import Phase
from models.rows import Query

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlmodel import Session

DUE = Query(
    select_rows()
    .where(col(Phase.wake_at) <= bindparam("now"))
    .order_by(col(Phase.wake_at), col(Phase.ordinal))
    .limit(bindparam("limit", type_=Integer)),
    Phase,
)


def due_phases(session: Session, now: datetime, limit: int = 100) -> Sequence[Phase]:
    """The phases whose next look has come, the longest waiting first. Uses the index on `wake_at`."""
    return [phase for _, (phase,) in DUE.all(session.connection(), {"now": now, "limit": limit})]


def next_wake(session: Session) -> datetime | None:
    """The earliest look that any phase needs."""
    return session.exec(select(func.min(Phase.wake_at))).one()
