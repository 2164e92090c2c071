"""Registers in which much waits: a phase that was really opened, and so many rows like it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert
from sqlmodel import col, select

from bench.work import begin, cycle_of
from models.journal import PhaseRun
from models.notice import Delivery, DeliveryStatus, Notice, NoticeKind
from models.phase import Phase

if TYPE_CHECKING:
    from sqlmodel import SQLModel

    from models.register import Register

SLUG = "planted"
BATCH = 10_000


def plant(register: Register, waiting: int, due: int = 0) -> None:
    """So many phases that wait for a day to come, and so many whose look has come; a look does not ask for steps.

    Each has written to one person: to one in ten the mail is to go another day, to the others it has gone.
    """
    now = datetime.now(UTC)
    begin(register, cycle_of(1, 1), SLUG, now)
    with register.read() as session:
        phase = session.exec(select(Phase).where(col(Phase.cycle_id) == SLUG)).one()
        notice = session.exec(select(Notice).where(col(Notice.cycle_id) == SLUG)).first()
    assert notice is not None
    later = [now + timedelta(days=1 + number % 400) for number in range(waiting)]
    wakes = [*later, *[now - timedelta(minutes=1)] * due]
    for start in range(0, len(wakes), BATCH):
        numbered = list(enumerate(wakes[start : start + BATCH], start))
        phases = [_like(phase, number, wake_at=wake, key=f"{phase.key}-{number}") for number, wake in numbered]
        runs = [{"phase_id": row["id"], "flow_run_id": f"run-{row['id']}", "stale": False} for row in phases]
        notices = [_like(notice, number, kind=NoticeKind.INFORMED, subject_id=str(number)) for number, _ in numbered]
        mails = [_mail(number, notice["id"], now) for (number, _), notice in zip(numbered, notices, strict=True)]
        with register.operate() as session:
            for table, rows in ((Phase, phases), (PhaseRun, runs), (Notice, notices), (Delivery, mails)):
                session.execute(insert(table), rows)


def _like(row: SQLModel, number: int, **other: Any) -> dict[str, Any]:
    known = row.model_dump()
    return {**known, "id": f"{known['id']}-{number}", **other}


def _mail(number: int, notice_id: str, now: datetime) -> dict[str, Any]:
    waits = number % 10 == 0
    return {
        "notice_id": notice_id, "cycle_id": SLUG, "message_id": f"<planted-{number}@samsyn.example>",
        "status": DeliveryStatus.QUEUED if waits else DeliveryStatus.SENT,
        "next_attempt_at": now + timedelta(days=1 + number % 400) if waits else now - timedelta(days=1),
        "attempts": 0 if waits else 1, "sent_at": None if waits else now - timedelta(days=1),
    }  # fmt: skip
