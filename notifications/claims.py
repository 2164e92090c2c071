"""Which deliveries are due, and whose they are while they are worked on.

A claim is a lease by the machine's clock: when its holder dies, the lease runs out and somebody else takes over.
When a mail is due is by the cycle's clock. The two are never compared with each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import func, update
from sqlmodel import col, select

from models.cycle import Cycle, CycleStatus
from models.notice import Delivery, DeliveryStatus

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlmodel import Session

LEASE = 300.0
"""Seconds; much longer than one mail can take, so that a lease is renewed long before it runs out."""


def _is_due(now: datetime, cycle_id: str | None) -> list[Any]:
    held = select(Cycle.id).where(col(Cycle.status) == CycleStatus.HELD)
    conditions = [
        col(Delivery.status) == DeliveryStatus.QUEUED,
        col(Delivery.next_attempt_at) <= now,
        col(Delivery.cycle_id).not_in(held),
    ]
    return [*conditions, col(Delivery.cycle_id) == cycle_id] if cycle_id else conditions


def claim(
    session: Session, *, owner: str, now: datetime, wall: float, cycle_id: str | None, limit: int
) -> tuple[str, list[Delivery]]:
    """Take up to `limit` due deliveries, the longest waiting first. Returns the claim's name and the deliveries.

    Two claims at once never take the same row: SQLite has one writer at a time, and PostgreSQL passes over rows that
    another claim has locked.
    """
    name = f"{owner}:{uuid4().hex}"
    free = (
        select(Delivery.notice_id)
        .where(*_is_due(now, cycle_id), col(Delivery.lease_until) < wall)
        .order_by(col(Delivery.next_attempt_at), col(Delivery.notice_id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = list(session.exec(free))
    if not ids:
        return name, []
    taking = update(Delivery).where(
        col(Delivery.notice_id).in_(ids),
        col(Delivery.status) == DeliveryStatus.QUEUED,
        col(Delivery.lease_until) < wall,
    )
    session.execute(taking.values(lease_owner=name, lease_until=wall + LEASE))
    mine = select(Delivery).where(col(Delivery.notice_id).in_(ids), col(Delivery.lease_owner) == name)
    return name, list(session.exec(mine.order_by(col(Delivery.next_attempt_at), col(Delivery.notice_id))))


def renew(session: Session, name: str, *, wall: float) -> bool:
    """Hold what is left of a claim for longer; False when it has run out, and may be somebody else's."""
    mine = update(Delivery).where(col(Delivery.lease_owner) == name, col(Delivery.lease_until) >= wall)
    return bool(session.execute(mine.values(lease_until=wall + LEASE)).rowcount)  # type: ignore[attr-defined]


def store(session: Session, name: str, notice_id: str, **values: Any) -> None:
    """Keep the mail with its delivery, before it is attempted."""
    mine = update(Delivery).where(col(Delivery.notice_id) == notice_id, col(Delivery.lease_owner) == name)
    session.execute(mine.values(**values))


def settle(session: Session, name: str, notice_id: str, **values: Any) -> bool:
    """Write down what became of one delivery and let it go; False when it is no longer ours."""
    mine = update(Delivery).where(col(Delivery.notice_id) == notice_id, col(Delivery.lease_owner) == name)
    done = session.execute(mine.values(lease_owner=None, lease_until=0.0, **values))
    return bool(done.rowcount)  # type: ignore[attr-defined]


def forget(session: Session, gone: Callable[[str], bool]) -> None:
    """Let go of what holders had claimed that are `gone`; it is told the name of each claim."""
    waiting = col(Delivery.status) == DeliveryStatus.QUEUED
    held = select(Delivery.lease_owner).where(waiting, col(Delivery.lease_owner).is_not(None)).distinct()
    names = [name for name in session.exec(held) if name and gone(name)]
    theirs = update(Delivery).where(waiting, col(Delivery.lease_owner).in_(names))
    session.execute(theirs.values(lease_owner=None, lease_until=0.0))


def due(session: Session, now: datetime, cycle_id: str | None, limit: int) -> list[Delivery]:
    """What is due, without a claim: for a register that nobody else sees."""
    query = select(Delivery).where(*_is_due(now, cycle_id))
    return list(session.exec(query.order_by(col(Delivery.next_attempt_at), col(Delivery.notice_id)).limit(limit)))


def count_due(session: Session, now: datetime, cycle_id: str | None) -> int:
    """How many deliveries are due, claimed ones included."""
    return session.exec(select(func.count()).select_from(Delivery).where(*_is_due(now, cycle_id))).one()


def earliest(session: Session) -> datetime | None:
    """When the next queued delivery is due, by the cycle's clock; held cycles do not count."""
    held = select(Cycle.id).where(col(Cycle.status) == CycleStatus.HELD)
    waiting = (
        select(Delivery.next_attempt_at)
        .where(col(Delivery.status) == DeliveryStatus.QUEUED, col(Delivery.cycle_id).not_in(held))
        .order_by(col(Delivery.next_attempt_at))
        .limit(1)
    )
    return session.exec(waiting).first()
