"""The way to the mail server. What became of a mail is a value; the outbox decides what follows from it."""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from aiosmtplib import SMTP
from aiosmtplib.errors import (
    SMTPException,
    SMTPHeloError,
    SMTPNotSupported,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from config.mailserver import Security

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractAsyncContextManager

    from config.mailserver import SmtpServer

TIMEOUT = 30.0
"""Seconds that we wait for any one answer of the server."""
DROPS = 3
"""Mails in a row that may lose their connection before the server is left in peace."""
PERMANENT = range(500, 600)
TOO_LARGE = 552
CLOSING = 421
UNAUTHENTICATED = frozenset({530, 534, 535, 538})
"""Reply codes that say that the server wants somebody logged in (RFC 4954 section 6)."""


@dataclass(frozen=True)
class Sent:
    """The server has taken the mail."""

    response: str


@dataclass(frozen=True)
class Deferred:
    """Not now: a 4xx reply, a timeout, or a connection that broke."""

    reason: str


@dataclass(frozen=True)
class Refused:
    """Never: a 5xx reply to this mail, or an address that the server cannot take."""

    reason: str


@dataclass(frozen=True)
class QueueStopped:
    """No mail can go: the server cannot be reached, or does not accept us. It is no mail's fault."""

    reason: str


Attempt = Sent | Deferred | Refused | QueueStopped


@dataclass(frozen=True)
class Outgoing:
    """One mail for the server."""

    mail_from: str  # of the envelope
    address: str
    raw: bytes
    envelope_id: str = ""  # what a delivery status notification names again; without one none is asked for


class Connection(Protocol):
    """An open way to the server, for as many mails as wanted."""

    async def send(self, mail: Outgoing) -> Attempt:
        """Hand one mail over; never raises for what a server or a network does."""
        ...


class Transport(Protocol):
    """A way to the server. Nothing is connected before the first mail."""

    def connection(self) -> AbstractAsyncContextManager[Connection]:
        """One connection for a batch, closed at the end."""
        ...


class DiscardTransport:
    """Takes every mail and sends none: for rehearsals. The outbox does not even open a connection for it."""

    sent = Sent("rehearsed")

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[DiscardTransport]:
        """This, because there is nothing to open."""
        yield self

    async def send(self, mail: Outgoing) -> Attempt:  # noqa: ARG002 - that is the point
        """Taken, and gone."""
        return self.sent


class SmtpTransport:
    """A mail server, spoken to over SMTP (RFC 5321), in the clear, over TLS, or with STARTTLS (RFC 3207)."""

    def __init__(self, server: SmtpServer, *, timeout: float = TIMEOUT) -> None:
        self.server = server
        self.timeout = timeout

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[SmtpConnection]:
        """A connection that opens with the first mail, and again when it breaks."""
        connection = SmtpConnection(self.server, self.timeout)
        try:
            yield connection
        finally:
            await connection.close()


class SmtpConnection:
    """One connection to a server, and what is known of its manners."""

    def __init__(self, server: SmtpServer, timeout: float) -> None:
        self._server = server
        self._timeout = timeout
        self._smtp: SMTP | None = None
        self._drops = 0

    async def send(self, mail: Outgoing) -> Attempt:
        """One mail; a broken connection is opened anew for the next."""
        try:
            smtp = await self._open()
        except (SMTPException, OSError) as failed:
            return QueueStopped(f"the mail server cannot be used: {describe(failed)}")
        try:
            return await self._hand_over(smtp, mail)
        except (SMTPException, OSError, ValueError) as failed:
            return await self._judge(failed)

    async def _hand_over(self, smtp: SMTP, mail: Outgoing) -> Attempt:
        of_mail, of_recipient = envelope_options(mail, dsn=smtp.supports_extension("dsn"))
        _, response = await smtp.sendmail(
            mail.mail_from, [mail.address], mail.raw, mail_options=of_mail, rcpt_options=of_recipient
        )  # fmt: skip
        self._drops = 0
        return Sent(response)

    async def _open(self) -> SMTP:
        if self._smtp is not None and self._smtp.is_connected:
            return self._smtp
        server = self._server
        self._smtp = SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.security is Security.TLS,
            start_tls=server.security is Security.STARTTLS,
            timeout=self._timeout,
        )
        await self._smtp.connect()
        with suppress(SMTPHeloError):  # without it, nothing is known of what the server offers
            await self._smtp.ehlo()
        return self._smtp

    async def _judge(self, failed: Exception) -> Attempt:
        if isinstance(failed, ValueError):
            return Refused(str(failed))  # the library found an address that no command can carry
        if isinstance(failed, (SMTPResponseException, SMTPRecipientsRefused, SMTPNotSupported)):
            self._drops = 0
            if reply_code(failed) == CLOSING:
                await self.close()
            return verdict(failed)
        self._drops += 1
        await self.close()
        reason = f"the connection broke: {describe(failed)}"
        return QueueStopped(reason) if self._drops >= DROPS else Deferred(reason)

    async def close(self) -> None:
        """Take leave, as well as the connection still allows."""
        smtp, self._smtp = self._smtp, None
        if smtp is None or not smtp.is_connected:
            return
        try:
            await smtp.quit()
        except (SMTPException, OSError):
            smtp.close()


def envelope_options(mail: Outgoing, *, dsn: bool) -> tuple[list[str], list[str]]:
    """The parameters of MAIL and RCPT: SMTPUTF8 (RFC 6531) and, where it is offered, DSN (RFC 3461).

    A report is wanted when delivery fails or takes long, with the mail's headers and not its text: it holds a token.
    """
    utf8 = not (mail.address.isascii() and mail.mail_from.isascii())
    of_mail = ["SMTPUTF8", "BODY=8BITMIME"] if utf8 else []
    if not dsn or not mail.envelope_id:
        return of_mail, []
    of_recipient = ["NOTIFY=FAILURE,DELAY"]
    if not utf8:
        of_recipient.append(f"ORCPT=rfc822;{_xtext(mail.address)}")
    return [*of_mail, "RET=HDRS", f"ENVID={_xtext(mail.envelope_id)}"], of_recipient


def _xtext(text: str) -> str:
    """RFC 3461, section 4: what a parameter's value may hold; the rest as + and two hexadecimal digits."""
    return "".join(sign if "!" <= sign <= "~" and sign not in "+=" else f"+{ord(sign):02X}" for sign in text)


def reply_code(failed: SMTPException) -> int:
    """The server's reply code; of several refused recipients the first one's; 0 without a reply."""
    if isinstance(failed, SMTPRecipientsRefused):
        return failed.recipients[0].code if failed.recipients else 0
    return failed.code if isinstance(failed, SMTPResponseException) else 0


def verdict(failed: SMTPException) -> Attempt:
    """What a server's refusal means. A refused sender is refused for every mail, unless it was about the size."""
    reason, code = describe(failed), reply_code(failed)
    if isinstance(failed, SMTPNotSupported):
        return Refused(f"the mail server cannot take the address: {reason}")
    if code not in PERMANENT:
        return Deferred(reason)
    stops = code in UNAUTHENTICATED or (isinstance(failed, SMTPSenderRefused) and code != TOO_LARGE)
    return QueueStopped(f"the mail server does not accept us: {reason}") if stops else Refused(reason)


def describe(failed: BaseException) -> str:
    """The reply on one line, or what went wrong."""
    if isinstance(failed, SMTPRecipientsRefused) and failed.recipients:
        return describe(failed.recipients[0])
    if isinstance(failed, SMTPResponseException):
        return f"{failed.code} {' '.join(str(failed.message).split())}"
    return " ".join(str(failed).split()) or type(failed).__name__
