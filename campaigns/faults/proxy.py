"""What stands between worker and Prefect's server, and can be slow, answer 500 and 503, or cut an answer off."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from contextlib import suppress
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

HOST = "127.0.0.1"
CHUNK = 65536
ERRS, CUT = 1 / 12, 1 / 40
"""How many of the questions, in bad weather."""
METHODS = (b"GET", b"POST", b"PATCH", b"PUT", b"DELETE")
BODY = b'{"detail": "it is the campaign that says so"}'


class Weather(StrEnum):
    """What becomes of what the worker asks."""

    FAIR = "fair"
    SLOW = "slow"  # every question and every answer is on its way for a while
    ERRORS = "errors"  # some are answered 500 or 503, and some are done but their answer is cut off
    DOWN = "down"  # 503 to everything


class Proxy:
    """A proxy in a thread of its own; it knows no more of HTTP than it needs."""

    def __init__(self, port: int, behind: int, chance: Random, delay: float = 0.3) -> None:
        self.port, self.behind, self.chance, self.delay = port, behind, chance, delay
        self.weather = Weather.FAIR
        self.seen: Counter[str] = Counter()
        self._loop = asyncio.new_event_loop()
        self._open: set[asyncio.StreamWriter] = set()
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)
        self._ready = threading.Event()

    def start(self) -> None:
        """Listen."""
        self._thread.start()
        self._ready.wait(10)

    def stop(self) -> None:
        """End."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def turn(self, weather: Weather) -> None:
        """From now on; connections of before are cut, as a load balancer would that has lost its server."""
        self.weather = weather
        self._loop.call_soon_threadsafe(self._cut)

    def _cut(self) -> None:
        for writer in list(self._open):
            writer.transport.abort()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, HOST, self.port))
        self._ready.set()
        self._loop.run_forever()
        server.close()
        self._cut()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        with suppress(OSError, asyncio.IncompleteReadError):
            try:
                inner, outer = await asyncio.open_connection(HOST, self.behind)
            except OSError:
                writer.transport.abort()
                return
            self._open.add(outer)
            answers = asyncio.create_task(self._answers(inner, writer))
            try:
                await self._questions(reader, outer, writer)
            finally:
                answers.cancel()
                outer.transport.abort()
                self._open -= {outer}
        writer.transport.abort()
        self._open -= {writer}

    async def _questions(
        self, reader: asyncio.StreamReader, outer: asyncio.StreamWriter, back: asyncio.StreamWriter
    ) -> None:
        while chunk := await reader.read(CHUNK):
            if await self._refused(chunk, back):
                return
            outer.write(chunk)
            await outer.drain()
            if self.weather is Weather.ERRORS and self.chance.random() < CUT:
                self.seen["answer cut off"] += 1
                await asyncio.sleep(0.2)  # it is done there
                return

    async def _refused(self, chunk: bytes, back: asyncio.StreamWriter) -> bool:
        if self.weather is Weather.SLOW:
            self.seen["slow"] += 1
            await asyncio.sleep(self.delay)
        errs = self.weather is Weather.DOWN or (self.weather is Weather.ERRORS and self.chance.random() < ERRS)
        if not errs or chunk.split(b" ", 1)[0] not in METHODS:
            return False
        status = b"503 Service Unavailable" if self.chance.random() < 0.5 else b"500 Internal Server Error"
        self.seen[status[:3].decode()] += 1
        head = b"HTTP/1.1 %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
        back.write(head % (status, len(BODY)) + BODY)
        await back.drain()
        back.close()
        return True

    async def _answers(self, inner: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while chunk := await inner.read(CHUNK):
                if self.weather is Weather.SLOW:
                    await asyncio.sleep(self.delay)
                writer.write(chunk)
                await writer.drain()
            writer.close()
