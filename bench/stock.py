"""Prefect by itself, with its own settings: the process worker (`worker`), and an approval at a time (`alone`).

Runs as a program: what, then how often. Both look for runs each second, which is ten times as often as by default.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.objects import StateType
from prefect.exceptions import ObjectNotFound

from bench.stock_flows import again

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from prefect.client.schemas.objects import FlowRun

HERE = Path(__file__).parent
POOL = "stock"
TASKS = 2
LOOK = 0.05
PATIENCE, ENDS = 120.0, 30.0
EACH_SECOND = {"PREFECT_WORKER_QUERY_SECONDS": "1", "PREFECT_RUNNER_POLL_FREQUENCY": "1"}


@contextmanager
def _running(*command: str) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, *command], env={**os.environ, **EACH_SECOND}, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(ENDS)
        except subprocess.TimeoutExpired:  # Prefect's worker now and then waits for a run that has ended
            process.kill()
            process.wait()


async def worker(number: int) -> dict[str, Any]:
    """Seconds of passes in the process worker, from the moment at which it has taken a run up until it is suspended."""
    spent = []
    async with get_client() as client:
        await client.create_work_pool(WorkPoolCreate(name=POOL, type="process"))
        deployment = await client.create_deployment(
            flow_id=await client.create_flow(again), name=POOL, work_pool_name=POOL,
            entrypoint="stock_flows.py:again", enforce_parameter_schema=False,
            pull_steps=[{"prefect.deployments.steps.set_working_directory": {"directory": str(HERE)}}],
        )  # fmt: skip
        with _running("-m", "prefect", "worker", "start", "--pool", POOL, "--type", "process"):
            run = await client.create_flow_run_from_deployment(deployment, parameters={"tasks": TASKS})
            await _suspended(client, run.id, 1)
            for count in range(number):
                await _resume(client, run.id)
                await _suspended(client, run.id, count + 2)
                spent.append(await _last_pass(client, run.id))
    return {"passes": spent}


async def alone(people: int) -> dict[str, Any]:
    """Seconds of a phase in which so many approve one after the other, each as soon as the run waits for her."""
    async with get_client() as client:
        with _running("-m", "bench.stock_flows"):
            deployment = await _served(client)
            began = time.perf_counter()
            run = await client.create_flow_run_from_deployment(deployment, parameters={"people": people})
            for number in range(people):
                await _suspended(client, run.id, number + 1)
                await _resume(client, run.id)
            await _until(client, run.id, StateType.COMPLETED)
            spent = time.perf_counter() - began
        states = await client.read_flow_run_states(run.id)
    return {"phase": spent, "people": people, "states": len(states)}


async def _served(client: PrefectClient) -> UUID:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return (await client.read_deployment_by_name("phase/alone")).id
        except ObjectNotFound:
            assert time.monotonic() < deadline, "the runner does not come up"
            await asyncio.sleep(LOOK)


async def _resume(client: PrefectClient, run: UUID) -> None:
    """As the button in its UI does; while the server's database is locked it is pressed again."""
    deadline = time.monotonic() + PATIENCE
    while not str((await client.resume_flow_run(run)).status).endswith("ACCEPT"):
        assert time.monotonic() < deadline, "the run is not resumed"
        await asyncio.sleep(LOOK)


async def _suspended(client: PrefectClient, run: UUID, times: int) -> None:
    """Until a run has been suspended so many times."""
    deadline = time.monotonic() + PATIENCE
    while sum(state.type == StateType.PAUSED for state in await client.read_flow_run_states(run)) < times:
        assert time.monotonic() < deadline, "the run is not suspended"
        await asyncio.sleep(LOOK)


async def _until(client: PrefectClient, run: UUID, wanted: StateType) -> None:
    deadline = time.monotonic() + PATIENCE
    while (found := await client.read_flow_run(run)).state_type is not wanted:
        assert time.monotonic() < deadline, _said(found)
        await asyncio.sleep(LOOK)


def _said(run: FlowRun) -> str:
    return f"the run is {run.state_name}"


async def _last_pass(client: PrefectClient, run: UUID) -> float:
    """From the last time at which the run was pending; before it, it only waited to be looked for."""
    states = sorted(await client.read_flow_run_states(run), key=lambda state: state.timestamp)
    pending = [state.timestamp for state in states if state.type is StateType.PENDING][-1]
    return (states[-1].timestamp - pending).total_seconds()


def main() -> None:
    """`worker NUMBER` or `alone PEOPLE`."""
    what, number = sys.argv[1], int(sys.argv[2])
    print(json.dumps(asyncio.run(worker(number) if what == "worker" else alone(number))), flush=True)


if __name__ == "__main__":
    main()
