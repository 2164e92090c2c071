"""Which deliveries are due, and whose they are while they are worked on.

A claim is a lease by the machine's clock: when its holder dies, the lease runs out and somebody else takes over.
When a mail is due is by the cycle's clock. The two are never compared with each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import func, update
from sqlmodel import col, or_, select

from models.cycle import Cycle, CycleStatus
from models.notice import Delivery, DeliveryStatus, Notice, NoticeKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Mapped
    from sqlmodel import Session

LEASE = 300.0
"""Seconds; much longer than one mail can take, so that a lease is renewed long before it runs out."""

MINUTE = 60.0


def _is_due(now: datetime, cycle_id: str | None) -> list[Any]:
    held = select(Cycle.id).where(col(Cycle.status) == CycleStatus.HELD)
    conditions = [
        col(Delivery.status) == DeliveryStatus.QUEUED,
        col(Delivery.next_attempt_at) <= now,
        col(Delivery.cycle_id).not_in(held),
        col(Delivery.carried_by).is_(None),  # a digest carries it, and is due itself
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
        .where(*_is_due(now, cycle_id), is_free(col(Delivery.lease_until), wall))
        .order_by(col(Delivery.next_attempt_at), col(Delivery.notice_id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = list(session.exec(free))
    if len(ids) == limit:
        ids += _siblings(session, ids, now, wall)
    if not ids:
        return name, []
    carried = col(Delivery.carried_by).in_(ids) & (col(Delivery.status) == DeliveryStatus.QUEUED)
    session.execute(update(Delivery).where(carried).values(lease_owner=name, lease_until=wall + LEASE))
    taking = update(Delivery).where(
        col(Delivery.notice_id).in_(ids),
        col(Delivery.status) == DeliveryStatus.QUEUED,
        is_free(col(Delivery.lease_until), wall),
    )
    session.execute(taking.values(lease_owner=name, lease_until=wall + LEASE))
    mine = select(Delivery).where(col(Delivery.notice_id).in_(ids), col(Delivery.lease_owner) == name)
    return name, list(session.exec(mine.order_by(col(Delivery.next_attempt_at), col(Delivery.notice_id))))


def _siblings(session: Session, ids: list[str], now: datetime, wall: float) -> list[str]:
    """Reminders that are due to the same people as the claimed ones, beyond the limit: they may be one mail."""
    claimed = select(Notice.person_id).where(col(Notice.id).in_(ids), col(Notice.kind) == NoticeKind.REMINDED)
    more = (
        select(Delivery.notice_id)
        .join(Notice, col(Notice.id) == Delivery.notice_id)
        .where(*_is_due(now, None), is_free(col(Delivery.lease_until), wall), col(Delivery.notice_id).not_in(ids))
        .where(col(Notice.kind) == NoticeKind.REMINDED, col(Notice.person_id).in_(claimed))
        .order_by(col(Delivery.notice_id))
    )
    return list(session.exec(more))


def is_free(lease_until: Mapped[float], wall: float) -> ColumnElement[bool]:
    """Whether nobody holds it: its lease is over, or was taken before the machine's clock was set back.

    Twice a lease ahead, because `wall` was read before the turn to write came, and others have read theirs later.
    """
    return or_(lease_until < wall, lease_until > wall + 2 * LEASE)


def allowance(session: Session, rate: int | None, wall: float, limit: int) -> int:
    """How many mails may be claimed so that no more than `rate` go in any minute, by all senders together."""
    if rate is None:
        return limit
    tried = col(Delivery.tried_wall).between(wall - MINUTE, wall + LEASE)
    held = (col(Delivery.status) == DeliveryStatus.QUEUED) & ~is_free(col(Delivery.lease_until), wall)
    counted = select(func.count()).select_from(Delivery).where(tried | held, col(Delivery.carried_by).is_(None))
    return max(0, min(limit, rate - session.exec(counted).one()))


def renew(session: Session, name: str, *, wall: float) -> bool:
    """Hold what is left of a claim for longer; False when it has run out, and may be somebody else's."""
    mine = update(Delivery).where(col(Delivery.lease_owner) == name, col(Delivery.lease_until) >= wall)
    return bool(session.execute(mine.values(lease_until=wall + LEASE)).rowcount)  # type: ignore[attr-defined]


def store(session: Session, name: str, notice_id: str, **values: Any) -> None:
    """Keep the mail with its delivery, before it is attempted."""
    mine = update(Delivery).where(col(Delivery.notice_id) == notice_id, col(Delivery.lease_owner) == name)
    session.execute(mine.values(**values))


def carry(session: Session, name: str, lead: str, carried: Sequence[str]) -> None:
    """Write down that the mail of one notice says these others too."""
    mine = update(Delivery).where(col(Delivery.notice_id).in_(carried), col(Delivery.lease_owner) == name)
    session.execute(mine.values(carried_by=lead, raw=None, lease_owner=None, lease_until=0.0))


def settle(session: Session, name: str, notice_id: str, **values: Any) -> int:
    """Write down what became of a mail and let it go. Returns of how many notices that was; 0 when it is not ours."""
    mine = update(Delivery).where(col(Delivery.notice_id) == notice_id, col(Delivery.lease_owner) == name)
    done = session.execute(mine.values(lease_owner=None, lease_until=0.0, **values))
    if not done.rowcount:  # type: ignore[attr-defined]
        return 0
    of_it = {"lease_owner": None, "lease_until": 0.0}
    if values.get("status") is not DeliveryStatus.QUEUED:
        of_it |= {key: value for key, value in values.items() if key != "carried_by"}
    waiting = col(Delivery.status) == DeliveryStatus.QUEUED
    carried = update(Delivery).where(col(Delivery.carried_by) == notice_id, waiting)
    return 1 + int(session.execute(carried.values(**of_it)).rowcount)  # type: ignore[attr-defined]


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
        .where(col(Delivery.carried_by).is_(None))
        .order_by(col(Delivery.next_attempt_at))
        .limit(1)
    )
    return session.exec(waiting).first()
