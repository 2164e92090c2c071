"""Ten thousand notices to one mail server, beside aiosmtplib alone with the same messages to the same server."""

from __future__ import annotations

import asyncio
import resource
import subprocess
import sys
import time
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import aiosmtplib

from bench.house import free_ports, installation
from bench.results import Row
from bench.work import begin, cycle_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from engine.services import Services
    from notifications.transport import Attempt, Connection, Outgoing, Transport

LEAST = 0.8
"""Of the rate of the library alone."""
GROWS = 1.1
"""Times as much memory after all mails as after half of them."""
PATIENCE = 20.0
"""Seconds for the server to come up."""


@dataclass
class Remembering:
    """The way to the server, and what went it."""

    inner: Transport
    mails: list[Outgoing] = field(default_factory=list)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Remembered]:
        """One connection for a batch."""
        async with self.inner.connection() as connection:
            yield Remembered(connection, self.mails)


@dataclass
class Remembered:
    """A connection that keeps the first of what it is given: as many as are sent alone afterwards."""

    inner: Connection
    mails: list[Outgoing]

    async def send(self, mail: Outgoing) -> Attempt:
        """Hand over."""
        if len(self.mails) < KEPT:
            self.mails.append(mail)
        return await self.inner.send(mail)


KEPT = 500
"""Mails that are sent by the library alone, again and again until they are as many."""


def measure(*, quick: bool = False) -> Iterator[Row]:
    """One server in a process of its own, which takes everything and keeps nothing."""
    number = 500 if quick else 10_000
    port = free_ports(1)[0]
    with sink(port), installation(smtp_url=f"smtp://127.0.0.1:{port}") as services:
        begin(services.register, cycle_of(1, number), "measured", datetime.now(UTC))
        way = Remembering(services.mailer.transport)
        services.mailer.transport = way
        ours, half, whole = asyncio.run(_ours(services, number))
        alone = asyncio.run(_alone(port, way.mails, number))
    yield Row("mails a second, the library alone", number / alone, "/s")
    yield Row(
        f"mails a second, {number:,} notices", number / ours, "/s", alone / ours, "the library alone",
        f"at least {LEAST}", alone >= LEAST * ours,
    )  # fmt: skip
    yield Row(
        "memory after all of them", whole / 2**20, "MB", whole / half, "after the first half",
        f"at most {GROWS}", whole <= GROWS * half,
    )  # fmt: skip


@contextmanager
def sink(port: int) -> Iterator[None]:
    """A mail server that takes everything and keeps nothing."""
    command = [sys.executable, "-m", "aiosmtpd", "--nosetuid", "--class", "aiosmtpd.handlers.Sink"]
    server = subprocess.Popen([*command, "--listen", f"127.0.0.1:{port}"])
    try:
        asyncio.run(_up(port))
        yield
    finally:
        server.terminate()
        server.wait()


async def _up(port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return


async def _ours(services: Services, number: int) -> tuple[float, int, int]:
    """Seconds, and the most memory after half of the mails and after all."""
    at = datetime.now(UTC) + timedelta(days=7)  # whatever day it is measured on, a working day has come
    sent, half, began = 0, 0, time.perf_counter()
    while tally := (await services.mailer.send_due(at)).sent:
        sent += tally
        half = half or (_most_memory() if sent >= number / 2 else 0)
    assert sent >= number, (sent, number)
    return (time.perf_counter() - began) * number / sent, half, _most_memory()


async def _alone(port: int, mails: list[Outgoing], number: int) -> float:
    began = time.perf_counter()
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port) as client:
        for index in range(number):
            mail = mails[index % len(mails)]
            await client.sendmail(mail.mail_from, [mail.address], mail.raw)
    return time.perf_counter() - began


def _most_memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
