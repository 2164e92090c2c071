"""A notice becomes a mail: address, subject, and the bytes that every attempt sends."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from jinja2 import TemplateError

from models.anchors import HEADER
from models.notice import NoticeKind
from notifications.calendar import invitation
from notifications.digests import digest
from notifications.facts import facts
from notifications.letter import Case, one_line
from notifications.mime import Unsendable, deliverable, mailbox, message
from notifications.render import render, render_named, subject_named
from notifications.rows import load
from notifications.summonses import agenda_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
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


@dataclass(frozen=True)
class Outline:
    """A letter that has been addressed and not been written: what its template will be given."""

    address: str
    subject: str
    template: str
    language: str
    values: dict[str, Any]

    @property
    def letter(self) -> Letter:
        """The letter as its recipient would read it."""
        return render_named(self.template, self.language, self.values)


def compose(session: Session, notice: Notice, delivery: Delivery, sender: Sender, *, now: datetime) -> Composed:
    """The mail for one notice, from what the register says at `now` by the cycle's clock.

    Raises:
        Unsendable: no mail can be made for the address.
        Unwritten: the letter cannot be written.
    """
    return compose_case(Case(notice, load(session, [notice]), sender, now), delivery.message_id)


def compose_case(case: Case, message_id: str) -> Composed:
    """The same, from rows that were read for a whole batch."""
    with _writing():
        letter = render(case)
        calendar = _calendar(case, letter)
    return _composed(case, letter, [*_headers(case), *_thread(case, message_id)], calendar)


def compose_digest(cases: Sequence[Case], message_id: str) -> Composed:
    """One mail that reminds a person of several questions, each with its own link."""
    first = cases[0]
    with _writing():
        letter = render_named("digest.jinja", first.language, digest(cases))
    headers = [*_headers(first, kind="digest", answerable=False), ("Message-ID", message_id)]
    return _composed(first, letter, headers, None)


def compose_letter(cases: Sequence[Case], message_id: str) -> Composed:
    """The mail of one letter, or of a digest of several."""
    return compose_case(cases[0], message_id) if len(cases) == 1 else compose_digest(cases, message_id)


def addressed(case: Case) -> Composed:
    """The address alone, for who neither sends nor reads it.

    Raises:
        Unsendable: no mail can be made for the address.
    """
    return Composed(deliverable(case.person.address), "", b"")


def outline(cases: Sequence[Case]) -> Outline:
    """A letter or a digest without its text: all that a rehearsal reports, which sends nothing."""
    first, alone = cases[0], len(cases) == 1
    with _writing():
        template = f"{first.notice.kind}.jinja" if alone else "digest.jinja"
        values = facts(first) if alone else digest(cases)
        line = subject_named(template, first.language, values)
    return Outline(deliverable(first.person.address), line, template, first.language, values)


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except (LookupError, TypeError, ValueError, TemplateError) as broken:
        raise Unwritten(f"the letter cannot be written: {type(broken).__name__}: {broken}") from broken


def _composed(case: Case, letter: Letter, headers: Sequence[tuple[str, str]], calendar: Invitation | None) -> Composed:
    address = deliverable(case.person.address)
    to = ("To", mailbox(one_line(case.person.name or ""), address))
    everything = [headers[0], to, ("Subject", letter.subject), *headers[1:]]
    raw = message(everything, letter.text, letter.html, utf8=not address.isascii(), calendar=calendar)
    return Composed(address, letter.subject, raw)


def _calendar(case: Case, letter: Letter) -> Invitation | None:
    """What goes into people's calendars: called after the body and the phase, with the agenda."""
    named = ": ".join(one_line(name) for name in (case.body, case.phase.title if case.phase else None) if name)
    return invitation(case, named or letter.subject, agenda_text(case))


def _headers(case: Case, *, kind: str = "", answerable: bool = True) -> Iterator[tuple[str, str]]:
    """What every mail has beside its recipient and subject."""
    coordinator = case.coordinator
    yield "From", mailbox(one_line(coordinator.body) or "Samsyn", case.sender.mail_from)
    reply_to = (case.reply_address if answerable else None) or coordinator.address
    if reply_to:
        yield "Reply-To", mailbox(one_line(coordinator.body), deliverable(reply_to))
    yield "Date", format_datetime(case.now.astimezone(case.place.zone))
    yield "Auto-Submitted", "auto-generated"  # RFC 3834 section 5: nobody's absence message answers it
    yield "X-Samsyn-Kind", kind or str(case.notice.kind)
    yield "X-Samsyn-Notice", hashlib.sha256(case.notice.id.encode()).hexdigest()[:16]
    if (head := case.rows.heads.get(case.cycle.id)) is not None:
        yield HEADER, head.for_mail  # whoever keeps the mail can say what the journal was: docs/security.md
    if case.notice.kind is NoticeKind.REMINDED:
        yield from _unsubscribing(case)


def _unsubscribing(case: Case) -> Iterator[tuple[str, str]]:
    """Reminders can be turned off from the mail program (RFC 2369); by HTTPS with one click (RFC 8058)."""
    where = case.sender.reminders_url(case.person.id)
    yield "List-Unsubscribe", f"<{where}>"
    if where.startswith("https://"):
        yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"


def _thread(case: Case, message_id: str) -> Iterator[tuple[str, str]]:
    """The mail's own name, and that of the first mail about the same assignment (RFC 5322 section 3.6.4)."""
    yield "Message-ID", message_id
    first = case.rows.threads.get(case.notice.assignment_id or "")
    if first and first != message_id:
        yield "In-Reply-To", first
        yield "References", first


__all__ = ["Composed", "Outline", "Unsendable", "Unwritten", "addressed", "compose", "compose_letter", "outline"]
