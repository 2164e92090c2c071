"""A worker in a process of its own that measures itself: `passes` times them, `counts` counts what a cycle costs.

Runs as a program: what, then how often. Finds Prefect's server and the register by its settings; prints JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlmodel import col, select

from bench.work import ANSWERS, asked, cycle_of, in_office_hours, reply
from config.settings import load_settings
from engine.prefect_settings import prepare_worker_environment

SETTINGS = load_settings()
prepare_worker_environment(SETTINGS)  # before anything imports prefect

from prefect import flow, task  # noqa: E402
from prefect.client.orchestration import PrefectClient, get_client  # noqa: E402
from prefect.client.schemas.filters import (  # noqa: E402
    FlowRunFilter,
    FlowRunFilterId,
    LogFilter,
    LogFilterFlowRunId,
)
from prefect.client.schemas.sorting import FlowRunSort, LogSort, TaskRunSort  # noqa: E402
from prefect.states import Scheduled  # noqa: E402

from bench.calls import counted  # noqa: E402
from engine.artifacts import Artifacts  # noqa: E402
from engine.commands.start import start_cycle  # noqa: E402
from engine.dispatcher import Dispatcher  # noqa: E402
from engine.leases import Leases  # noqa: E402
from engine.names import DEPLOYMENT  # noqa: E402
from engine.phase_worker import PhaseWorker  # noqa: E402
from engine.prefect_flows import Passing, suspend  # noqa: E402
from engine.services import Services, build_services  # noqa: E402
from engine.worker import Rounds  # noqa: E402
from models.cycle import Cycle, CycleStatus  # noqa: E402
from models.journal import ClockRow, PhaseRun  # noqa: E402
from models.phase import Phase  # noqa: E402

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import AsyncIterator
    from datetime import datetime

REMINDED, COUNTED = "reminded", "counted"
EMPTY = "empty"
OF_A_REMINDER = 2
"""Task runs of a pass that reminds: the reminder, and the sending of its mail."""
PATIENCE = 60.0
RESTS = 0.5
"""Seconds in which Prefect's server has done with the events of the run before: each run is to pay for its own."""
LOGS_GO = 2.5
"""Seconds; Prefect sends its logs each two."""
MOST = 200
"""Rows that Prefect's API gives at once; a measured cycle leaves fewer."""


@task(persist_result=False)
def nothing() -> None:
    """No work."""


@flow(name=EMPTY, persist_result=False, validate_parameters=False, retries=-1)
def empty(phase: str, tasks: int) -> None:  # noqa: ARG001 - named as the flows of phases name theirs
    """So many task runs in which nothing is done, and suspended again."""
    for _ in range(tasks):
        nothing()
    suspend("again")


@dataclass
class Inside:
    """The worker's parts in this process, with the empty flow among its flows."""

    services: Services
    client: PrefectClient
    dispatcher: Dispatcher
    worker: PhaseWorker
    rounds: Rounds

    async def settled(self) -> None:
        """Rounds until nothing is due and no pass runs."""
        deadline = time.monotonic() + PATIENCE
        while True:
            await self.rounds.once()
            await self.idle()
            if not await asyncio.to_thread(self._due):
                return
            assert time.monotonic() < deadline, "the cycle does not come to rest"

    def _due(self) -> bool:
        now = self.services.clock.now()
        with self.services.register.read() as session:
            return session.exec(select(Phase.id).where(col(Phase.wake_at) <= now)).first() is not None

    async def idle(self) -> None:
        """Until no pass runs."""
        while self.worker.busy:  # noqa: ASYNC110 - to the millisecond, and other passes may be running
            await asyncio.sleep(0.001)

    async def resumed(self, run: UUID) -> float:
        """Seconds from the resumption of a run until it is suspended again, from rest."""
        await asyncio.sleep(RESTS)
        began = time.perf_counter()
        await self.client.set_flow_run_state(run, Scheduled(message="due"))
        await self.worker.get_and_submit_flow_runs()
        assert self.worker.busy, "the worker was given no run"
        await self.idle()
        return time.perf_counter() - began


@asynccontextmanager
async def inside() -> AsyncIterator[Inside]:
    """Everything up."""
    services = build_services(SETTINGS, "inside")
    leases = Leases(services.register, services.name)
    passing = Passing(services, leases)
    flows = {**passing.flows(), EMPTY: empty}
    async with get_client() as client:
        dispatcher = Dispatcher(services.register, leases, client, flows)
        await dispatcher.prepare()
        async with PhaseWorker(flows, name="inside", over=passing.over) as worker:
            artifacts = Artifacts(services.register, client, SETTINGS.base_url)
            rounds = Rounds(services, dispatcher, worker, artifacts)
            await worker.sync_with_backend()
            yield Inside(services, client, dispatcher, worker, rounds)
    services.close()


async def passes(number: int) -> dict[str, Any]:
    """Seconds of passes and of empty flows, turn by turn: with no task run, and with those of a reminder."""
    async with inside() as here:
        phase, first_reminder = await asyncio.to_thread(_begin_reminding, here.services, number + 2)
        await here.settled()
        with here.services.register.read() as session:
            run = UUID(str(session.get_one(PhaseRun, phase).flow_run_id))
        bare = {tasks: await _empty_run(here, tasks) for tasks in (0, OF_A_REMINDER)}
        for _ in range(2):  # the first ones warm up
            await here.resumed(run), await here.resumed(bare[0])
        idle = [(await here.resumed(run), await here.resumed(bare[0])) for _ in range(number)]
        days = [first_reminder + timedelta(days=index) for index in range(number + 1)]
        busy = [(await _reminding(here, run, day), await here.resumed(bare[OF_A_REMINDER])) for day in days]
    columns = [*zip(*idle, strict=True), *zip(*busy[1:], strict=True)]
    return dict(zip(("pass-0", "empty-0", "pass-2", "empty-2"), map(list, columns), strict=True))


