"""What became of mails, written down beside the sending of the next ones: several in one commit.

A mail server answers sooner than a disk. So the next mail goes while the commit of the last ones runs, but only as many
as `UNRECORDED` may be under way: that is how many a kill can make come again, with the same Message-ID and bytes.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from notifications.results import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Results: TypeAlias = "Sequence[tuple[str, dict[str, Any]]]"
"""The columns of deliveries, by their notices."""
UNRECORDED = 20
"""The most mails of one sender that are being handed over, or have been and are not written down as such."""
GATHERING = 0.02
"""Seconds that a result waits for others to be committed with it."""


class Recording:
    """Takes results while mails are sent, and has them written down in a thread beside it."""

    def __init__(self, write: Callable[[str, Results, Tally], None], keep: Callable[[str, Results], None]) -> None:
        self.tally = Tally()
        self._write = write
        self._keep = keep  # for what cannot be written down now
        self._waiting: list[tuple[str, Results]] = []
        self._room = asyncio.Semaphore(UNRECORDED)
        self._news, self._hurry = asyncio.Event(), asyncio.Event()
        self._ends = False
        self._failed: Exception | None = None

    async def __aenter__(self) -> Self:
        """Begin to write."""
        self._writer = asyncio.create_task(self._work())
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Write down what is left. What cannot be is kept, and the reason raised.

        Raises:
            Exception: what came of writing, when nothing else has gone wrong.
        """
        self._ends = True
        self._news.set()
        self._hurry.set()
        try:
            await self._writer
        finally:
            for name, results in self._waiting:
                self._keep(name, results)
        if self._failed is not None and kind is None:
            raise self._failed

    async def room(self) -> None:
        """Wait until one more mail may be under way.

        Raises:
            Exception: nothing can be written down any more.
        """
        if self._room.locked():
            self._hurry.set()
        await self._room.acquire()
        if self._failed is not None:
            raise self._failed

    def unused(self) -> None:
        """The room was not needed after all."""
        self._room.release()

    def note(self, name: str, results: Results) -> None:
        """What became of mails under the claim of that name."""
        self._waiting.append((name, results))
        self._news.set()

    async def _work(self) -> None:
        while not self._ends or self._waiting:
            await self._news.wait()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._hurry.wait(), GATHERING)
            waiting, self._waiting = self._waiting, []
            self._news.clear()
            if not self._ends:
                self._hurry.clear()
            if not await self._written(waiting):
                return

    async def _written(self, waiting: list[tuple[str, Results]]) -> bool:
        """Whether it could be written down; whoever waits for room is told if not."""
        claims: dict[str, list[tuple[str, dict[str, Any]]]] = {}
        for name, results in waiting:
            claims.setdefault(name, []).extend(results)
        left = list(claims)
        try:
            for name, together in claims.items():
                left.remove(name)  # what cannot be written is kept by who writes
                await asyncio.to_thread(self._write, name, together, self.tally)
        except Exception as failed:  # noqa: BLE001 - raised again where mails are handed over
            self._failed = failed
            self._waiting = [(name, claims[name]) for name in left] + self._waiting
        for _ in range(UNRECORDED if self._failed else len(waiting)):
            self._room.release()
        return self._failed is None
