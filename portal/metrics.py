"""Requests counted by route, and the port at which Prometheus reads the figures.

The port is another than the portal's, closed unless a setting opens it, and on loopback unless a setting says
otherwise: no proxy that leads people to the portal leads anybody there.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, start_http_server

from config.settings import SettingsError
from engine.metrics import RegisterFigures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from engine.services import Services

UNKNOWN = "(none)"
"""Stands for every address that leads nowhere, so that nobody can make labels by asking for addresses."""
METHODS = frozenset({"GET", "HEAD", "POST"})
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class RequestFigures:
    """Counts requests by route template, method and status. Templates hold no token: `/a/{token}`."""

    def __init__(self, registry: CollectorRegistry) -> None:
        labels = ("route", "method", "status")
        self._requests = Counter("samsyn_requests", "Requests answered.", labels, registry=registry)
        self._seconds = Histogram("samsyn_request_seconds", "Until the last byte.", buckets=SECONDS, registry=registry)

    def measure(self, app: ASGIApp) -> ASGIApp:
        """The application, counted."""

        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            status, began = 500, time.perf_counter()

            async def seen(message: Message) -> None:
                nonlocal status
                if message["type"] == "http.response.start":
                    status = message["status"]
                await send(message)

            try:
                await app(scope, receive, seen)
            finally:
                self._requests.labels(template(scope), method(scope), str(status)).inc()
                self._seconds.observe(time.perf_counter() - began)

        return counted


def template(scope: Scope) -> str:
    """The route that answered; the application writes it into the scope, which it shares with us."""
    route: Any = scope.get("route")
    path = getattr(route, "path", None)
    if path is None and scope.get("endpoint") is not None and scope.get("root_path"):
        return str(scope["root_path"])  # a mount, such as that of the static files
    return str(path) if path else UNKNOWN


def method(scope: Scope) -> str:
    """The method; whatever somebody makes up is one."""
    return scope["method"] if scope["method"] in METHODS else "other"


@contextmanager
def measured(services: Services) -> Iterator[Callable[[ASGIApp], ASGIApp]]:
    """Serve the figures for as long as this lasts, where the settings want it; gives what counts an application.

    Raises:
        SettingsError: the port is taken.
    """
    settings = services.settings
    if settings.metrics_port is None:
        yield lambda app: app
        return
    registry = CollectorRegistry()
    registry.register(RegisterFigures(services.register, services.clock))
    ProcessCollector(registry=registry)
    figures = RequestFigures(registry)
    try:
        server, thread = start_http_server(settings.metrics_port, settings.metrics_host, registry)
    except OSError as taken:
        raise SettingsError([f"SAMSYN_METRICS_PORT: {settings.metrics_port} cannot be listened on: {taken}"]) from taken
    try:
        yield figures.measure
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
