"""Counts what this process asks of Prefect's server: requests by route, and events over its websocket."""

from __future__ import annotations

import re
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
from prefect.events.clients import PrefectEventsClient

if TYPE_CHECKING:
    from collections.abc import Iterator

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """What is asked during the block, retries included; nothing is kept from being asked."""
    calls: Counter[str] = Counter()
    plain, asynchronous, emit = httpx.Client.send, httpx.AsyncClient.send, PrefectEventsClient._emit  # noqa: SLF001

    def send(self: httpx.Client, request: httpx.Request, **more: Any) -> httpx.Response:
        calls[_route(request)] += 1
        return plain(self, request, **more)

    async def send_async(self: httpx.AsyncClient, request: httpx.Request, **more: Any) -> httpx.Response:
        calls[_route(request)] += 1
        return await asynchronous(self, request, **more)

    async def emitted(self: PrefectEventsClient, event: Any) -> None:
        calls["event"] += 1
        await emit(self, event)

    _put(send, send_async, emitted)
    try:
        yield calls
    finally:
        _put(plain, asynchronous, emit)


def _put(send: Any, send_async: Any, emit: Any) -> None:
    httpx.Client.send = send  # type: ignore[method-assign]
    httpx.AsyncClient.send = send_async  # type: ignore[method-assign]
    PrefectEventsClient._emit = emit  # type: ignore[method-assign]  # noqa: SLF001


def _route(request: httpx.Request) -> str:
    path = request.url.path.partition("/api/")[2]
    path = re.sub(r"(deployments/name|work_pools|flows/name)/[^/]+", r"\1/…", path)
    return f"{request.method} {UUID.sub('…', path)}"
