"""Leases on phases: who may run the next pass.

A dispatcher claims a due phase, the pass that it starts takes the claim over, and the worker renews the leases of its
running passes. A lease that has run out means that its holder is gone. Leases are in seconds by the machine's clock;
one that ends much further ahead than any is given was taken before that clock was set back, and holds nobody up.

A holder that was only stopped for a while cannot know that it was taken for gone. So each change that it makes asks
first, in the same transaction, whether the lease is still its own (`fence`).

A lease is given back when a pass has done its work and its run in Prefect says so. One that ends in another way runs
out: somebody died, or failed, or Prefect was away. Such a phase is looked at again, also when it is not due: a pass
that finds nothing to do sets its run right.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, update
from sqlalchemy import select as select_values
from sqlmodel import col, or_, select

from models.journal import PhaseRun
from models.phase import Phase, PhaseStatus
from models.rows import Query

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlmodel import Session

    from models.change import Change
    from models.register import Register

CLAIM = 30.0
"""How long a dispatched phase waits for a free lane before somebody looks again."""
HOLD = 15.0
"""How long a pass may be silent before it is taken for dead; a living worker renews every third of it."""
BACKOFF = (2.0, 5.0, 15.0, 60.0, 300.0)
"""Pauses after failed passes; the last one repeats."""

SET_BACK = 120.0
"""Less than this the machine's clock has not been set back: so much may lie between reading it and a turn to write."""

HOLDER = Query(
    select_values(col(PhaseRun.lease_owner)).where(col(PhaseRun.phase_id) == bindparam("phase")).with_for_update()
)
"""Who has a phase, and nobody else until the transaction is over."""


class LeaseLost(Exception):  # noqa: N818 - what has happened
    """Another has taken the phase over; nothing of what this pass still wanted to write has been written."""


@dataclass(frozen=True)
class Claimed:
    """A phase that this dispatcher is to see to."""

    phase_id: str
    flow_run_id: str | None
    owner: str
    status: PhaseStatus = PhaseStatus.OPEN


