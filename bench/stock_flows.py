"""The measured work as Prefect's documentation would have it: a run that is suspended once for each approval.

Runs as a program: serves `phase` to Prefect's own runner until it is terminated.
"""

from __future__ import annotations

from uuid import uuid4

from prefect import flow, task
from prefect.flow_runs import suspend_flow_run

YEAR = 365 * 86400
"""Seconds for which a suspension lasts; an hour by default."""


@task
def approve(number: int) -> str:
    """One approval, after it has come."""
    return f"approved {number}"


@flow
def phase(people: int) -> list[str]:
    """Wait for each of so many people, without holding a process meanwhile."""
    approvals = []
    for number in range(people):
        suspend_flow_run(key=f"approval-{number}", timeout=YEAR)
        approvals.append(approve(number))
    return approvals


@flow
def again(tasks: int) -> None:
    """So many task runs, and suspended again, under a key that was never seen."""
    for number in range(tasks):
        approve(number)
    suspend_flow_run(key=uuid4().hex, timeout=YEAR)


if __name__ == "__main__":
    phase.serve(name="alone", pause_on_shutdown=False)
