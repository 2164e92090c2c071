"""The development mailbox: a mail server on loopback that keeps what it is given, one file for each mail.

A mail is on disk, under its final name, before the server says 250. Reading needs no server: any process may look
into the directory.
"""

from __future__ import annotations

import itertools
import os
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from aiosmtpd.controller import Controller

if TYPE_CHECKING:
    from collections.abc import Callable
    from email.message import EmailMessage
    from pathlib import Path

    from aiosmtpd.smtp import Envelope

    Decide = Callable[[Envelope], str | None]
    """A reply to give instead of taking the mail, such as `451 4.3.0 try later`; None takes it."""

SUFFIX = ".eml"
ACCEPTED = "250 2.0.0 kept"
KEPT_PARSED = 2000
"""Mails that a reader keeps parsed; the files never change."""
SIZE_LIMIT = 32 * 1024 * 1024


def take_all(envelope: Envelope) -> str | None:  # noqa: ARG001
    """Accept every mail."""
    return None


class Keeper:
    """Writes each accepted mail to the directory."""

    def __init__(self, directory: Path, decide: Decide = take_all) -> None:
        self.directory = directory
        self.decide = decide
        self._numbers = itertools.count()
        directory.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802, ARG002
        """What aiosmtpd calls when a mail has come in whole."""
        refusal = self.decide(envelope)
        if refusal is not None:
            return refusal
        content = envelope.content or b""
        octets = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
        trace = "".join(f"Delivered-To: {address}\r\n" for address in envelope.rcpt_tos)
        self._store(trace.encode("utf-8", "surrogateescape") + octets)
        return ACCEPTED

    def _store(self, octets: bytes) -> None:
        # Arrival first, so that names sort by it; then a number for mails of the same nanosecond and other writers.
        name = f"{time.time_ns():020d}-{next(self._numbers):06d}-{os.getpid()}"
        partial = self.directory / f".{name}.part"
        with partial.open("wb") as file:
            file.write(octets)
            file.flush()
            os.fsync(file.fileno())
        partial.rename(self.directory / f"{name}{SUFFIX}")
        self._sync_directory()

    def _sync_directory(self) -> None:
        handle = os.open(self.directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


class LoopbackServer(Controller):
    """A mail server in a thread of its own; port 0 takes a free one, and `port` says which once it has started."""

    def _trigger_server(self) -> None:
        # The controller proves that it serves by connecting to its port, which must be the real one by then.
        bound: Any = self.server
        self.port = int(bound.sockets[0].getsockname()[1])
        super()._trigger_server()  # type: ignore[no-untyped-call]


def mail_server(
    directory: Path, *, host: str = "127.0.0.1", port: int = 0, decide: Decide = take_all
) -> LoopbackServer:
    """A development mail server that is not yet started: `start()` and `stop()` it."""
    return LoopbackServer(
        Keeper(directory, decide), hostname=host, port=port, enable_SMTPUTF8=True, data_size_limit=SIZE_LIMIT
    )


@dataclass(frozen=True)
class StoredMail:
    """One mail as it was taken. Ids sort by arrival."""

    id: str
    received_at: datetime  # by the machine's clock
    to: tuple[str, ...]  # of the envelope
    subject: str
    date: datetime | None  # as the mail says: the cycle's clock
    kind: str | None  # of notice
    text: str
    html: str
    message_id: str
    raw: bytes


class Mailbox:
    """Reads the directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._parsed: OrderedDict[str, StoredMail] = OrderedDict()

    def messages(self, address: str | None = None, after: str | None = None) -> list[StoredMail]:
        """The mails to an address, or all, that came after the one called `after`; the newest last."""
        mails = [self._read(name) for name in self._ids() if after is None or name > after]
        wanted = address.casefold() if address else None
        return [mail for mail in mails if wanted is None or wanted in (to.casefold() for to in mail.to)]

    def get(self, mail_id: str) -> StoredMail | None:
        """One mail, or None when there is none of that id."""
        return self._read(mail_id) if mail_id in self._ids() else None

    def _ids(self) -> list[str]:
        try:
            names = os.listdir(self.directory)  # noqa: PTH208 - names are enough, and polled often
        except FileNotFoundError:
            return []
        return sorted(name.removesuffix(SUFFIX) for name in names if name.endswith(SUFFIX))

    def _read(self, mail_id: str) -> StoredMail:
        if mail_id not in self._parsed:
            self._parsed[mail_id] = parse(mail_id, (self.directory / f"{mail_id}{SUFFIX}").read_bytes())
            if len(self._parsed) > KEPT_PARSED:
                self._parsed.popitem(last=False)
        return self._parsed[mail_id]


def parse(mail_id: str, raw: bytes) -> StoredMail:
    """A stored file as a mail; what a broken mail lacks is empty."""
    message = message_from_bytes(raw, policy=policy.default)
    return StoredMail(
        id=mail_id,
        received_at=datetime.fromtimestamp(int(mail_id.partition("-")[0]) / 1e9, UTC),
        to=tuple(str(address) for address in message.get_all("Delivered-To", [])),
        subject=str(message.get("Subject", "")),
        date=_date(message),
        kind=str(message["X-Samsyn-Kind"]) if "X-Samsyn-Kind" in message else None,
        text=_body(message, "plain"),
        html=_body(message, "html"),
        message_id=str(message.get("Message-ID", "")),
        raw=raw,
    )


def _date(message: EmailMessage) -> datetime | None:
    try:
        return parsedate_to_datetime(str(message["Date"]))
    except (TypeError, ValueError):
        return None


def _body(message: EmailMessage, subtype: str) -> str:
    part = message.get_body(preferencelist=(subtype,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, UnicodeError):  # a charset that nobody knows
        payload = part.get_payload(decode=True)
        return payload.decode("latin-1") if isinstance(payload, bytes) else ""
