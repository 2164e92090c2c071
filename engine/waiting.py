"""The work that waits in the register, in figures: for the doctor, and for whoever watches over an installation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlmodel import col, func, select

from models.cycle import Cycle, CycleStatus
from models.notice import Delivery, DeliveryStatus, Notice
from models.phase import Phase, PhaseStatus

if TYPE_CHECKING:
    from sqlmodel import Session

NONE = timedelta(0)


@dataclass(frozen=True)
class Work:
    """What waits, by the cycles' clock. Lags are zero where nothing is due."""

    waiting: int  # phases that are open, or planned for a later day
    due: int  # phases whose look has come
    lag: timedelta  # since the look of the longest waiting of them
    queued: int  # mails
    mail_lag: timedelta  # since the longest waiting mail should have gone out
    undeliverable: int
    mail_error: str | None  # what the server said of that mail


def waiting_work(session: Session, now: datetime) -> Work:
    """Count what waits at `now`; it costs a few reads of indexes."""
    open_phases = col(Phase.status).in_((PhaseStatus.OPEN, PhaseStatus.PLANNED))
    waiting = session.exec(select(func.count()).select_from(Phase).where(open_phases)).one()
    due, first = session.exec(select(func.count(), func.min(Phase.wake_at)).where(col(Phase.wake_at) <= now)).one()
    status = func.count().filter
    queued = col(Delivery.status) == DeliveryStatus.QUEUED
    failed = col(Delivery.status) == DeliveryStatus.FAILED
    mails, undeliverable = session.exec(select(status(queued), status(failed)).select_from(Delivery)).one()
    owed_from, said = _oldest_mail(session, now)
    return Work(
        waiting, due, _since(first, now), mails,
        _since(owed_from, now), undeliverable, said,
    )  # fmt: skip


def _oldest_mail(session: Session, now: datetime) -> tuple[datetime | None, str | None]:
    """Since when the longest waiting mail is owed, and what the server said of it.

    An attempt that fails puts the next one off, so that it does not tell how long somebody has been waiting. Mails of
    held cycles wait because somebody wants it.
    """
    held = select(Cycle.id).where(col(Cycle.status) == CycleStatus.HELD)
    # What is owed is due, or has been put off by an attempt that failed: an index leads to either.
    owed = (col(Delivery.next_attempt_at) <= now) | col(Delivery.trouble_since).is_not(None)
    late: list[Any] = [col(Delivery.status) == DeliveryStatus.QUEUED, owed, col(Notice.send_from) <= now]
    query = (
        select(Notice.send_from, Delivery.response)
        .join(Delivery, col(Delivery.notice_id) == col(Notice.id))
        .where(*late, col(Delivery.cycle_id).not_in(held), col(Delivery.carried_by).is_(None))
        .order_by(col(Notice.send_from))
    )
    return session.exec(query.limit(1)).first() or (None, None)


def _since(instant: datetime | None, now: datetime) -> timedelta:
    return NONE if instant is None else max(NONE, now - instant)
