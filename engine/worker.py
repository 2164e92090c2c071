"""The worker: dispatches due phases, runs their passes, sends what is due, and keeps Prefect's view fresh.

Three loops side by side, so that mail goes out while Prefect is away.
"""

from __future__ import annotations

import asyncio
import logging
import math
import signal
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
from prefect.client.orchestration import get_client
from prefect.exceptions import ObjectNotFound

from engine.artifacts import Artifacts
from engine.clock import SystemClock
from engine.commands.draft import dispose_of_drafts
from engine.dispatcher import Dispatcher
from engine.leases import HOLD, Leases
from engine.mail_trouble import tell_of_trouble
from engine.phase_worker import PhaseWorker
from engine.prefect_flows import Passing
from engine.processes import is_gone
from engine.starting.drafts import dispose_of_start_drafts

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from engine.services import Services

log = logging.getLogger("samsyn.worker")

SYNC_EVERY = 15.0
"""Seconds between heartbeats to the work pool, which also notice that the pool is gone."""
POLL_EVERY = 5.0
"""Seconds between looks at the pool for runs that somebody else scheduled, such as a resume by hand."""
TROUBLE_EVERY = 5.0
"""Seconds between looks at mail that fails or waits, for coordinators."""
DRAFTS_EVERY = 3600.0
"""Seconds between looks for drafts that nobody can send in any more, or has touched for long."""
AWAY = 3.0
"""Seconds to wait when Prefect or the mail server cannot be reached."""
UNREACHABLE = (httpx.HTTPError, ObjectNotFound, OSError)


async def run_worker(services: Services, *, tick: float = 1.0, ready: Callable[[], None] | None = None) -> None:
    """Work until SIGTERM or SIGINT; passes that are running are finished first. `tick` is in seconds."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    leases = Leases(services.register, services.name)
    leases.forget(is_gone)
    services.mailer.forget(is_gone)
    await asyncio.gather(
        _repeat(stop, tick, lambda: _send(services, stop), "mail"),
        _repeat(stop, TROUBLE_EVERY, lambda: _tell_of_trouble(services), "mail that fails"),
        _repeat(stop, HOLD / 3, lambda: asyncio.to_thread(leases.renew, time.time()), "leases"),
        _repeat(stop, DRAFTS_EVERY, lambda: _dispose_of_drafts(services), "old drafts"),
        _orchestrate(services, leases, stop, tick, ready),
    )


async def _orchestrate(
    services: Services, leases: Leases, stop: asyncio.Event, tick: float, ready: Callable[[], None] | None
) -> None:
    """Everything that needs Prefect. When it cannot even be reached to begin with, try again."""
    passing = Passing(services, leases)
    flows = passing.flows()
    while not stop.is_set():
        try:
            async with get_client() as client:
                dispatcher = Dispatcher(services.register, leases, client, flows)
                await dispatcher.prepare()
                async with PhaseWorker(flows, name=services.name.partition("#")[0], over=passing.over) as worker:
                    if ready is not None:
                        ready()
                    rounds = Rounds(services, dispatcher, worker, Artifacts(services.register, client, _base(services)))
                    await _repeat(stop, tick, rounds.once, "prefect", sooner=worker.ended)
        except UNREACHABLE as away:
            log.warning("Prefect cannot be reached (%s: %s); trying again", type(away).__name__, away)
            await _pause(stop, AWAY)


def _base(services: Services) -> str:
    return services.settings.base_url


class Rounds:
    """One look after the other at what is due."""

    def __init__(self, services: Services, dispatcher: Dispatcher, worker: PhaseWorker, artifacts: Artifacts) -> None:
        self._services = services
        self._dispatcher = dispatcher
        self._worker = worker
        self._artifacts = artifacts
        self._synced = self._polled = -math.inf  # by the clock that nobody sets

    async def once(self) -> None:
        """Dispatch, poll the pool when there is reason to, and refresh what administrators see."""
        running = time.monotonic()
        if running - self._synced > SYNC_EVERY:
            await self._worker.sync_with_backend()
            self._synced = running
        started = await self._dispatcher.dispatch(self._services.clock.now(), time.time())
        if started or running - self._polled > POLL_EVERY:
            await self._worker.get_and_submit_flow_runs()
            self._polled = running
        await self._dispatcher.announce()
        await self._artifacts.refresh()


async def _send(services: Services, stop: asyncio.Event) -> None:
    """What is due, stretch by stretch without a pause; between them, what the installation itself has to say."""
    handled = 1
    while handled and not stop.is_set():
        tally = await services.mailer.send_due(services.clock.now())
        if tally.stopped:
            log.warning("no mail can be handed in: %s", tally.stopped)
        await services.system_mailer.send_due(SystemClock().now())
        handled = 0 if tally.stopped else tally.sent


async def _tell_of_trouble(services: Services) -> None:
    hours = services.settings.mail_stuck_hours
    told = await asyncio.to_thread(tell_of_trouble, services.register, services.clock.now(), hours)
    if told:
        log.warning("coordinators are told of mail that does not get through: %d", told)


async def _dispose_of_drafts(services: Services) -> None:
    kept_for = timedelta(days=services.settings.draft_days)
    now = services.clock.now()
    gone = await asyncio.to_thread(dispose_of_drafts, services.register, now=now, kept_for=kept_for)
    if gone:
        log.info("drafts of questions that have closed are gone: %d", gone)
    old = timedelta(days=services.settings.start_draft_days)
    wall = SystemClock().now()
    starts = await asyncio.to_thread(dispose_of_start_drafts, services.register, now=wall, kept_for=old)
    if starts:
        log.info("starts in preparation that nobody has touched are gone: %d", starts)


async def _repeat(
    stop: asyncio.Event, tick: float, once: Callable[[], Awaitable[None]], what: str,
    sooner: asyncio.Event | None = None,
) -> None:  # fmt: skip
    """Again and again, `sooner` than the tick when that is set; what fails is tried again and never ends the worker."""
    while not stop.is_set():
        if sooner is not None:
            sooner.clear()  # before the look: what comes from then on is seen by the next one
        try:
            await once()
        except UNREACHABLE as away:
            log.warning("%s: %s: %s; trying again", what, type(away).__name__, away)
            await _pause(stop, AWAY)
        except Exception:
            log.exception("%s: unexpected; trying again", what)
            await _pause(stop, AWAY)
        await _pause(stop, tick, sooner)


async def _pause(stop: asyncio.Event, seconds: float, sooner: asyncio.Event | None = None) -> None:
    waits = [asyncio.create_task(event.wait()) for event in (stop, sooner) if event is not None]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
