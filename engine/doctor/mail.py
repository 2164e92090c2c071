"""The mail server that mails are handed to, and the listener for what comes back."""

from __future__ import annotations

import smtplib
import socket
import ssl
from typing import TYPE_CHECKING

from config.mailserver import Security
from engine.doctor.addresses import is_local
from engine.doctor.findings import broken, look, well
from engine.services import development_mailbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from config.mailserver import SmtpServer
    from config.settings import Settings
    from engine.doctor.findings import Examined

PATIENCE = 5.0
"""Seconds to wait for any one answer."""
WHAT = "mail server"
SMTP_OK = 250


def mail(settings: Settings) -> Iterator[Examined]:
    """Whether a mail could be handed in, without handing one in; and whether replies could come."""
    yield _outgoing(settings)
    yield from _incoming(settings)


def _outgoing(settings: Settings) -> Examined:
    server = settings.smtp or development_mailbox(settings)
    where = f"{server.security}://{server.host}:{server.port}"
    try:
        _greet(server)
    except smtplib.SMTPAuthenticationError as refused:
        return broken(WHAT, f"{where} does not accept the user: {_reply(refused)}", "See SAMSYN_SMTP_URL.")
    except smtplib.SMTPNotSupportedError as missing:
        return broken(WHAT, f"{where}: {missing}", "See SAMSYN_SMTP_URL: another scheme, or without a user.")
    except ssl.SSLError as distrusted:
        return broken(WHAT, f"{where}: {distrusted.reason or distrusted}", "See its certificate, and SAMSYN_SMTP_URL.")
    except (OSError, smtplib.SMTPException) as unreachable:
        mend = "Start it with: samsyn up" if settings.smtp is None else "See SAMSYN_SMTP_URL."
        return broken(WHAT, f"{where}: {unreachable}", mend)
    if server.security is Security.PLAIN and not _near(server.host):
        return look(WHAT, f"{where}: mails travel in the clear", "Write smtp+starttls:// or smtps:// if it can.")
    return well(WHAT, where)


def _greet(server: SmtpServer) -> None:
    """As far as a mail would come before it is said who it is from."""
    context = ssl.create_default_context()
    if server.security is Security.TLS:
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=PATIENCE, context=context)
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=PATIENCE)
    with smtp:
        if server.security is Security.STARTTLS:
            smtp.starttls(context=context)
        if server.user is not None:
            smtp.login(server.user, server.password or "")
        code, words = smtp.noop()
        if code != SMTP_OK:
            raise smtplib.SMTPResponseException(code, words)


def _reply(refused: smtplib.SMTPResponseException) -> str:
    words = refused.smtp_error
    return f"{refused.smtp_code} {words.decode(errors='replace') if isinstance(words, bytes) else words}"


def _near(host: str) -> bool:
    """On this machine, or a container's neighbour with a name of one word."""
    return is_local(host) or "." not in host


def _incoming(settings: Settings) -> Iterator[Examined]:
    what = "incoming mail"
    if settings.incoming_port is None:
        if settings.reply_domain is not None:
            mend = "Set SAMSYN_INCOMING_PORT and run: samsyn incoming; see docs/mail.md."
            yield broken(what, f"replies are asked to {settings.reply_domain}, and nothing takes them", mend)
        return
    if settings.reply_domain is None:
        yield look(what, "a listener, and no domain that replies would come to", "Set SAMSYN_REPLY_DOMAIN.")
    where = (settings.incoming_host, settings.incoming_port)
    shown = f"{settings.incoming_protocol}://{where[0]}:{where[1]}"
    try:
        with socket.create_connection(where, timeout=PATIENCE) as connection:
            greeting = connection.recv(64)
    except OSError as unreachable:
        yield broken(what, f"{shown}: {unreachable}", "Start it with: samsyn incoming")
        return
    if greeting.startswith(b"220"):
        yield well(what, shown)
    else:
        yield broken(what, f"{shown}: something else listens there", "Set another SAMSYN_INCOMING_PORT.")