def _begin_reminding(services: Services, days: int) -> tuple[str, datetime]:
    """A cycle with one question to one person, of which she is reminded each day; its clock stands on its first day."""
    definition = cycle_of(1, 1).model_copy(update={"reminders": [f"{days - day}d" for day in range(days)]})
    place = definition.where
    begins = place.at(definition.begins, definition.send_at)
    _step_clock(services, begins)
    start_cycle(services.register, definition, slug=REMINDED, at=begins, actor="bench")
    due = definition.begins + timedelta(days=100)  # see bench/work.py
    return f"{REMINDED}/ask-0", place.at(due - timedelta(days=days), definition.send_at)


def _step_clock(services: Services, now: datetime) -> None:
    with services.register.operate() as session:
        session.merge(ClockRow(id=1, now=now))


async def _reminding(here: Inside, run: UUID, at: datetime) -> float:
    await asyncio.to_thread(_step_clock, here.services, at)
    return await here.resumed(run)


async def _empty_run(here: Inside, tasks: int) -> UUID:
    deployment = await here.client.read_deployment_by_name(f"{EMPTY}/{DEPLOYMENT}")
    run = await here.client.create_flow_run_from_deployment(
        deployment.id, parameters={"phase": "none", "tasks": tasks}, name=f"empty {tasks}"
    )
    await here.worker.get_and_submit_flow_runs()
    await here.idle()
    return run.id


async def counts() -> dict[str, Any]:
    """What Prefect is asked: at rest, for a start, for an answer that settles nothing, for a pass, for the cycle."""
    async with inside() as here:
        with counted() as at_rest:
            await here.worker.sync_with_backend()
            await here.worker.get_and_submit_flow_runs()
        with counted() as whole:
            answers, closings = await _counted_cycle(here)
            await asyncio.sleep(1)  # until the last events have gone
        stored = await _stored(here)
    return {
        "rest": dict(at_rest), "cycle": dict(whole), "answer": answers, "closing": closings, "answers": ANSWERS,
        **stored,
    }  # fmt: skip


async def _counted_cycle(here: Inside) -> tuple[list[int], list[int]]:
    """The requests after each answer that settles nothing, and after each that closes a phase and opens another."""
    register, now = here.services.register, in_office_hours()
    await asyncio.to_thread(_step_clock, here.services, now)
    start_cycle(register, cycle_of(), slug=COUNTED, at=now, actor="bench")
    await here.settled()
    await _quiet(here)
    answers: list[int] = []
    closings: list[int] = []
    while links := asked(register, COUNTED):
        for left, link in zip(range(len(links) - 1, -1, -1), links, strict=True):
            with counted() as calls:
                await asyncio.to_thread(reply, register, link, now)
                await here.services.mailer.send_due(now)  # the receipt, as the portal does
                await here.settled()
                await here.rounds.once()  # what administrators see
            (answers if left else closings).append(_requests(calls))
    with register.read() as session:
        assert session.get_one(Cycle, COUNTED).status is CycleStatus.CONCLUDED
    return answers, closings


async def _quiet(here: Inside) -> None:
    """Until nothing of a pass is under way any more: Prefect's logs go some time after what they tell of."""
    deadline = time.monotonic() + PATIENCE
    asked_for = 1
    while asked_for:
        assert time.monotonic() < deadline, "requests do not come to an end"
        with counted() as calls:
            await asyncio.sleep(LOGS_GO)
            await here.rounds.once()
        asked_for = _requests(calls)


def _requests(calls: Counter[str]) -> int:
    return sum(number for what, number in calls.items() if what != "event" and "scheduled" not in what)


async def _stored(here: Inside) -> dict[str, int]:
    """The rows that Prefect keeps of the cycle."""
    newest = await here.client.read_flow_runs(sort=FlowRunSort.ID_DESC, limit=MOST)
    runs = [run.id for run in newest if f"cycle:{COUNTED}" in run.tags]
    tasks = await here.client.read_task_runs(
        flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=runs)), sort=TaskRunSort.ID_DESC, limit=MOST
    )  # fmt: skip
    states = [state for run in runs for state in await here.client.read_flow_run_states(run)]
    with here.services.register.read() as session:
        passed = sum(session.exec(select(PhaseRun.passes)))
    logs = await here.client.read_logs(
        LogFilter(flow_run_id=LogFilterFlowRunId(any_=runs)), sort=LogSort.TIMESTAMP_ASC, limit=MOST, offset=0
    )
    return {
        "runs": len(runs), "task_runs": len(tasks), "states": len(states), "logs": len(logs), "passes": passed,
    }  # fmt: skip


def main() -> None:
    """`passes NUMBER` or `counts`."""
    what = sys.argv[1]
    print(json.dumps(asyncio.run(passes(int(sys.argv[2])) if what == "passes" else counts())), flush=True)


if __name__ == "__main__":
    main()
