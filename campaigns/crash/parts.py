"""Worker and portal for many deaths: the product's own parts, but for Prefect, in processes that are forked at once.

The worker claims due phases, runs their passes under leases and sends mail exactly as the product's does; only nobody
shows the passes. A process that is forked from one which has everything imported costs tenths of a second.
"""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import uvicorn

from campaigns.crash import traps
from campaigns.crash.boundaries import Boundary, Trap
from engine.leases import Leases
from engine.processes import is_gone
from engine.receipts import Receipts
from engine.services import build_services
from engine.stack import PR_SET_PDEATHSIG
from flows import FLOWS
from portal.serving import portal_app
from tasks.phase import Phase, perform_plainly
from tasks.sending import send_notices

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from config.settings import Settings
    from engine.leases import Claimed
    from engine.services import Services

TICK = 0.02
"""Seconds between two looks at what is due."""
log = logging.getLogger("campaigns.crash")


def live(part: str, settings: Settings, trap: str, words: Path, output: Path) -> None:
    """What a new process does, until its end. `trap` is BOUNDARY:N or empty; `words` is where crossings are noted."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # nothing outlives the campaign
    with output.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    logging.basicConfig(level=logging.WARNING)
    laid = Trap.said(trap, words)
    traps.lay(laid)
    {"worker": work, "portal": serve}[part](settings, laid)


def serve(settings: Settings, trap: Trap) -> None:  # noqa: ARG001
    """The portal, as `samsyn portal` runs it."""
    services = build_services(settings, "portal")
    with Receipts(services.mailer, services.clock) as receipts:
        uvicorn.run(
            portal_app(services, receipts.send), host=settings.portal_host, port=settings.portal_port,
            log_config=None, access_log=False, server_header=False, proxy_headers=False,
        )  # fmt: skip


def work(settings: Settings, trap: Trap) -> None:
    """The worker, without Prefect."""
    services = build_services(settings, "worker")
    leases = Leases(services.register, services.name)
    leases.forget(is_gone)
    services.mailer.forget(is_gone)
    while True:
        now = services.clock.now()
        for claim in leases.claim_due(now, time.time()):
            trap.cross(Boundary.BEFORE_RESUMING)
            run_pass(services, leases, claim, now, trap)
        services.mailer.send_due_blocking(now)
        time.sleep(TICK)


def run_pass(services: Services, leases: Leases, claim: Claimed, now: datetime, trap: Trap) -> None:
    """One pass under a lease."""
    owner = f"pass:{leases.worker}/{uuid4().hex}"
    if not leases.take(claim.phase_id, owner, time.time()):
        return
    trap.cross(Boundary.RESUMED)
    try:
        key = services.secret_key
        phase: Phase[Any] = Phase(
            services.register, claim.phase_id, now=now, secret_key=key, perform=perform_plainly
        )  # fmt: skip
        FLOWS[phase.row.kind].run(phase)
        send_notices(phase, services.mailer)
    except Exception as failed:
        log.exception("a pass of %s failed", claim.phase_id)
        leases.fail(claim.phase_id, owner, str(failed), time.time())
        return
    trap.cross(Boundary.BEFORE_SUSPENDING)
    leases.release(claim.phase_id, owner)
    trap.cross(Boundary.SUSPENDED)
