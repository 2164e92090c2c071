"""Whoever holds a connection must use it: requests that trickle in are given up, so that they keep nobody else out.

A server takes so many connections and no more. One byte a minute on each of them would keep everybody away, without
being a flood that anybody notices.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    from typing import Any

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

TOO_SLOW = 408
GRACE = 60.0
"""Seconds within which the head of a request must be there, and then its body, however small."""
SLOWEST = 1000
"""Bytes in a second that a body must bring on the whole after its grace. A slow telephone brings ten times that."""


class PunctualBodies:
    """ASGI: stops waiting for a body that comes too slowly; the page that says so is made like every other one."""

    def __init__(self, app: ASGIApp, *, grace: float = GRACE, slowest: int = SLOWEST) -> None:
        self.app = app
        self.grace = grace
        self.slowest = slowest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, came, whole = time.monotonic(), 0, False

        async def in_time() -> Message:
            nonlocal came, whole
            if whole:  # what is waited for now is that somebody goes away
                return await receive()
            left = began + self.grace + came / self.slowest - time.monotonic()
            try:
                message = await asyncio.wait_for(receive(), left)
            except TimeoutError:
                raise HTTPException(TOO_SLOW, headers={"Connection": "close"}) from None
            came += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            return message

        await self.app(scope, in_time, send)


class PunctualHeads(H11Protocol):
    """The server's protocol, with an end to waiting for the head of a request, which it has no setting for."""

    grace = GRACE

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as the library's own
        """Begin to wait."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Stop waiting when a head is whole; begin anew with the first byte of the next one."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """There is nothing to wait for."""
        self._stop_watching()
        super().connection_lost(exc)

    def _watch(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_watching()
        elif self._late is None:
            self._late = self.loop.call_later(self.grace, self.transport.close)

    def _stop_watching(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
