# ruff: noqa: ARG002 - aiosmtpd says what its hooks are given
"""A mail server that misbehaves on demand, over real SMTP on loopback; what it takes goes into the mailbox."""

from __future__ import annotations

import asyncio
from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from engine.mailbox import ACCEPTED, SIZE_LIMIT, Keeper, LoopbackServer

if TYPE_CHECKING:
    from pathlib import Path

    from aiosmtpd.smtp import Envelope

LOOK = 0.05
"""Seconds between two looks at whether it is still to be silent."""
LATER = "451 4.3.2 try again later"
NEVER = "550 5.1.1 no such mailbox"


class Manner(StrEnum):
    """How the server behaves."""

    WELL = "well"
    SILENT = "silent"  # takes the connection, and after its greeting says nothing any more
    SILENT_AT_END = "silent at the end"  # keeps the mail, and never says that it has
    DROPS = "drops"  # closes the connection in the middle of DATA
    LATER = "later"  # 451 to every mail


class Wilful(Keeper):
    """Behaves as it is told."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.manner = Manner.WELL
        self.unknown: frozenset[str] = frozenset()  # addresses that get a 550
        self.drops_left: int | None = None  # None: always
        self.seen: Counter[Manner] = Counter()  # how often it behaved so

    async def handle_EHLO(  # noqa: N802
        self,
        server: Any,
        session: Any,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        """What aiosmtpd calls first."""
        session.host_name = hostname
        if self.manner is Manner.SILENT:
            self.seen[self.manner] += 1
            await self._say_nothing(Manner.SILENT)
        return responses

    async def handle_RCPT(  # noqa: N802
        self,
        server: Any,
        session: Any,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        """A recipient."""
        if address in self.unknown:
            return NEVER
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        """A mail has come in whole."""
        manner = self.manner
        self.seen[manner] += 1
        if manner is Manner.LATER:
            return LATER
        if manner is Manner.DROPS and self._drops():
            server.transport.abort()
            return LATER
        taken = await super().handle_DATA(server, session, envelope)
        if manner is Manner.SILENT_AT_END:
            await self._say_nothing(manner)
        return taken

    def _drops(self) -> bool:
        if self.drops_left is None:
            return True
        self.drops_left -= 1
        return self.drops_left >= 0

    async def _say_nothing(self, manner: Manner) -> None:
        while self.manner is manner:  # noqa: ASYNC110 - it is changed in another thread
            await asyncio.sleep(LOOK)


class MailServer:
    """The server at one port; it can be gone, and come back."""

    def __init__(self, directory: Path, port: int) -> None:
        self.keeper = Wilful(directory)
        self.port = port
        self._server: LoopbackServer | None = None

    def open(self) -> None:
        """Listen; connections are refused before."""
        if self._server is None:
            self._server = LoopbackServer(
                self.keeper, hostname="127.0.0.1", port=self.port, enable_SMTPUTF8=True, data_size_limit=SIZE_LIMIT
            )
            self._server.start()

    def close(self) -> None:
        """Refuse connections."""
        self.keeper.manner = Manner.WELL
        if self._server is not None:
            self._server.stop()
            self._server = None

    def well(self) -> None:
        """Behave."""
        self.keeper.manner, self.keeper.unknown, self.keeper.drops_left = Manner.WELL, frozenset(), None
        self.open()


__all__ = ["ACCEPTED", "MailServer", "Manner", "Wilful"]
