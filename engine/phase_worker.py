"""A Prefect worker that runs each pass inside its own process.

A process for each pass would cost seconds; a pass takes tenths of one. The type is `samsyn`; Prefect's documented
extension point is `BaseWorker`.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Protocol, Self

from prefect.context import SettingsContext, SyncClientContext, get_settings_context
from prefect.exceptions import Abort, Pause
from prefect.flow_engine import run_flow
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY
from prefect.workers.base import BaseJobConfiguration, BaseVariables, BaseWorker, BaseWorkerResult

from engine.pool import POOL, WORKER_TYPE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    import anyio.abc
    from prefect import Flow
    from prefect.client.schemas.objects import FlowRun

log = logging.getLogger("samsyn.worker")

LANES = 4
"""Passes at a time. More gain nothing with Prefect's SQLite, where writers wait for each other."""
GIVES_WAY = 0.0005
"""Seconds that a thread of the worker keeps Python to itself while another wants it. A pass and Prefect's loop ask each
other something every few milliseconds, and with Python's usual five each answer would come that much later."""


class PassResult(BaseWorkerResult):
    """Always 0: the engine has reported the run's state, also when the pass failed."""


class PassConfiguration(BaseJobConfiguration):
    """Nothing: a pass has no infrastructure."""

    @classmethod
    async def resolve_for_flow_run(cls, flow_run: FlowRun, **_: Any) -> Self:
        """Without the two reads of the base class."""
        return cls(name=flow_run.name)


class Over(Protocol):
    """What is to be done when a pass is over."""

    def __call__(self, phase_id: str, *, told: bool) -> None:
        """`told`: Prefect knows how the run has ended."""
        ...


class PhaseWorker(BaseWorker[PassConfiguration, BaseVariables, PassResult]):
    """Runs passes in a few threads of this process."""

    type = WORKER_TYPE
    job_configuration = PassConfiguration
    _description = "Runs passes of decision-cycle phases inside the worker's own process."

    def __init__(self, flows: Mapping[str, Flow[..., Any]], *, name: str, over: Over, lanes: int = LANES) -> None:
        super().__init__(work_pool_name=POOL, name=name, limit=lanes, prefetch_seconds=0)
        sys.setswitchinterval(GIVES_WAY)
        self._flows = flows
        self._over = over
        # A run carries ids only. A flow's name survives a database that was deleted, its id does not.
        self._flow_by_id: dict[UUID, Flow[..., Any]] = {}
        # Threads of our own: a pass may block, and the loop's default executor is everybody's.
        self._lanes = ThreadPoolExecutor(lanes, "pass", initializer=self._enter_lane)
        self._lane_clients = ExitStack()
        self._lane_lock = threading.Lock()
        self.ended = asyncio.Event()
        """A pass has ended, and what it has made due need not wait for the next look; whoever looks clears it."""

    @property
    def busy(self) -> bool:
        """Whether a pass is running."""
        return self.limiter.borrowed_tokens > 0

    def _enter_lane(self) -> None:
        """One synchronous client for each thread, as long as it lives; and no heartbeat.

        The engine's heartbeat thread sleeps in whole seconds and is joined when a pass ends: a second for each pass.
        No environment variable can say "none". The leases in the register do its work.
        """
        base = get_settings_context()
        settings = base.settings.copy_with_update(updates={PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None})
        SettingsContext(profile=base.profile, settings=settings).__enter__()
        context = SyncClientContext()
        context.__enter__()
        with self._lane_lock:
            self._lane_clients.callback(context.client.__exit__, None, None, None)

    async def run(
        self,
        flow_run: FlowRun,
        configuration: PassConfiguration,  # noqa: ARG002 - there is nothing in it
        task_status: anyio.abc.TaskStatus[int] | None = None,
    ) -> PassResult:
        """Run one pass in a lane."""
        flow = self._flow_by_id.get(flow_run.flow_id)
        if flow is None:
            flow = self._flows[(await self.client.read_flow(flow_run.flow_id)).name]
            self._flow_by_id[flow_run.flow_id] = flow
        if task_status is not None:
            task_status.started(os.getpid())
        try:
            await asyncio.get_running_loop().run_in_executor(self._lanes, self._pass, flow, flow_run)
        finally:
            self.ended.set()
        return PassResult(status_code=0, identifier=str(flow_run.id))

    def _pass(self, flow: Flow[..., Any], flow_run: FlowRun) -> None:
        # With a deployment's id the engine opens a thread and a websocket to be told of a suspension from outside.
        # A pass is over before that is worth it; the engine reads the run again, so nothing else sees a difference.
        quiet = flow_run.model_copy(update={"deployment_id": None})
        told = False
        try:
            contextvars.copy_context().run(run_flow, flow, flow_run=quiet, return_type="state")
            told = True
        except Pause:
            pass  # suspended: how most passes end
        except Abort as refused:
            log.info("%s: %s", flow_run.name, refused)
        except Exception:
            # The engine has recorded it, or the server is away; the dispatcher looks at the phase again.
            log.exception("a pass of %s failed", flow_run.name)
        try:
            self._over(str(flow_run.parameters.get("phase", "")), told=told)
        except Exception:
            log.exception("%s: the lease cannot be given back; it runs out", flow_run.name)

    async def _give_worker_labels_to_flow_run(self, flow_run_id: UUID) -> None:
        """One call less: the worker's name says nothing that the pool does not."""

    async def _propose_submitting_state(self, flow_run: FlowRun) -> None:
        """One state less: nothing is submitted anywhere between Pending and Running."""

    async def teardown(self, *exc_info: Any) -> None:
        """Wait for the passes that are running, then close the lanes."""
        try:
            await super().teardown(*exc_info)
        finally:
            self._lanes.shutdown(wait=True)
            self._lane_clients.close()
