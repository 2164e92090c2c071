"""A mail as bytes: headers folded by the standard library's policy, two alternatives, seven bits.

`EmailMessage` parses and folds every header of every mail anew, which costs several milliseconds. Here each header
goes through the same policy once and is kept, so that a batch pays for what differs. The tests read the result back
with the standard library's strictest policy.
"""

from __future__ import annotations

import hashlib
import re
from base64 import encodebytes
from binascii import b2a_qp
from email import policy
from email.errors import HeaderParseError
from email.header import Header
from email.headerregistry import Address
from email.utils import unquote
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from notifications.calendar import Invitation

KEPT = 4096
BREAKS = "\r\n\x00"
LINE = 76
ADDRESSED = ("From", "To", "Reply-To")
ENCODED = "=?"
"""How an encoded word begins (RFC 2047 section 2). What somebody has called himself is none, whatever it looks like."""
PLAIN_ADDRESS = re.compile(r"[\w+-]+(\.[\w+-]+)*@[\w-]+(\.[\w-]+)+", re.ASCII)
"""An address that needs no quoting: RFC 5322 section 3.2.3, and of its signs only the usual ones."""
SPECIALS = frozenset('()<>@,:;.\\"[]')
"""What makes a display name be quoted (RFC 5322 section 3.2.3)."""
PART = (
    "--{boundary}\r\n"
    'Content-Type: text/{subtype}; charset="utf-8"\r\n'
    "Content-Transfer-Encoding: quoted-printable\r\n"
    "\r\n"
)
CALENDAR = "Content-Type: {type}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
ATTACHMENT = (
    'Content-Type: application/ics; name="meeting.ics"\r\n'
    'Content-Disposition: attachment; filename="meeting.ics"\r\n'
    "Content-Transfer-Encoding: base64\r\n"
    "\r\n"
)


class Unsendable(Exception):  # noqa: N818 - the word that the delivery's row will show
    """No mail can be made for this address or of these headers; the message says why."""


@lru_cache(maxsize=KEPT)
def header(name: str, value: str, *, utf8: bool = False) -> bytes:
    """One header, encoded (RFC 2047) and folded (RFC 5322 section 2.2.3); with `utf8` as RFC 6532 has it.

    Raises:
        Unsendable: the value holds a carriage return, a line feed or a NUL: it would begin another header.
    """
    if any(sign in value for sign in BREAKS):
        raise Unsendable(f"the header {name} holds a line break")
    if _stands(name, value):
        return f"{name}: {value}\r\n".encode("ascii")
    rules = policy.SMTPUTF8 if utf8 else policy.SMTP
    try:
        if name in ADDRESSED or ENCODED in value or not (utf8 or value.isascii()):
            return f"{name}: {_encoded(name, value)}\r\n".encode("utf-8" if utf8 else "ascii")
        stored_name, stored = rules.header_store_parse(name, value)
        return rules.fold_binary(stored_name, stored)
    except (ValueError, HeaderParseError, UnicodeError) as refused:
        raise Unsendable(f"the header {name} cannot be written: {refused}") from refused


def _stands(name: str, value: str) -> bool:
    """Whether a header is written as it is: it needs no folding, and nothing in it looks like an encoded word."""
    fits = len(name) + len(value) + len(": ") <= LINE
    return fits and value.isascii() and value.isprintable() and ENCODED not in value


def _encoded(name: str, value: str) -> str:
    """A value wholly in encoded words (RFC 2047), and of an address the display name.

    The library's newer policy mixes plain and encoded words when it folds, and loses or adds spaces between them. It
    also decodes what looks like an encoded word: a line break in one would begin another header, a comma another
    address; and it loses the quotes of a display name that it folds.
    """
    if name not in ADDRESSED:
        return Header(value, "utf-8", maxlinelen=LINE, header_name=name).encode(linesep="\r\n")
    display, _, address = value.rpartition(" <")
    if not display:
        return value
    words = Header(unquote(display), "utf-8", maxlinelen=LINE, header_name=name)
    return f"{words.encode(linesep=chr(13) + chr(10))}\r\n <{address}"


