"""A small installation for measurements: a register in a folder of its own, a cycle, and the parts that serve it."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from bench.work import asked, begin, cycle_of
from config.settings import Settings
from engine.services import Services, build_services
from engine.stack import Stack
from models.tokens import token_for

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def installation(**more: Any) -> Iterator[Services]:
    """Services over an empty register, with ports of their own on this machine; `more` are settings."""
    with TemporaryDirectory(prefix="samsyn-bench-") as folder:
        ports = free_ports(3)
        settings = Settings(
            data_dir=Path(folder),
            portal_port=ports[0],
            mailbox_port=ports[1],
            prefect_port=ports[2],
            base_url=f"http://127.0.0.1:{ports[0]}",
            **more,
        )
        services = build_services(settings, "bench")
        try:
            yield services
        finally:
            services.close()


@contextmanager
def served(services: Services, *parts: str) -> Iterator[None]:
    """The named parts as processes, until the end of the block."""
    stack = Stack(services.settings)
    stack.start(parts)
    try:
        yield
    finally:
        stack.stop()


def open_consultation(services: Services, consultees: int) -> list[str]:
    """Start a cycle that asks so many one question; the addresses of the links, as the mails have them."""
    begin(services.register, cycle_of(1, consultees), "measured", datetime.now(UTC), services.secret_key)
    return [f"/a/{token_for(link, services.secret_key)}" for link in asked(services.register, "measured")]


def free_ports(number: int) -> list[int]:
    """Ports of loopback that nobody listens on."""
    sockets = [socket.socket() for _ in range(number)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()
