"""Phase flows as Prefect flows: acts become task runs, waiting becomes a suspended run, an outcome a completed one.

A run is a view of a phase. It holds no state that the register does not have, and whoever resumes it by hand in the
Prefect UI causes one more pass that finds nothing to do.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar
from uuid import UUID, uuid4

import httpx
from prefect import Flow, flow, task
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.responses import SetStateStatus
from prefect.context import FlowRunContext
from prefect.exceptions import Abort, Pause
from prefect.states import Completed, Failed, Suspended
from sqlmodel import col, select

from config.calendars import PLACES
from config.masking import mask
from engine.clock import SystemClock
from engine.leases import LeaseLost
from engine.logs import about_phase
from flows import ALL
from models.cycle import Cycle
from tasks.phase import Phase
from tasks.sending import send_notices

if TYPE_CHECKING:
    from collections.abc import Callable

    from prefect.client.schemas.objects import State

    from engine.leases import Leases
    from engine.services import Services
    from flows.phase_flow import Pass, PhaseFlow

log = logging.getLogger("samsyn.passes")
T = TypeVar("T")


@dataclass(frozen=True)
class Passing:
    """What passes in this process need."""

    services: Services
    leases: Leases
    _ended: dict[str, str] = field(default_factory=dict)  # phases whose passes are over, and who held them

    def flows(self) -> dict[str, Flow[..., Any]]:
        """Every phase flow, by the name that Prefect knows it under."""
        return {str(kind.kind): self._lift(kind) for kind in ALL}

    def _lift(self, phase_flow: PhaseFlow) -> Flow[..., Any]:
        @flow(
            name=str(phase_flow.kind),
            description=phase_flow.purpose,
            persist_result=False,
            validate_parameters=False,
            # Not 0: the server counts no pass that goes on from a suspension, and would take the first failure of a
            # run that began suspended for one to be retried in process, which no worker is given any more.
            retries=-1,
        )
        def run(phase: str) -> State[Any]:
            with about_phase(phase):  # whatever is logged on the way
                return self.run_pass(phase_flow, phase)

        return run

    def run_pass(self, phase_flow: PhaseFlow, phase_id: str) -> State[Any]:
        """One pass under a lease; ends in a completed state, or suspends the run.

        The lease of a pass that completes its run is held until the run says so: see `over`.
        """
        owner = f"pass:{self.leases.worker}/{uuid4().hex}"
        if not self.leases.take(phase_id, owner, time.time()):
            suspend("another pass of this phase is running, or a failed one is to be tried later")
        try:
            done = self._pass(phase_flow, phase_id, owner)
            if done.outcome is None:
                suspend(self._waiting_words(phase_id, done))
        except LeaseLost as lost:  # the run shows what the other makes of it
            raise Abort(str(lost)) from lost
        except Exception as failed:
            said = f"{type(failed).__name__}: {failed}"
            log.exception("a pass of %s failed", phase_id)
            pause = self.leases.fail(phase_id, owner, said, time.time())
            words = f"tried again in {pause:.0f} s, nothing is lost: {mask(said)}"
            say_in_run(f"The pass failed; {words}")
            return Failed(message=words)
        except BaseException:  # suspended, which ends most passes, or overruled by the server
            self.leases.release(phase_id, owner)
            raise
        self._ended[phase_id] = owner
        return Completed(message=str(done.outcome))

    def over(self, phase_id: str, *, told: bool) -> None:
        """A run that was to complete has ended: Prefect knows how (`told`), or it could not be told."""
        owner = self._ended.pop(phase_id, None)
        if owner is not None:
            (self.leases.release if told else self.leases.run_out)(phase_id, owner)

    def _pass(self, phase_flow: PhaseFlow, phase_id: str, owner: str) -> Pass:
        services = self.services
        now = services.clock.now()
        phase: Phase[Any] = Phase(
            services.register, phase_id, now=now, secret_key=services.secret_key, perform=perform_as_task,
            fence=lambda change: self.leases.fence(change, phase_id, owner),
        )  # fmt: skip
        done = phase_flow.run(phase)
        send_notices(phase, services.mailer)
        return done

    def _waiting_words(self, phase_id: str, done: Pass) -> str:
        """What an administrator reads beside the state: for what, and the last day on which it is in time."""
        if done.waiting_for is None:
            return "planned: its time has not come"
        step = done.waiting_for.rpartition("/")[2]
        if done.until is None:
            return f"waiting for {step}"
        with self.services.register.read() as session:
            [place] = session.exec(select(Cycle.place).where(col(Cycle.id) == phase_id.partition("/")[0])).all()
        return f"waiting for {step} until {PLACES[place].last_day_before(done.until)}"


def perform_as_task(act: str, title: str, work: Callable[[], T], /) -> T:
    """Each act is one task run. It is not retried by Prefect: the next pass does what was not committed."""
    plain_title = title.replace("{", "(").replace("}", ")")  # Prefect would take braces for placeholders

    @task(name=act, task_run_name=plain_title, persist_result=False)
    def run() -> T:
        return work()

    return run()


def suspend(message: str) -> NoReturn:
    """Suspend the current run, with words beside the state, and leave the process.

    It does what Prefect's `suspend_flow_run` does, which takes no message and needs a key for every suspension.

    Raises:
        Pause: always; the engine ends the pass with it.
        Abort: the server has another state for the run, and it stands.
    """
    run_id, client = _current_run()
    answer: Any = client.set_flow_run_state(run_id, Suspended(message=message))
    if answer.status is not SetStateStatus.ACCEPT or answer.state is None:
        raise Abort(f"not suspended: {answer.details}")
    raise Pause(state=answer.state)


def say_in_run(message: str) -> None:
    """A line in the log of the current run, as an error. When Prefect is away it stands in the worker's log alone."""
    run_id, client = _current_run()
    line = {"name": "samsyn", "level": logging.ERROR, "message": message, "flow_run_id": str(run_id)}
    try:
        client.create_logs([{**line, "timestamp": SystemClock().now().isoformat()}])
    except (httpx.HTTPError, OSError) as away:
        log.warning("Prefect cannot be told of it: %s", away)


def _current_run() -> tuple[UUID, SyncPrefectClient]:
    context = FlowRunContext.get()
    if context is None or context.flow_run is None:
        raise RuntimeError("this is done in a flow run only")
    ours = context.client
    return context.flow_run.id, ours if isinstance(ours, SyncPrefectClient) else get_client(sync_client=True)