@lru_cache(maxsize=KEPT)
def mailbox(name: str, address: str) -> str:
    """A display name with an address, quoted as RFC 5322 section 3.4 asks.

    Raises:
        Unsendable: the address is none.
    """
    if any(sign in name + address for sign in BREAKS):
        raise Unsendable("an address holds a line break")
    if PLAIN_ADDRESS.fullmatch(address) and SPECIALS.isdisjoint(name):
        return f"{name} <{address}>" if name else address
    try:
        seen = Address(name, addr_spec="".join(sign if sign.isascii() else "x" for sign in address))
        if address.isascii():
            return str(seen)
        # The library knows no other letters than ASCII in an address, where RFC 6532 allows them.
        local, _, domain = address.rpartition("@")
        return str(Address(name, username=local, domain=domain))
    except (ValueError, HeaderParseError, IndexError) as refused:
        raise Unsendable(f"'{address}' is no e-mail address") from refused


@lru_cache(maxsize=KEPT)
def deliverable(address: str) -> str:
    """The address with its domain in ASCII (RFC 5890), so that only the part before the @ may need SMTPUTF8.

    Raises:
        Unsendable: there is no such domain name.
    """
    local, _, domain = address.rpartition("@")
    if domain.isascii():
        return address
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError as refused:
        raise Unsendable(f"'{domain}' is no domain name") from refused


def message(
    headers: Iterable[tuple[str, str]], text: str, html: str, *, utf8: bool = False, calendar: Invitation | None = None
) -> bytes:
    """A multipart/alternative mail, the plain text first (RFC 2046 section 5.1.4).

    A calendar object goes along twice: as the last alternative, which calendars act on (RFC 6047 section 2.4), and as
    an attachment, for programs that only know files.
    """
    boundary = f"samsyn-{hashlib.sha256((text + html).encode('utf-8', 'replace')).hexdigest()[:24]}"
    head = b"".join(header(name, value, utf8=utf8) for name, value in headers)
    parts = [_part(boundary, subtype, body) for subtype, body in (("plain", text), ("html", html))]
    if calendar is not None:
        subtype = f'calendar; method={calendar.method}; charset="utf-8"'
        parts.append(_encoded_part(boundary, CALENDAR.format(type=f"text/{subtype}"), calendar.content))
    alternatives = _multipart("alternative", boundary, parts)
    if calendar is None:
        return head + b"MIME-Version: 1.0\r\n" + alternatives
    outer = f"{boundary}-all"
    inside = f"--{outer}\r\n".encode() + alternatives
    attached = _encoded_part(outer, ATTACHMENT.format(method=calendar.method), calendar.content)
    return head + b"MIME-Version: 1.0\r\n" + _multipart("mixed", outer, [inside, attached])


def _multipart(subtype: str, boundary: str, parts: Iterable[bytes]) -> bytes:
    start = f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"\r\n\r\n'
    return b"".join([start.encode(), *parts, f"--{boundary}--\r\n".encode()])


def _encoded_part(boundary: str, head: str, octets: bytes) -> bytes:
    """Base64, so that every line break of the content arrives as it is (RFC 2045 section 6.8)."""
    encoded = encodebytes(octets).replace(b"\n", b"\r\n")
    return f"--{boundary}\r\n{head}".encode() + encoded


def _part(boundary: str, subtype: str, body: str) -> bytes:
    try:
        octets = body.encode()
    except UnicodeEncodeError as broken:
        raise Unsendable(f"the text cannot be written as UTF-8: {broken.reason}") from broken
    encoded = b2a_qp(octets, istext=True).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return PART.format(boundary=boundary, subtype=subtype).encode() + encoded + b"\r\n"
