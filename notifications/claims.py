"""Which deliveries are due, and whose they are while they are worked on.

A claim is a lease by the machine's clock: when its holder dies, the lease runs out and somebody else takes over.
When a mail is due is by the cycle's clock. The two are never compared with each other.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import uuid4

from sqlalchemy import Float, Integer, String, bindparam, func, type_coerce, update
from sqlalchemy import select as select_values
from sqlmodel import col, or_, select

from models.cycle import Cycle, CycleStatus
from models.notice import Delivery, DeliveryStatus, Notice, NoticeKind
from models.rows import Query, Statement, Write, among, is_among, rows_among, write

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
STILL_QUEUED = type_coerce(TABLE.c.status, String).concat("") == str(DeliveryStatus.QUEUED)
"""For rows that are found by their keys: with the plain column SQLite goes through all that wait, by their index."""


OWN: Any = (TABLE.c.notice_id == bindparam("notice"), TABLE.c.lease_owner == bindparam("holder"))
"""A delivery that is held under a claim."""


def _is_due(now: Any, cycle_id: Any = None) -> list[Any]:
    held = select(Cycle.id).where(col(Cycle.status) == CycleStatus.HELD)
    conditions = [
        col(Delivery.status) == DeliveryStatus.QUEUED,
        col(Delivery.next_attempt_at) <= now,
        col(Delivery.cycle_id).not_in(held),
        col(Delivery.carried_by).is_(None),  # a digest carries it, and is due itself
    ]
    return conditions if cycle_id is None else [*conditions, col(Delivery.cycle_id) == cycle_id]


def is_free(lease_until: Mapped[float], wall: Any) -> ColumnElement[bool]:
    """Whether nobody holds it: its lease is over, or was taken before the machine's clock was set back.

    Twice a lease ahead, because `wall` was read before the turn to write came, and others have read theirs later.
    """
    return or_(lease_until < wall, lease_until > wall + 2 * LEASE)


NOW: Any = bindparam("now")
OF_CYCLE: Any = bindparam("cycle")
WALL: Any = bindparam("wall", type_=Float())
FREE = is_free(col(Delivery.lease_until), WALL)
HELD = {"lease_owner": bindparam("holder"), "lease_until": bindparam("until", type_=Float())}
TAKE = Statement(update(TABLE).where(TABLE.c.notice_id == bindparam("notice"), STILL_QUEUED, FREE).values(HELD))
TAKE_CARRIED = Statement(update(TABLE).where(TABLE.c.carried_by == bindparam("notice"), STILL_QUEUED).values(HELD))


@cache
def _that_are_free(*, of_cycle: bool, newest: bool) -> Query:
    free = select_values(col(Delivery.notice_id)).where(*_is_due(NOW, OF_CYCLE if of_cycle else None), FREE)
    in_order = free.order_by(*([column.desc() for column in IN_ORDER] if newest else IN_ORDER))
    return Query(in_order.limit(bindparam("most", type_=Integer())).with_for_update(skip_locked=True))


@cache
def _due_ones(*, of_cycle: bool) -> Query:
    counted = select_values(func.count().label("number")).select_from(Delivery)
    return Query(counted.where(*_is_due(NOW, OF_CYCLE if of_cycle else None)))


@cache
def _own(number: int) -> Query:
    """Which of so many deliveries are held under a claim."""
    own = select_values(TABLE.c.notice_id).where(
        is_among(TABLE.c.notice_id, number), TABLE.c.lease_owner == bindparam("holder")
    )
    return Query(own.with_for_update())


@cache
def _leads(number: int) -> Query:
    """Which of so many notices have a mail that says others too."""
    carried = select_values(TABLE.c.carried_by).where(is_among(TABLE.c.carried_by, number), STILL_QUEUED)
    return Query(carried.distinct())


@cache
def _storing(columns: frozenset[str]) -> Statement:
    new = {name: bindparam(name, type_=TABLE.c[name].type) for name in sorted(columns)}
    return Statement(update(TABLE).where(*OWN).values(new))


def claim(
    session: Session, *, owner: str, now: datetime, wall: float, cycle_id: str | None, limit: int, newest: bool = False
) -> tuple[str, list[Delivery]]:
    """Take up to `limit` due deliveries, the longest waiting or the newest first. Returns the claim's name and them.

    Two claims at once never take the same row: SQLite has one writer at a time, and PostgreSQL passes over rows that
    another claim has locked.
    """
    name, connection = f"{owner}:{uuid4().hex}", session.connection()
    free = _that_are_free(of_cycle=cycle_id is not None, newest=newest)
    values = {"now": now, "wall": wall, "cycle": cycle_id, "most": limit}
    ids = [str(found.values["notice_id"]) for found in free.all(connection, values)]
    if len(ids) == limit:
        ids += _siblings(session, ids, now, wall)
    if not ids:
        return name, []
    taken = [{"notice": one, "holder": name, "until": wall + LEASE, "wall": wall} for one in ids]
    write(connection, [Write(TAKE_CARRIED, taken), Write(TAKE, taken)])
    mine = [row for row in rows_among(connection, Delivery, "notice_id", ids) if row.lease_owner == name]
    return name, sorted(mine, key=_in_order)


def _in_order(row: Delivery) -> tuple[datetime, str]:
    return row.next_attempt_at, row.notice_id


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
    writes = [
        Write(
            _storing(frozenset(alike[0]) - {"notice_id"}),
            [{**one, "notice": one["notice_id"], "holder": name} for one in alike],
        )
        for alike in _alike(kept)
    ]
    write(session.connection(), writes)


def _alike(values: Sequence[Values]) -> Iterator[list[Values]]:
    """Those that name the same columns together: one statement writes all of them."""
    found: dict[tuple[str, ...], list[Values]] = {}
    for one in values:
        found.setdefault(tuple(sorted(one)), []).append(one)
    yield from found.values()


def carry(session: Session, name: str, lead: str, carried: Sequence[str]) -> None:
    """Write down that the mail of one notice says these others too."""
    mine = update(Delivery).where(col(Delivery.notice_id).in_(carried), col(Delivery.lease_owner) == name)
    session.execute(mine.values(carried_by=lead, raw=None, lease_owner=None, lease_until=0.0))


def settle(session: Session, name: str, results: Sequence[tuple[str, Values]]) -> dict[str, int]:
    """Write down what became of mails and let them go. Of how many notices each was; what is not ours is left out."""
    if not results:
        return {}
    connection, (number, ids) = session.connection(), among([notice_id for notice_id, _ in results])
    held = {one.values["notice_id"] for one in _own(number).all(connection, {**ids, "holder": name})}
    freed = {"lease_owner": None, "lease_until": 0.0}
    store(session, name, [{"notice_id": key, **values, **freed} for key, values in results if key in held])
    leads = {one.values["carried_by"] for one in _leads(number).all(connection, ids)}
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
    counted = _due_ones(of_cycle=cycle_id is not None).first(session.connection(), {"now": now, "cycle": cycle_id})
    return int(counted.values["number"]) if counted else 0


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
