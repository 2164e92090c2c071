"""A notice becomes a mail: address, subject, and the bytes that every attempt sends."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from email.utils import format_datetime
from typing import TYPE_CHECKING

from jinja2 import TemplateError

from notifications.calendar import invitation
from notifications.letter import Case, one_line
from notifications.mime import Unsendable, deliverable, mailbox, message
from notifications.render import render
from notifications.rows import load
from notifications.summonses import agenda_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlmodel import Session

    from models.notice import Delivery, Notice
    from notifications.calendar import Invitation
    from notifications.render import Letter
    from notifications.sender import Sender


class Unwritten(Exception):  # noqa: N818
    """The letter cannot be written: the register lacks what it speaks of, or its template is at fault."""


@dataclass(frozen=True)
class Composed:
    """A mail ready to be sent."""

    address: str
    subject: str
    raw: bytes


def compose(session: Session, notice: Notice, delivery: Delivery, sender: Sender, *, now: datetime) -> Composed:
    """The mail for one notice, from what the register says at `now` by the cycle's clock.

    Raises:
        Unsendable: no mail can be made for the address.
        Unwritten: the letter cannot be written.
    """
    return compose_case(Case(notice, load(session, [notice]), sender, now), delivery.message_id)


def compose_case(case: Case, message_id: str) -> Composed:
    """The same, from rows that were read for a whole batch."""
    try:
        letter = render(case)
    except (LookupError, TypeError, ValueError, TemplateError) as broken:
        raise Unwritten(f"the letter cannot be written: {type(broken).__name__}: {broken}") from broken
    address = deliverable(case.person.address)
    headers = [*_headers(case, address, letter.subject), *_thread(case, message_id)]
    utf8 = not address.isascii()
    raw = message(headers, letter.text, letter.html, utf8=utf8, calendar=_calendar(case, letter))
    return Composed(address, letter.subject, raw)


def _calendar(case: Case, letter: Letter) -> Invitation | None:
    """What goes into people's calendars: called after the body and the phase, with the agenda."""
    named = ": ".join(one_line(name) for name in (case.body, case.phase.title if case.phase else None) if name)
    return invitation(case, named or letter.subject, agenda_text(case))


def _headers(case: Case, address: str, subject: str) -> Iterator[tuple[str, str]]:
    coordinator = case.coordinator
    yield "From", mailbox(one_line(coordinator.body) or "Samsyn", case.sender.mail_from)
    yield "To", mailbox(one_line(case.person.name or ""), address)
    if coordinator.address:
        yield "Reply-To", mailbox(one_line(coordinator.body), deliverable(coordinator.address))
    yield "Subject", subject
    yield "Date", format_datetime(case.now.astimezone(case.place.zone))
    yield "Auto-Submitted", "auto-generated"  # RFC 3834 section 5: nobody's absence message answers it
    yield "X-Samsyn-Kind", str(case.notice.kind)
    yield "X-Samsyn-Notice", hashlib.sha256(case.notice.id.encode()).hexdigest()[:16]


def _thread(case: Case, message_id: str) -> Iterator[tuple[str, str]]:
    """The mail's own name, and that of the first mail about the same assignment (RFC 5322 section 3.6.4)."""
    yield "Message-ID", message_id
    first = case.rows.threads.get(case.notice.assignment_id or "")
    if first and first != message_id:
        yield "In-Reply-To", first
        yield "References", first


__all__ = ["Composed", "Unsendable", "Unwritten", "compose", "compose_case"]
