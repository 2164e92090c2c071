"""Delivery status notifications (RFC 3464): what a mail server says of a mail that it was given. Pure."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from email.errors import MessageError
from email.message import Message
from typing import TYPE_CHECKING

from models.mail import IncomingKind

if TYPE_CHECKING:
    from collections.abc import Iterator

UNREADABLE = (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError, AssertionError)
KINDS = {
    "failed": IncomingKind.FAILED,
    "delayed": IncomingKind.DELAYED,
    "delivered": IncomingKind.DELIVERED,
    "relayed": IncomingKind.DELIVERED,
    "expanded": IncomingKind.DELIVERED,
}
"""By the action that a report names (2.3.3)."""
WEIGHT = (IncomingKind.FAILED, IncomingKind.DELAYED, IncomingKind.DELIVERED, IncomingKind.UNCLEAR)
NOT_DELIVERED = re.compile(r"\s*[45]\.\d{1,3}\.\d{1,3}")
MESSAGE_ID = re.compile(r"<[^<>\s]{3,200}>")
LONGEST_NOTE = 400


@dataclass(frozen=True)
class Report:
    """What a report says of the one recipient that our mails have."""

    kind: IncomingKind
    note: str  # status and diagnosis, on one line
    envelope_id: str  # what the mail was handed over with (RFC 3461), if the server repeats it
    message_id: str  # of the mail that is returned


def report_of(message: Message) -> Report | None:
    """The report in a mail; None when it has none."""
    fields = _fields(message)
    if not fields:
        return None
    kinds = [_kind(one) for one in fields if "action" in one]
    weightiest = min(kinds, key=WEIGHT.index, default=IncomingKind.UNCLEAR)
    telling = next((one for one in fields if "action" in one and _kind(one) is weightiest), {})
    note = " ".join(f"{telling.get('status', '')} {telling.get('diagnostic-code', '')}".split())
    envelope_id = next((one["original-envelope-id"] for one in fields if "original-envelope-id" in one), "")
    return Report(weightiest, note[:LONGEST_NOTE], envelope_id.strip(), _returned(message))


def _fields(message: Message) -> list[dict[str, str]]:
    """The groups of fields of every message/delivery-status part, the one of the whole mail first."""
    found: list[dict[str, str]] = []
    with suppress(*UNREADABLE):
        for part in message.walk():
            if part.get_content_type() in ("message/delivery-status", "message/global-delivery-status"):
                found += _groups(part)
    return found


def _groups(part: Message) -> Iterator[dict[str, str]]:
    payload = part.get_payload()
    groups = payload if isinstance(payload, list) else []
    for group in (one for one in groups if isinstance(one, Message)):
        fields: dict[str, str] = {}
        for name in dict.fromkeys(group.keys()):
            with suppress(*UNREADABLE):
                fields.setdefault(name.lower(), _plain(str(group.get(name, ""))))
        if fields:
            yield fields


def _plain(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _kind(fields: dict[str, str]) -> IncomingKind:
    """A failure counts as one only with a status that says so (RFC 3463). 4.x.x means here that time has run out."""
    kind = KINDS.get(fields.get("action", "").strip().lower(), IncomingKind.UNCLEAR)
    believed = kind is not IncomingKind.FAILED or NOT_DELIVERED.match(fields.get("status", ""))
    return kind if believed else IncomingKind.UNCLEAR


def _returned(message: Message) -> str:
    """The Message-ID of the mail that a report returns, whole or its headers alone."""
    with suppress(*UNREADABLE):
        for part in message.walk():
            kind = part.get_content_type()
            if kind == "text/rfc822-headers":
                payload = part.get_payload(decode=True)
                head = payload.decode("latin-1") if isinstance(payload, bytes) else ""
                if found := re.search(r"(?im)^message-id:\s*(<[^<>\s]{3,200}>)", head):
                    return found[1]
            elif kind == "message/rfc822" and isinstance(inside := part.get_payload(0), Message):
                inner = str(inside.get("Message-ID", ""))
                if found := MESSAGE_ID.search(inner):
                    return found[0]
    return ""
