"""Which deliveries are due, and whose they are while they are worked on.

A claim is a lease by the machine's clock: when its holder dies, the lease runs out and somebody else takes over.
When a mail is due is by the cycle's clock. The two are never compared with each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import uuid4

from sqlalchemy import String, bindparam, func, type_coerce, update
from sqlmodel import col, or_, select

from models.cycle import Cycle, CycleStatus
from models.notice import Delivery, DeliveryStatus, Notice, NoticeKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Table
    from sqlalchemy.orm import Mapped
    from sqlmodel import Session

LEASE = 300.0
"""Seconds; much longer than one mail can take, so that a lease is renewed long before it runs out."""

MINUTE = 60.0
Values: TypeAlias = dict[str, Any]
"""Columns of a delivery."""
TABLE: Table = Delivery.__table__  # type: ignore[attr-defined]
IN_ORDER = (col(Delivery.next_attempt_at), col(Delivery.notice_id))
STILL_QUEUED = type_coerce(col(Delivery.status), String).concat("") == str(DeliveryStatus.QUEUED)
"""For rows that are found by their keys: with the plain column SQLite goes through all that wait, by their index."""


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
    session: Session, *, owner: str, now: datetime, wall: float, cycle_id: str | None, limit: int, newest: bool = False
) -> tuple[str, list[Delivery]]:
    """Take up to `limit` due deliveries, the longest waiting or the newest first. Returns the claim's name and them.

    Two claims at once never take the same row: SQLite has one writer at a time, and PostgreSQL passes over rows that
    another claim has locked.
    """
    name = f"{owner}:{uuid4().hex}"
    free = (
        select(Delivery.notice_id)
        .where(*_is_due(now, cycle_id), is_free(col(Delivery.lease_until), wall))
        .order_by(*([column.desc() for column in IN_ORDER] if newest else IN_ORDER))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = list(session.exec(free))
    if len(ids) == limit:
        ids += _siblings(session, ids, now, wall)
    if not ids:
        return name, []
    carried = col(Delivery.carried_by).in_(ids) & STILL_QUEUED
    session.execute(update(Delivery).where(carried).values(lease_owner=name, lease_until=wall + LEASE))
    taking = update(Delivery).where(
        col(Delivery.notice_id).in_(ids),
        STILL_QUEUED,
        is_free(col(Delivery.lease_until), wall),
    )
    session.execute(taking.values(lease_owner=name, lease_until=wall + LEASE))
    mine = select(Delivery).where(col(Delivery.notice_id).in_(ids), col(Delivery.lease_owner) == name)
    return name, list(session.exec(mine.order_by(col(Delivery.next_attempt_at), col(Delivery.notice_id))))


def _siblings(session: Session, ids: list[str], now: datetime, wall: float) -> list[str]:
    """Reminders that are due to the same people as the claimed ones, beyond the limit: they may be one mail."""
    reminded = select(Notice.person_id).where(col(Notice.id).in_(ids), col(Notice.kind) == NoticeKind.REMINDED)
    claimed = set(session.exec(reminded))
    if not claimed:
        return []
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


def store(session: Session, name: str, kept: Sequence[Values]) -> None:
    """Keep mails with their deliveries, before they are attempted: columns, each with its `notice_id`."""
    for alike in _alike(kept):
        _write(session, name, alike)


def _alike(values: Sequence[Values]) -> Iterator[list[Values]]:
    """Those that name the same columns together: one statement writes all of them."""
    found: dict[tuple[str, ...], list[Values]] = {}
    for one in values:
        found.setdefault(tuple(sorted(one)), []).append(one)
    yield from found.values()


def _write(session: Session, name: str, alike: Sequence[Values]) -> None:
    """What is still held under the claim; the parameters of one statement, run for each."""
    columns: Values = {column: bindparam(f"new_{column}") for column in alike[0] if column != "notice_id"}
    held = (TABLE.c.notice_id == bindparam("new_notice_id"), TABLE.c.lease_owner == bindparam("holder"))
    parameters = [{"holder": name, **{f"new_{key}": value for key, value in one.items()}} for one in alike]
    session.connection().execute(update(TABLE).where(*held).values(columns), parameters)


def carry(session: Session, name: str, lead: str, carried: Sequence[str]) -> None:
    """Write down that the mail of one notice says these others too."""
    mine = update(Delivery).where(col(Delivery.notice_id).in_(carried), col(Delivery.lease_owner) == name)
    session.execute(mine.values(carried_by=lead, raw=None, lease_owner=None, lease_until=0.0))


def settle(session: Session, name: str, results: Sequence[tuple[str, Values]]) -> dict[str, int]:
    """Write down what became of mails and let them go. Of how many notices each was; what is not ours is left out."""
    ids = [notice_id for notice_id, _ in results]
    mine = select(Delivery.notice_id).where(col(Delivery.notice_id).in_(ids), col(Delivery.lease_owner) == name)
    held = set(session.exec(mine.with_for_update()))
    freed = {"lease_owner": None, "lease_until": 0.0}
    store(session, name, [{"notice_id": key, **values, **freed} for key, values in results if key in held])
    said_by = select(Delivery.carried_by).where(col(Delivery.carried_by).in_(held), STILL_QUEUED).distinct()
    leads = set(session.exec(said_by))
    return {key: 1 + (_settle_carried(session, key, values) if key in leads else 0)
            for key, values in results if key in held}  # fmt: skip


def _settle_carried(session: Session, lead: str, values: Values) -> int:
    """The others that a digest says end as its own does; of how many that is so."""
    of_it = {"lease_owner": None, "lease_until": 0.0}
    if values.get("status") is not DeliveryStatus.QUEUED:
        of_it |= {key: value for key, value in values.items() if key != "carried_by"}
    carried = update(Delivery).where(col(Delivery.carried_by) == lead, STILL_QUEUED)
    return int(session.execute(carried.values(**of_it)).rowcount)  # type: ignore[attr-defined]


def forget(session: Session, gone: Callable[[str], bool]) -> None:
    """Let go of what holders had claimed that are `gone`; it is told the name of each claim."""
    held = select(Delivery.lease_owner).where(col(Delivery.lease_owner).is_not(None)).distinct()  # very few
    names = [name for name in session.exec(held) if name and gone(name)]
    if names:
        theirs = update(Delivery).where(col(Delivery.lease_owner).in_(names))
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
