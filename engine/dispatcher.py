"""The dispatcher: due phases get a pass.

Level-triggered. It asks the register which phases are due, claims them, and sees to it that each has a Prefect run
that will make a pass. A signal that got lost, a worker that was killed, a run that hangs, a Prefect database that was
deleted: the phase is still due at the next look.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterId,
    TaskRunFilter,
    TaskRunFilterState,
    TaskRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.client.schemas.sorting import TaskRunSort
from prefect.exceptions import ObjectNotFound, PrefectHTTPStatusError
from prefect.states import Cancelled, Completed, Crashed, Scheduled, Suspended
from sqlmodel import col, select

from engine.artifacts import CANCELLED
from engine.pool import ensure_pool_and_deployments
from engine.progress import standing
from models.cycle import Cycle
from models.journal import JournalEntry, PhaseRun
from models.phase import Phase, PhaseStatus
from tasks.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from prefect import Flow
    from prefect.client.orchestration import PrefectClient
    from prefect.client.schemas.objects import FlowRun, State

    from engine.leases import Claimed, Leases
    from models.register import Register

log = logging.getLogger("samsyn.dispatcher")

LOST = "the worker was lost while it did this; if it was not done, it is done again"
"""Said of a task that its worker did not see the end of."""
MOST_LOST = 50
"""Tasks that a lost pass may have left; it did one after the other."""
SHOWN = (PhaseStatus.PLANNED, PhaseStatus.OPEN)
"""Phases that are to have a run also when they need no pass."""
MOST_ANNOUNCED = 20
"""Planned phases that are shown at one look."""
REFUSED = 5.0
"""Seconds before a phase is looked at again whose run Prefect refused to start."""


class Dispatch(StrEnum):
    """What is to be done so that a phase gets its pass."""

    CREATE = "create"  # a run of its own
    RESUME = "resume"  # the suspended or failed run goes on
    FORCE = "force"  # the run says that it is under way, but nobody holds the lease


def what_to_do(state: StateType | None, *, queued: bool = True) -> Dispatch:
    """Decide from the state of the run that shows the phase; None when there is no run.

    A run that is scheduled already, by hand or by a worker that was lost, is the one that goes on; unless it is no
    longer `queued` in a pool, where nobody would take it up: then it gets a successor. So does one that ended without
    the phase having ended, which nobody in the Prefect UI can decide.
    """
    match state:
        case StateType.SCHEDULED if queued:
            return Dispatch.RESUME
        case StateType.PAUSED | StateType.FAILED | StateType.CRASHED:
            return Dispatch.RESUME
        case StateType.PENDING | StateType.RUNNING | StateType.CANCELLING:
            return Dispatch.FORCE
        case _:
            return Dispatch.CREATE


@dataclass(frozen=True)
class Shown:
    """A phase as Prefect is to show it; `beginning` is the hash of its cycle's first journal entry."""

    phase: Phase
    cycle: Cycle
    beginning: str


