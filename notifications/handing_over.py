"""A batch of mails is handed over, by as many connections at once as the mail server may see."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from notifications.transport import QueueStopped

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from notifications.recording import Recording
    from notifications.transport import Attempt, Connection, Transport
    from notifications.writing import Prepared


@dataclass
class Batch:
    """Mails under one claim; those that nobody has begun to hand over are left."""

    name: str  # of the claim
    renew_at: float = 0.0  # when half of its lease is over, by the machine's clock
    claimed: int = 0  # deliveries, with those of which there is no mail
    left: deque[Prepared] = field(default_factory=deque)


@dataclass
class Handover:
    """Open connections, and what they have come to."""

    connections: Sequence[Connection]
    recording: Recording
    held: Callable[[Batch], Awaitable[bool]]  # whether the batch is still ours
    became: Callable[[str, Sequence[Prepared], Attempt], None]  # notes what became of mails of a claim
    stopped: str | None = None  # why the queue stands still
    over: bool = False  # nothing more is to be handed over

    async def all_of(self, batch: Batch) -> None:
        """Hand over what is left of a batch, until it is empty or there is a reason to stop."""
        lanes = [asyncio.create_task(self._lane(one, batch)) for one in self.connections[: len(batch.left)]]
        if not lanes:
            return  # there was no mail in it
        try:
            await asyncio.wait(lanes)
        finally:
            for lane in lanes:
                lane.cancel()
        for lane in lanes:
            lane.result()

    async def _lane(self, connection: Connection, batch: Batch) -> None:
        while batch.left and not self.over:
            await self.recording.room()
            if not await self.held(batch):
                self.over = True  # the lease ran out under us: whoever has it now sends the rest
            if self.over or not batch.left:
                self.recording.unused()
                return
            prepared = batch.left.popleft()
            assert prepared.mail is not None  # noqa: S101 - a batch has those that have one
            attempt = await connection.send(prepared.mail)
            done = [prepared]
            if isinstance(attempt, QueueStopped):
                self.over, self.stopped = True, attempt.reason
                done += batch.left
                batch.left.clear()
            self.became(batch.name, done, attempt)


@asynccontextmanager
async def connections(transport: Transport, number: int) -> AsyncIterator[list[Connection]]:
    """So many ways to the server; each is opened with its first mail, and all are closed at the end."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(transport.connection()) for _ in range(number)]
