"""The mail server that `SAMSYN_SMTP_URL` names, and the domain that `SAMSYN_REPLY_DOMAIN` does."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import unquote, urlsplit


class Security(StrEnum):
    """How the connection is protected."""

    PLAIN = "smtp"  # not at all; for a server on the same machine
    TLS = "smtps"  # from the first byte (RFC 8314)
    STARTTLS = "smtp+starttls"  # after a greeting in the clear (RFC 3207); refused when the server has none


LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
DOMAIN = re.compile(rf"(?=.{{1,180}}$){LABEL}(?:\.{LABEL})+")
"""A name of the DNS in ASCII, short enough for a local part beside it (RFC 5321, 4.5.3.1)."""
PORTS = {Security.PLAIN: 25, Security.TLS: 465, Security.STARTTLS: 587}


@dataclass(frozen=True)
class SmtpServer:
    """Where mail is handed in. The password stays out of what is printed."""

    security: Security
    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)


def parse_smtp_url(url: str) -> SmtpServer:
    """The server that an URL such as `smtp+starttls://user:password@mail.example.se:587` names.

    The user and the password are percent-decoded. The messages never repeat the password.

    Raises:
        ValueError: it names none; the message says what to write.
    """
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        raise ValueError("is no address of a server; a host in brackets must be an IPv6 address") from None
    schemes = [member.value for member in Security]
    if parts.scheme not in schemes:
        raise ValueError(f"begins with '{parts.scheme}:'; write smtp://, smtps:// or smtp+starttls://")
    if not parts.hostname:
        raise ValueError("names no host; write for instance smtp+starttls://user:password@mail.example.se")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError("has something after the host and port; percent-encode / ? # and @ in the password")
    if parts.password and not parts.username:
        raise ValueError("has a password but no user")
    security = Security(parts.scheme)
    return SmtpServer(
        security=security,
        host=parts.hostname,
        port=_port(parts.netloc) or PORTS[security],
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


def _port(netloc: str) -> int | None:
    try:
        port = urlsplit(f"//{netloc}").port
    except ValueError:
        raise ValueError("has no usable port; ports are numbers from 1 to 65535") from None
    if port == 0:
        raise ValueError("has no usable port; ports are numbers from 1 to 65535")
    return port


def domain_name(text: str) -> str:
    """A domain name in small letters.

    Raises:
        ValueError: it is none.
    """
    name = text.strip().lower()
    if not DOMAIN.fullmatch(name):
        raise ValueError(f"'{text}' is no domain name; write for instance svar.samsyn.example, in ASCII")
    return name
