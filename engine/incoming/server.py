"""The listener for replies and bounces: LMTP (RFC 2033) or SMTP (RFC 5321), for the mail server of the house.

A mail is answered with 250 when it is committed, and with 451 when it cannot be: then its server keeps it and tries
again. An address that we never gave out is refused at RCPT, so that its server tells the sender and not we.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP

from engine.incoming.addresses import destination
from engine.incoming.filing import Arrived, file_mail
from engine.mailbox import LoopbackServer

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from aiosmtpd.smtp import Envelope

    from config.settings import Settings
    from models.register import Register

log = logging.getLogger("samsyn.incoming")

ACCEPTED = "250 2.0.0 kept"
UNKNOWN = "550 5.1.1 there is no such address"
ONE_AT_A_TIME = "452 4.5.3 one recipient at a time"
NOT_NOW = "451 4.3.0 cannot be kept now; try again"
HELLO = "Samsyn"


class Receiver:
    """What aiosmtpd calls for each mail."""

    def __init__(self, register: Register, domain: str, now: Callable[[], datetime]) -> None:
        self.register = register
        self.domain = domain
        self.now = now

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take an address that leads somewhere; one in a transaction, so that one reply after DATA is enough."""
        if envelope.rcpt_tos:
            return ONE_AT_A_TIME
        try:
            known = await asyncio.to_thread(self._leads_somewhere, address)
        except Exception:  # whatever it is, the mail's server shall keep it
            log.exception("cannot look up where a mail belongs")
            return NOT_NOW
        if not known:
            return UNKNOWN
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        """Keep a mail; 250 only when it is on disk."""
        content = envelope.content or b""
        raw = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
        try:
            return await asyncio.to_thread(
                self._take, envelope.rcpt_tos[0], (envelope.mail_from or "").strip("<>"), raw
            )
        except Exception:  # whatever it is, the mail's server shall keep it
            log.exception("cannot keep a mail")
            return NOT_NOW

    def _leads_somewhere(self, address: str) -> bool:
        with self.register.read() as session:
            return destination(session, address, self.domain) is not None

    def _take(self, address: str, mail_from: str, raw: bytes) -> str:
        with self.register.read() as session:
            where = destination(session, address, self.domain)
        if where is None:
            return UNKNOWN
        kind = file_mail(self.register, Arrived(where, address, mail_from, raw), self.now())
        log.info("a mail came in: %s, %d bytes", kind, len(raw))
        return ACCEPTED


class IncomingServer(LoopbackServer):
    """The listener, in a thread of its own."""

    def __init__(self, receiver: Receiver, *, host: str, port: int, lmtp: bool, size_limit: int) -> None:
        self._protocol = LMTP if lmtp else SMTP
        super().__init__(
            receiver, hostname=host, port=port, enable_SMTPUTF8=True, data_size_limit=size_limit, ident=HELLO
        )

    def factory(self) -> SMTP:
        """A conversation with one mail server."""
        return self._protocol(self.handler, **self.SMTP_kwargs)


def incoming_server(
    settings: Settings, register: Register, now: Callable[[], datetime], *, port: int | None = None
) -> IncomingServer:
    """A listener that is not yet started: `start()` and `stop()` it. Port 0 takes a free one.

    Raises:
        ValueError: the settings name no domain for replies, or no port.
    """
    chosen = settings.incoming_port if port is None else port
    if settings.reply_domain is None or chosen is None:
        raise ValueError("SAMSYN_REPLY_DOMAIN and SAMSYN_INCOMING_PORT: both are needed to take mail in")
    return IncomingServer(
        Receiver(register, settings.reply_domain, now),
        host=settings.incoming_host, port=chosen,
        lmtp=settings.incoming_protocol == "lmtp", size_limit=settings.incoming_size_limit,
    )  # fmt: skip
