"""DBOS Transact at the measured work. Runs in the peers' environment, knows nothing of Samsyn, prints JSON.

A phase receives nine messages, an answer is a message that is sent: how DBOS's documentation lets people answer
(docs.dbos.dev, "Human-in-the-Loop" and "Communicating with Workflows").
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path
from typing import Any

from dbos import DBOS, DBOSConfig, SetWorkflowID

PHASES, PEOPLE = 5, 9
LONG = 365 * 86400.0


@DBOS.step()
def close(phase: int, answers: list[str]) -> str:
    """What a phase comes to."""
    return f"{phase}: {answers.count('supports')} of {PEOPLE}"


@DBOS.workflow()
def cycle() -> list[str]:
    """Five phases, nine answers each."""
    outcomes = []
    for phase in range(PHASES):
        answers = [DBOS.recv(f"answer-{phase}", timeout_seconds=LONG) for _ in range(PEOPLE)]
        outcomes.append(close(phase, answers))
        DBOS.set_event(f"closed-{phase}", outcomes[-1])
    return outcomes


@DBOS.workflow()
def waiting() -> str:
    """One phase that waits for its first answer."""
    return str(DBOS.recv("answer-0", timeout_seconds=LONG))


def launched(database: str, look_every: float) -> None:
    """DBOS on a database, looking for messages so often (in seconds; its default is 1)."""
    config: DBOSConfig = {
        "name": "measured", "system_database_url": database, "log_level": "ERROR",
        "notification_listener_polling_interval_sec": look_every, "executor_id": "one", "application_version": "1",
    }  # fmt: skip
    DBOS(config=config)
    DBOS.launch()


def one_cycle(name: str) -> dict[str, float]:
    """The seconds of one cycle and of its answers, each until it is durable."""
    sent = []
    began = time.perf_counter()
    with SetWorkflowID(name):
        handle = DBOS.start_workflow(cycle)
    for phase in range(PHASES):
        for _ in range(PEOPLE):
            at = time.perf_counter()
            DBOS.send(name, "supports", f"answer-{phase}")
            sent.append(time.perf_counter() - at)
        DBOS.get_event(name, f"closed-{phase}", timeout_seconds=60)
    handle.get_result()
    return {"cycle": time.perf_counter() - began, "answer": sorted(sent)[len(sent) // 2]}


def cycles(database: str, number: int) -> dict[str, Any]:
    """The medians of so many cycles, after one that warms up."""
    launched(database, 0.01)
    one_cycle("warm")
    ran = [one_cycle(f"cycle-{index}") for index in range(number)]
    DBOS.destroy()
    return {key: sorted(one[key] for one in ran) for key in ("cycle", "answer")}


def held(database: str, number: int, seconds: float) -> dict[str, Any]:
    """Memory and idle processor of a process that holds so many waiting workflows; seconds until a restart can act.

    It can act when an answer to the workflow that was started last has ended that workflow.
    """
    began = time.perf_counter()
    launched(database, 1.0)
    known = len(DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)) if number else 0
    last = f"waiting-{known - 1}"
    if known:
        DBOS.send(last, "supports", "answer-0")
        DBOS.retrieve_workflow(last).get_result()
    acts = time.perf_counter() - began
    for index in range(known, number):
        with SetWorkflowID(f"waiting-{index}"):
            DBOS.start_workflow(waiting)
    cpu = time.process_time()
    time.sleep(seconds)
    idle = (time.process_time() - cpu) / seconds
    return {"number": number, "restarted": bool(known), "acts": acts, "idle": idle, "resident": _resident()}


def _resident() -> int:
    """Bytes of memory in use, from the kernel's own account (proc(5))."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    """`cycles` or `held`."""
    says = argparse.ArgumentParser(description=__doc__)
    says.add_argument("what", choices=("cycles", "held"))
    says.add_argument("database")
    says.add_argument("number", type=int)
    says.add_argument("--seconds", type=float, default=5.0)
    said = says.parse_args()
    came = (
        cycles(said.database, said.number) if said.what == "cycles" else held(said.database, said.number, said.seconds)
    )
    print(json.dumps(came), flush=True)
    os._exit(0)  # as a kill would: what waits goes on waiting


if __name__ == "__main__":
    main()
