"""What a mail is, from its bytes: a letter, something that a program wrote, or a mail server's report. Pure.

Nothing in here raises for what a sender can write: a mail that cannot be understood is still a mail.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.message import EmailMessage, Message
from email.utils import parseaddr
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from engine.incoming.bounds import Bounded, head_of, plain_html, within_bounds
from engine.incoming.reports import Report, report_of
from models.mail import IncomingKind

if TYPE_CHECKING:
    from collections.abc import Iterator

UNREADABLE = (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError, AssertionError)
"""What the library has been seen to raise for headers and bodies that are no mail."""
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
LONGEST_TEXT = 200_000
LONGEST_LINE = 300
MOST_FILES = 100
UNTYPED = "application/octet-stream"
PROGRAMS = frozenset({"bulk", "junk", "list", "auto_reply", "auto-reply"})
"""Values of Precedence that people's own mails do not have."""
ABSENT = re.compile(
    r"\s*(?:auto(?:matisk|matiskt|matic)?[ :-]?(?:svar|reply|response)|out of office|(?:on )?vacation|away from|"
    r"frånvaro|ej på plats|fravær|ikke til stede|på semester|på ferie)",
    re.IGNORECASE,
)
"""How absence messages begin that do not say otherwise that a program wrote them."""


@dataclass(frozen=True)
class IncomingFile:
    """A file that came along."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Reading:
    """What could be read of a mail."""

    kind: IncomingKind
    sender: str
    subject: str
    text: str
    files: tuple[IncomingFile, ...]
    report: Report | None
    about: tuple[str, ...]  # Message-IDs that it says it answers or returns


def read_mail(raw: bytes, mail_from: str) -> Reading:
    """What a mail is. `mail_from` is the envelope's sender: an empty one is never answered (RFC 5321, 4.5.5)."""
    message = _parsed(raw)
    report = report_of(message)
    return Reading(
        kind=report.kind if report else _kind(message, mail_from),
        sender=one_line(parseaddr(header(message, "From"))[1]),
        subject=one_line(header(message, "Subject")),
        text=_text(message),
        files=tuple(_files(message)),
        report=report,
        about=_about(message, report),
    )


def _parsed(raw: bytes) -> Message:
    try:
        if not within_bounds(raw):
            return head_of(raw)
        return message_from_bytes(raw, _class=EmailMessage, policy=Bounded())
    except UNREADABLE:
        return EmailMessage()


def header(message: Message, name: str) -> str:
    """A header's value, or nothing where it is absent or no header."""
    try:
        return str(message.get(name, ""))
    except UNREADABLE:
        return ""


def one_line(text: str) -> str:
    """A text on one line, without signs that nobody sees."""
    return " ".join(UNSEEN.sub(" ", _encodable(text)).split())[:LONGEST_LINE]


def _encodable(text: str) -> str:
    """Without halves of surrogate pairs, which no database can keep."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _kind(message: Message, mail_from: str) -> IncomingKind:
    said = header(message, "Auto-Submitted").split(";")[0].strip().lower()
    signs = (
        said not in ("", "no"),  # RFC 3834, 5
        header(message, "Precedence").strip().lower() in PROGRAMS,
        bool(header(message, "X-Auto-Response-Suppress") or header(message, "X-Autoreply")),
        bool(header(message, "List-Id") or header(message, "List-Unsubscribe")),
        not mail_from.strip("<> "),
        bool(ABSENT.match(header(message, "Subject"))),
    )
    return IncomingKind.AUTO_REPLY if any(signs) else IncomingKind.LETTER


def _about(message: Message, report: Report | None) -> tuple[str, ...]:
    named = " ".join((header(message, "In-Reply-To"), header(message, "References")))
    found = re.findall(r"<[^<>\s]{3,200}>", named)
    return tuple(dict.fromkeys([*((report.message_id,) if report and report.message_id else ()), *found]))


def _text(message: Message) -> str:
    """The words of the mail: its plain text, or what its HTML says."""
    with suppress(*UNREADABLE):
        if isinstance(message, EmailMessage) and (body := message.get_body(("plain", "html"))) is not None:
            words = _words(body)
            return _clean(_without_marks(words) if body.get_content_type() == "text/html" else words)
    return ""


def _words(part: Message) -> str:
    payload = part.get_payload(decode=True)
    octets = payload if isinstance(payload, bytes) else b""
    try:
        return octets.decode(part.get_content_charset() or "utf-8", "replace")
    except UNREADABLE:  # a charset that nobody knows
        return octets.decode("latin-1")


def _clean(text: str) -> str:
    lines = _encodable(text).replace("\r\n", "\n").replace("\r", "\n")
    return UNSEEN.sub("", lines).strip()[:LONGEST_TEXT]


class _Words(HTMLParser):
    """The words of a page, a line for each paragraph."""

    UNSAID = frozenset({"style", "script", "head", "title"})
    BREAKS = frozenset({"p", "br", "div", "tr", "li", "h1", "h2", "h3", "blockquote"})

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._unsaid = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the signature
        self._unsaid += tag in self.UNSAID
        if tag in self.BREAKS:
            self.said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._unsaid -= tag in self.UNSAID and self._unsaid > 0

    def handle_data(self, data: str) -> None:
        if not self._unsaid:
            self.said.append(re.sub(r"\s+", " ", data))


def _without_marks(html: str) -> str:
    reader = _Words()
    reader.feed(plain_html(html))
    reader.close()
    return re.sub(r"\n\s*\n+", "\n\n", "".join(reader.said))


def _files(message: Message) -> Iterator[IncomingFile]:
    """What came along: everything that has a name or is no text to read."""
    found = 0
    for part in _leaves(message):
        with suppress(*UNREADABLE):
            name = one_line(part.get_filename() or "")
            inline = part.get_content_maintype() == "text" and part.get_content_disposition() != "attachment"
            payload = part.get_payload(decode=True)
            if (name or not inline) and isinstance(payload, bytes) and found < MOST_FILES:
                found += 1
                yield IncomingFile(name or f"{found}", one_line(part.get_content_type()), payload)


def _leaves(message: Message) -> list[Message]:
    with suppress(*UNREADABLE):
        return [part for part in message.walk() if part is not message and not part.is_multipart()]
    return []
