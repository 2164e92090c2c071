"""What must exist in Prefect before a phase can run: a work pool, and one deployment for each kind of phase."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from prefect.client.schemas.actions import WorkPoolCreate
from prefect.exceptions import ObjectAlreadyExists

from engine.names import DEPLOYMENT, POOL, WORKER_TYPE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from prefect import Flow
    from prefect.client.orchestration import PrefectClient

TEMPLATE: dict[str, Any] = {"job_configuration": {"env": {}}, "variables": {"type": "object", "properties": {}}}
"""Nothing of a job can be configured, since a pass runs inside the worker; but the server refuses an empty template."""


async def ensure_pool_and_deployments(client: PrefectClient, flows: Mapping[str, Flow[..., Any]]) -> dict[str, UUID]:
    """Create what is missing; returns the deployments' ids by kind. Safe to repeat at any time.

    One call after the other: two writers at once end in a 503 on SQLite, which costs the client two seconds.
    """
    with suppress(ObjectAlreadyExists):
        await client.create_work_pool(
            WorkPoolCreate(
                name=POOL,
                type=WORKER_TYPE,
                description="Passes of decision-cycle phases; they run inside the Samsyn worker.",
                base_job_template=TEMPLATE,
            )
        )
    return {kind: await _deploy(client, flow) for kind, flow in flows.items()}


async def _deploy(client: PrefectClient, flow: Flow[..., Any]) -> UUID:
    return await client.create_deployment(  # updates the one that is there
        flow_id=await client.create_flow_from_name(flow.name),
        name=DEPLOYMENT,
        description=flow.description,
        work_pool_name=POOL,
        tags=["samsyn"],
        entrypoint=f"flows/{flow.name}.py:{flow.name}",  # to read: the worker holds the flow and pulls no code
        paused=False,
        enforce_parameter_schema=False,
    )


__all__ = ["DEPLOYMENT", "POOL", "WORKER_TYPE", "ensure_pool_and_deployments"]