class Dispatcher:
    """Finds due phases and has Prefect run them."""

    def __init__(
        self, register: Register, leases: Leases, client: PrefectClient, flows: Mapping[str, Flow[..., Any]]
    ) -> None:
        self._register = register
        self._leases = leases
        self._client = client
        self._flows = flows
        self._deployments: dict[str, UUID] = {}

    async def prepare(self) -> None:
        """See that pool and deployments exist."""
        self._deployments = await ensure_pool_and_deployments(self._client, self._flows)

    async def dispatch(self, now: datetime, wall: float) -> int:
        """Start what is due at `now`; returns how many phases that was.

        Raises:
            httpx.HTTPError: Prefect could not be reached. The claims have been given back.
        """
        claimed = await asyncio.to_thread(self._leases.claim_due, now, wall)
        for position, claim in enumerate(claimed):
            try:
                await self._start(claim)
            except (PrefectHTTPStatusError, ObjectNotFound) as refused:  # one phase's trouble stops no other
                log.warning("%s: Prefect refuses: %s", claim.phase_id, refused)
                await asyncio.to_thread(self._leases.give_back, claim, wall, pause=REFUSED)
            except httpx.HTTPError:
                for given_back in claimed[position:]:
                    await asyncio.to_thread(self._leases.give_back, given_back, wall)
                raise
        return len(claimed)

    async def _start(self, claim: Claimed) -> None:
        run = await self._run_of(claim)
        state = run.state.type if run is not None and run.state else None
        if claim.status not in SHOWN:
            await self._set_right(claim, run, state)
            return
        action = what_to_do(state, queued=run is not None and run.work_queue_id is not None)
        if run is None or action is Dispatch.CREATE:
            await self._create(claim)
            return
        forced = action is Dispatch.FORCE
        if forced:
            log.warning("%s: its run was left %s; it is started again", claim.phase_id, state)
            await self._end_lost_tasks(run.id)
        again: State[Any] = Scheduled(message="the worker was lost" if forced else "due")
        await self._client.set_flow_run_state(run.id, again, force=forced)

    async def _set_right(self, claim: Claimed, run: FlowRun | None, state: StateType | None) -> None:
        """A phase that is over needs no pass: its run says that it is."""
        if run is not None and state not in (StateType.COMPLETED, StateType.CANCELLED):
            await self._end_lost_tasks(run.id)
            await self._client.set_flow_run_state(run.id, self._how_it_ended(claim), force=True)
        await asyncio.to_thread(self._leases.drop, claim)

    def _how_it_ended(self, claim: Claimed) -> State[Any]:
        if claim.status is PhaseStatus.CANCELLED:
            return Cancelled(message=CANCELLED)
        with self._register.read() as session:
            outcome = session.get_one(Phase, claim.phase_id).outcome
        return Completed(message=str(Outcome.from_json(outcome)) if outcome else "")

    async def _run_of(self, claim: Claimed) -> FlowRun | None:
        """The run that shows a phase, as far as Prefect knows it."""
        if claim.flow_run_id is None:
            return None
        try:
            return await self._client.read_flow_run(UUID(claim.flow_run_id))
        except ObjectNotFound:
            log.warning("Prefect no longer knows run %s; the phase gets a new one", claim.flow_run_id)
            return None

    async def _end_lost_tasks(self, run_id: UUID) -> None:
        """A task that seems to be running for ever is not what an administrator should see."""
        unfinished = TaskRunFilterState(type=TaskRunFilterStateType(any_=[StateType.PENDING, StateType.RUNNING]))
        left = await self._client.read_task_runs(
            flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[run_id])),
            task_run_filter=TaskRunFilter(state=unfinished),
            sort=TaskRunSort.EXPECTED_START_TIME_ASC,
            limit=MOST_LOST,
        )
        for task_run in left:
            await self._client.set_task_run_state(task_run.id, Crashed(message=LOST), force=True)

    async def _create(self, claim: Claimed) -> None:
        try:
            run_id = await self._new_run(claim)
        except (PrefectHTTPStatusError, ObjectNotFound, KeyError):
            await self.prepare()  # the deployments went with Prefect's database
            run_id = await self._new_run(claim)
        await asyncio.to_thread(self._leases.remember_run, claim.phase_id, str(run_id))

    async def _new_run(self, claim: Claimed) -> UUID:
        return await self._show(self._shown(claim.phase_id), after=claim.flow_run_id)

    async def announce(self) -> int:
        """Show phases that have no run and need no pass as suspended runs, so that a cycle is seen whole.

        They are planned, or they wait and their register was restored from a backup. Returns how many.

        Raises:
            httpx.HTTPError: Prefect could not be reached; they are announced at the next look.
        """
        planned = self._unannounced()
        for phase_id in planned:
            shown = self._shown(phase_id)
            with self._register.read() as session:
                waits = standing(session, phase_id)
            run_id = await self._show(shown, after=None, state=Suspended(message=waits or "open"))
            await asyncio.to_thread(self._leases.remember_run, phase_id, str(run_id))
        return len(planned)

    def _unannounced(self) -> list[str]:
        query = (
            select(PhaseRun.phase_id)
            .join(Phase, col(Phase.id) == col(PhaseRun.phase_id))
            .where(col(PhaseRun.stale), col(PhaseRun.flow_run_id).is_(None), col(Phase.status).in_(SHOWN))
            .order_by(col(Phase.cycle_id), col(Phase.ordinal))
            .limit(MOST_ANNOUNCED)
        )
        with self._register.read() as session:
            return list(session.exec(query).all())

    def _shown(self, phase_id: str) -> Shown:
        query = (
            select(Phase, Cycle, JournalEntry.hash)
            .join(Cycle, col(Cycle.id) == col(Phase.cycle_id))
            .join(JournalEntry, col(JournalEntry.cycle_id) == col(Cycle.id))
            .where(col(Phase.id) == phase_id, col(JournalEntry.seq) == 1)
        )
        with self._register.read() as session:
            return Shown(*session.exec(query).one())

    async def _show(self, shown: Shown, *, after: str | None, state: State[Any] | None = None) -> UUID:
        phase, cycle = shown.phase, shown.cycle
        run = await self._client.create_flow_run_from_deployment(
            self._deployments[str(phase.kind)],
            parameters={"phase": phase.id},
            name=f"{cycle.id} · {phase.ordinal} {phase.title}",
            tags=[f"cycle:{cycle.id}", f"kind:{phase.kind}"],
            state=state,
            # The same run again for a request that got no answer, and for a worker that was lost before it could
            # remember the run; a cycle of the same name in another register has another beginning.
            idempotency_key=f"{shown.beginning}/{phase.key} after {after}",
        )
        return run.id
