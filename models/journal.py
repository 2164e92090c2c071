"""The journal's rows, and the operational rows beside the register."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from models.base import Instant, Row, index_where


class JournalEntry(Row, table=True):
    """One change, chained to the one before it. `body` is canonical JSON: events, rows and reason."""

    __tablename__ = "journal"

    cycle_id: str = Field(primary_key=True, foreign_key="cycle.id")
    seq: int = Field(primary_key=True)
    at: datetime = Field(sa_type=Instant)
    actor: str
    event: str
    body: str
    previous: str
    hash: str


class PhaseRun(Row, table=True):
    """How a phase is being run: its Prefect run, who holds it, and how passes have gone.

    Operational: it may be lost with no harm but an extra pass. Leases are in seconds since the epoch by the
    machine's clock, because a stepped cycle clock must not make them expire.
    """

    __tablename__ = "phase_run"
    __table_args__ = (index_where("ix_phase_run_held", "lease_owner", where="lease_owner IS NOT NULL"),)

    phase_id: str = Field(primary_key=True, foreign_key="phase.id")
    flow_run_id: str | None = None
    artifact_id: str | None = None
    stale: bool = Field(default=True, index=True)  # the artifact shows less than the register knows
    passes: int = 0
    lease_owner: str | None = None
    lease_until: float = 0.0
    failures: int = 0
    not_before: float = 0.0
    last_error: str | None = None


class ClockRow(Row, table=True):
    """The stepped clock that the processes of one installation share; no row means the system's clock."""

    __tablename__ = "clock"

    id: int = Field(primary_key=True)
    now: datetime = Field(sa_type=Instant)