class Leases:
    """The leases in one register, as one worker sees them."""

    def __init__(self, register: Register, worker: str) -> None:
        self._register = register
        self.worker = worker
        self._running: set[str] = set()
        self._lock = Lock()

    def claim_due(self, now: datetime, wall: float, limit: int = 20) -> list[Claimed]:
        """Claim phases whose look has come, or whose lease has run out, and that nobody holds.

        `now` is the cycle's clock, `wall` the machine's.
        """
        if not self._any_due(now, wall):
            return []
        owner = f"dispatch:{self.worker}"
        with self._register.operate() as session:
            due = (
                select(Phase, PhaseRun)
                .join(PhaseRun, col(PhaseRun.phase_id) == col(Phase.id), isouter=True)
                .where(col(Phase.wake_at) <= now, or_(col(PhaseRun.phase_id).is_(None), _free(wall)))
                .order_by(col(Phase.wake_at), col(Phase.ordinal))
                .limit(limit)
            )
            left = select(Phase, PhaseRun).join(PhaseRun, col(PhaseRun.phase_id) == col(Phase.id)).where(_left(wall))
            free = {phase.id: (phase, run) for phase, run in (*session.exec(due), *session.exec(left.limit(limit)))}
            # In one order, so that no two who take several wait for each other.
            won = {phase_id for phase_id in sorted(free) if self._claim(session, phase_id, wall)}
            return [
                Claimed(phase_id, run.flow_run_id if run else None, owner, phase.status)
                for phase_id, (phase, run) in free.items()
                if phase_id in won
            ]

    def _claim(self, session: Session, phase_id: str, wall: float) -> bool:
        """Whether nobody else was faster."""
        if session.get(PhaseRun, phase_id) is None:
            session.add(PhaseRun(phase_id=phase_id))
            session.flush()
        claiming = update(PhaseRun).where(col(PhaseRun.phase_id) == phase_id, _free(wall))
        values = claiming.values(lease_owner=f"dispatch:{self.worker}", lease_until=wall + CLAIM)
        return session.connection().execute(values).rowcount > 0

    def _any_due(self, now: datetime, wall: float) -> bool:
        """A look without a lock: nearly always there is nothing."""
        query = (
            select(Phase.id)
            .join(PhaseRun, col(PhaseRun.phase_id) == col(Phase.id), isouter=True)
            .where(col(Phase.wake_at) <= now, or_(col(PhaseRun.phase_id).is_(None), _free(wall)))
            .limit(1)
        )
        with self._register.read() as session:
            due = session.exec(query).first() is not None
            return due or session.exec(select(PhaseRun.phase_id).where(_left(wall)).limit(1)).first() is not None

    def take(self, phase_id: str, owner: str, wall: float) -> bool:
        """A pass begins: it takes over a dispatcher's claim or a free lease. False when another pass is running."""
        free = or_(_free(wall), col(PhaseRun.lease_owner).startswith("dispatch:"))
        with self._register.operate() as session:
            if session.get(PhaseRun, phase_id) is None:
                session.add(PhaseRun(phase_id=phase_id))
                session.flush()
            taking = update(PhaseRun).where(col(PhaseRun.phase_id) == phase_id, free)
            taken = session.connection().execute(taking.values(lease_owner=owner, lease_until=wall + HOLD))
        if taken.rowcount > 0:
            with self._lock:
                self._running.add(owner)
        return taken.rowcount > 0

    def fence(self, change: Change, phase_id: str, owner: str) -> None:
        """See that a pass that is about to write still holds its phase; the answer holds until the change is over.

        Raises:
            LeaseLost: it was taken for gone, and another may have done its work.
        """
        held = HOLDER.first(change.connection, {"phase": phase_id})
        if held is None or held.values["lease_owner"] != owner:
            raise LeaseLost(f"{phase_id} has been taken over from {owner}")

    def renew(self, wall: float) -> None:
        """Keep the leases of this worker's running passes; not of one that is over and could not write that down."""
        with self._lock:
            running = sorted(self._running)
        if not running:
            return
        mine = update(PhaseRun).where(col(PhaseRun.lease_owner).in_(running))
        with self._register.operate() as session:
            session.execute(mine.values(lease_until=wall + HOLD))

    def release(self, phase_id: str, owner: str) -> None:
        """The pass is over and its run suspended or ended."""
        done = {"failures": 0, "not_before": 0.0, "last_error": None, "passes": PhaseRun.passes + 1}
        self._end(phase_id, owner, lease_owner=None, **done)

    def run_out(self, phase_id: str, owner: str) -> None:
        """The pass is over, and its run does not say so: somebody is to look again."""
        self._end(phase_id, owner)

    def fail(self, phase_id: str, owner: str, error: str, wall: float) -> float:
        """The pass failed: it is tried again after a while, longer each time. Returns after how many seconds."""
        with self._register.read() as session:
            run = session.get(PhaseRun, phase_id)
        failures = (run.failures if run else 0) + 1
        pause = BACKOFF[min(failures, len(BACKOFF)) - 1]
        self._end(phase_id, owner, failures=failures, not_before=wall + pause, last_error=error[:1000])
        return pause

    def give_back(self, claimed: Claimed, wall: float, pause: float = 1.0) -> None:
        """Prefect could not be told: somebody looks again after a pause of so many seconds."""
        self._end(claimed.phase_id, claimed.owner, not_before=wall + pause)

    def drop(self, claimed: Claimed) -> None:
        """The phase needs no pass, and its run says so."""
        self._end(claimed.phase_id, claimed.owner, lease_owner=None)

    def remember_run(self, phase_id: str, flow_run_id: str) -> None:
        """Which Prefect run shows this phase."""
        with self._register.operate() as session:
            known = update(PhaseRun).where(col(PhaseRun.phase_id) == phase_id)
            session.execute(known.values(flow_run_id=flow_run_id, artifact_id=None, stale=True))

    def forget(self, gone: Callable[[str], bool]) -> None:
        """What holders have that are `gone` has run out; it is told the name of each."""
        with self._register.operate() as session:
            held = select(PhaseRun.lease_owner).where(col(PhaseRun.lease_owner).is_not(None)).distinct()
            names = [owner for owner in session.exec(held) if owner and gone(owner)]
            if names:
                theirs = update(PhaseRun).where(col(PhaseRun.lease_owner).in_(names))
                session.execute(theirs.values(lease_until=0.0))

    def _end(self, phase_id: str, owner: str, **values: object) -> None:
        with self._lock:
            self._running.discard(owner)
        with self._register.operate() as session:
            held = update(PhaseRun).where(col(PhaseRun.phase_id) == phase_id, col(PhaseRun.lease_owner) == owner)
            session.execute(held.values(lease_until=0.0, **values))


def _left(wall: float) -> ColumnElement[bool]:
    """A lease that has run out, and that nobody has given back."""
    return col(PhaseRun.lease_owner).is_not(None) & _free(wall)


def _free(wall: float) -> ColumnElement[bool]:
    until, not_before = col(PhaseRun.lease_until), col(PhaseRun.not_before)
    over = or_(until < wall, until > wall + max(CLAIM, HOLD) + SET_BACK)
    tried_again = or_(not_before <= wall, not_before > wall + BACKOFF[-1] + SET_BACK)
    return over & tried_again
