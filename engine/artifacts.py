"""Keeping the artifact of each phase in Prefect in step with the register."""

from __future__ import annotations

import asyncio
import logging
import re
from typing import TYPE_CHECKING, Any
from uuid import UUID

from prefect.client.schemas.actions import ArtifactCreate, ArtifactUpdate, LogCreate
from prefect.exceptions import ObjectNotFound
from prefect.states import Cancelled
from sqlalchemy import update
from sqlmodel import col, select

from engine.clock import SystemClock
from engine.progress import progress, standing
from models.journal import PhaseRun
from models.phase import Phase, PhaseStatus

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient
    from prefect.client.schemas.objects import State

    from models.register import Register

CANCELLED = "the cycle was cancelled"


class Artifacts:
    """Writes what has changed, outside of any pass: an answer that settles nothing is seen too."""

    def __init__(self, register: Register, client: PrefectClient, base_url: str) -> None:
        self._register = register
        self._client = client
        self._base_url = base_url.rstrip("/")
        self._said: dict[str, str] = {}

    async def refresh(self, limit: int = 20) -> int:
        """Write the artifacts of up to `limit` phases that have changed; returns how many.

        Raises:
            httpx.HTTPError: Prefect could not be reached; they stay marked.
        """
        stale = self._stale(limit)
        for phase_id in stale:
            try:
                # The mark is taken away before anything is read: a change from then on sets it again.
                await self._mark(phase_id, stale=False)
                run, text, line = self._read(phase_id)
                await self._write(run, text)
                await self._say(run, line)
                await self._end_if_cancelled(run)
            except BaseException:
                await asyncio.shield(self._mark(phase_id, stale=True))
                raise
        return len(stale)

    def _stale(self, limit: int) -> list[str]:
        query = select(PhaseRun.phase_id).where(col(PhaseRun.stale), col(PhaseRun.flow_run_id).is_not(None))
        with self._register.read() as session:
            return list(session.exec(query.limit(limit)).all())

    def _read(self, phase_id: str) -> tuple[PhaseRun, str, str]:
        with self._register.read() as session:
            run = session.get_one(PhaseRun, phase_id)
            return run, progress(session, phase_id, self._desk(phase_id)), standing(session, phase_id)

    def _desk(self, phase_id: str) -> str:
        return f"{self._base_url}/desk/{phase_id.partition('/')[0]}"

    async def _mark(self, phase_id: str, **values: object) -> None:
        """In a thread, as whatever may have to wait for other writers: the loop has Prefect to talk to."""
        await asyncio.to_thread(self._write_mark, phase_id, **values)

    def _write_mark(self, phase_id: str, **values: object) -> None:
        with self._register.operate() as session:
            session.execute(update(PhaseRun).where(col(PhaseRun.phase_id) == phase_id).values(**values))

    async def _write(self, run: PhaseRun, text: str) -> None:
        if run.artifact_id is not None:
            try:
                await self._client.update_artifact(UUID(run.artifact_id), ArtifactUpdate(data=text))
            except ObjectNotFound:
                run.artifact_id = None
        if run.artifact_id is None:
            created = await self._client.create_artifact(
                ArtifactCreate(
                    key=re.sub(r"[^a-z0-9]+", "-", run.phase_id.lower()).strip("-"),
                    type="markdown",
                    description="Who has answered, who has not, and until when",
                    data=text,
                    flow_run_id=UUID(str(run.flow_run_id)),
                )
            )
            await self._mark(run.phase_id, artifact_id=str(created.id))

    async def _say(self, run: PhaseRun, line: str) -> None:
        """A line in the run's log, which is what its page opens on, whenever the phase stands elsewhere than before."""
        said = f"{run.flow_run_id} {line}"
        if not line or self._said.get(run.phase_id) == said:
            return
        told = LogCreate(
            name="samsyn", level=logging.INFO, message=line, timestamp=SystemClock().now(),
            flow_run_id=UUID(str(run.flow_run_id)),
        )  # fmt: skip
        await self._client.create_logs([told])
        self._said[run.phase_id] = said

    async def _end_if_cancelled(self, run: PhaseRun) -> None:
        """The runs of a cancelled cycle wait for nothing any more."""
        with self._register.read() as session:
            phase = session.get(Phase, run.phase_id)
        if phase is not None and phase.status is PhaseStatus.CANCELLED:
            ended: State[Any] = Cancelled(message=CANCELLED)
            await self._client.set_flow_run_state(UUID(str(run.flow_run_id)), ended, force=True)
