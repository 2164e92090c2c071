"""Registers in which much waits: a phase that was really opened, and so many rows like it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert
from sqlmodel import col, select

from bench.work import begin, cycle_of
from models.journal import PhaseRun
from models.phase import Phase

if TYPE_CHECKING:
    from models.register import Register

SLUG = "planted"
BATCH = 10_000


def plant(register: Register, waiting: int, due: int = 0) -> None:
    """So many phases that wait for a day to come, and so many whose look has come; a look does not ask for steps."""
    now = datetime.now(UTC)
    begin(register, cycle_of(1, 1), SLUG, now)
    with register.read() as session:
        phase = session.exec(select(Phase).where(col(Phase.cycle_id) == SLUG)).one()
    later = [now + timedelta(days=1 + number % 400) for number in range(waiting)]
    wakes = [*later, *[now - timedelta(minutes=1)] * due]
    for start in range(0, len(wakes), BATCH):
        rows = [_like(phase, start + number, wake) for number, wake in enumerate(wakes[start : start + BATCH])]
        runs = [{"phase_id": row["id"], "flow_run_id": f"run-{row['id']}", "stale": False} for row in rows]
        with register.operate() as session:
            session.execute(insert(Phase), rows)
            session.execute(insert(PhaseRun), runs)


def _like(phase: Phase, number: int, wake: datetime) -> dict[str, Any]:
    return phase.model_dump() | {"id": f"{phase.id}-{number}", "key": f"{phase.key}-{number}", "wake_at": wake}
