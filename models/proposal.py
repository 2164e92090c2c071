"""Acts that wait for a second person: proposed by one account, done when another one confirms."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON
from sqlmodel import Field, col, select

from models.base import Instant, Row, Term

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel import Session


class Act(StrEnum):
    """What a second person may have to confirm."""

    MOVE = "move"  # a milestone
    CLOSE = "close"  # a question, before its last day
    CANCEL = "cancel"  # the cycle


class Proposal(Row, table=True):
    """An act that somebody has proposed. `content` is what it needs, beside the reason."""

    id: str = Field(primary_key=True)  # CYCLE/?NUMBER
    cycle_id: str = Field(foreign_key="cycle.id", index=True)
    act: Act = Field(sa_type=Term(Act))
    content: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    reason: str
    proposed_by: str  # the actor, as the journal has it
    proposed_at: datetime = Field(sa_type=Instant)
    settled_at: datetime | None = Field(default=None, sa_type=Instant)
    settled_by: str | None = None
    done: bool = False  # confirmed, and done; otherwise it was turned down or taken back

    @property
    def number(self) -> int:
        """What it is called by within its cycle."""
        return int(self.id.rpartition("?")[2])


def open_proposals(session: Session, cycle_id: str) -> Sequence[Proposal]:
    """What waits for a second person, the longest waiting first."""
    waiting = select(Proposal).where(col(Proposal.cycle_id) == cycle_id, col(Proposal.settled_at).is_(None))
    return session.exec(waiting.order_by(col(Proposal.proposed_at), col(Proposal.id))).all()
