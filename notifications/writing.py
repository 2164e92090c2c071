"""What is to happen with each delivery of a batch: the mail to send, or why there is none.

A person who is owed several reminders at once gets them as one mail, a digest. Its bytes lie with one delivery, the
others say which one carries them, and all of them end as that one does: each is accounted for exactly once. When
somebody has answered before a digest got through, it is taken apart and written anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from models.notice import Delivery, Notice, NoticeKind
from models.tokens import CodePurpose
from notifications.claims import STILL_QUEUED
from notifications.compose import Composed, Unsendable, Unwritten, compose_letter
from notifications.letter import Case, still_true
from notifications.results import WITHDRAWN, outcome
from notifications.rows import load
from notifications.transport import Deferred, Outgoing, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from sqlmodel import Session

    from notifications.sender import Sender

    Writing = Callable[[Sequence[Case], str], Composed]

Code = tuple[CodePurpose, str]
"""A code that a mail carries: its purpose, and the id of what it leads to."""


@dataclass(frozen=True)
class Prepared:
    """A claimed delivery: the mail to send with what is stored of it first, or why there is none."""

    notice_id: str
    cycle_id: str
    attempts: int
    trouble_since: datetime | None  # the first attempt that did not get through
    mail: Outgoing | None
    values: dict[str, Any]
    carries: tuple[str, ...] = ()  # notices whose reminders this mail says too
    codes: tuple[Code, ...] = ()


@dataclass
class Owed:
    """One delivery with its letter's facts, and those that it carries."""

    case: Case
    delivery: Delivery
    carries: list[Owed] = field(default_factory=list)

    @property
    def recipient(self) -> tuple[str, str]:
        """Who gets it, about which cycle."""
        return self.case.notice.cycle_id, self.case.notice.person_id


def write_batch(
    session: Session, claimed: Sequence[Delivery], sender: Sender, now: datetime, writing: Writing = compose_letter
) -> list[Prepared]:
    """What is to happen with these deliveries; a mail that cannot be made stops no other.

    `writing` makes a mail of the cases that it speaks of and its Message-ID; who sends nothing needs less of it.
    """
    owed, written = _with_their_facts(session, claimed, sender, now), []
    fresh: list[Owed] = []
    for one in owed:
        parts = [one, *one.carries]
        gone = [part for part in parts if not still_true(part.case)]
        written += [_prepared(part, None, {**WITHDRAWN, "carried_by": None}) for part in gone]
        if one.delivery.raw and not gone:
            written.append(_as_stored(one, sender))
        else:
            fresh += [Owed(part.case, part.delivery) for part in parts if part not in gone]
    written += [_new(group, sender, writing) for group in _grouped(fresh, sender.digest_from)]
    return written


def _with_their_facts(session: Session, claimed: Sequence[Delivery], sender: Sender, now: datetime) -> list[Owed]:
    ids = [delivery.notice_id for delivery in claimed]
    of_leads = select(Delivery).where(col(Delivery.carried_by).in_(ids), STILL_QUEUED).order_by(col(Delivery.notice_id))
    carried = session.exec(of_leads).all()
    everything = [*ids, *(delivery.notice_id for delivery in carried)]
    notices = {row.id: row for row in session.exec(select(Notice).where(col(Notice.id).in_(everything)))}
    rows = load(session, list(notices.values()))
    owed = {one.notice_id: Owed(Case(notices[one.notice_id], rows, sender, now), one) for one in claimed}
    for one in carried:
        owed[str(one.carried_by)].carries.append(Owed(Case(notices[one.notice_id], rows, sender, now), one))
    return list(owed.values())


def _grouped(owed: list[Owed], digest_from: int) -> Iterator[list[Owed]]:
    """Reminders to one person in one cycle together, when there are so many of them; everything else by itself."""
    together: dict[tuple[str, str], list[Owed]] = {}
    for one in owed:
        if one.case.notice.kind is NoticeKind.REMINDED:
            together.setdefault(one.recipient, []).append(one)
    digests = {who: group for who, group in together.items() if len(group) >= digest_from}
    for one in owed:
        if one.case.notice.kind is not NoticeKind.REMINDED or one.recipient not in digests:
            yield [one]
    yield from digests.values()


def _as_stored(one: Owed, sender: Sender) -> Prepared:
    """The same bytes as at the first attempt."""
    delivery = one.delivery
    mail = _outgoing(sender, delivery.notice_id, str(delivery.address), str(delivery.raw).encode())
    carries = tuple(part.delivery.notice_id for part in one.carries)
    return replace(_prepared(one, mail, {}), carries=carries)


def _new(group: list[Owed], sender: Sender, writing: Writing) -> Prepared:
    one, cases = group[0], [part.case for part in group]
    try:
        made = writing(cases, one.delivery.message_id)
    except Unsendable as refused:
        return _not_made(group, Refused(str(refused)))
    except (Unwritten, LookupError) as broken:
        # Tried again later: what is missing can be mended, the program as well as the register.
        return _not_made(group, Deferred(str(broken)))
    return replace(
        _prepared(one, _outgoing(sender, one.delivery.notice_id, made.address, made.raw), _kept(made)),
        carries=tuple(part.delivery.notice_id for part in group[1:]),
        codes=tuple(_codes(one, sender)),
    )


def _not_made(group: list[Owed], attempt: Refused | Deferred) -> Prepared:
    one = group[0]
    values = {"carried_by": None, "raw": None, **outcome(attempt, one.delivery.attempts, one.case.now)}
    return replace(_prepared(one, None, values), carries=tuple(part.delivery.notice_id for part in group[1:]))


def _kept(made: Composed) -> dict[str, Any]:
    return {"address": made.address, "subject": made.subject, "raw": made.raw.decode(), "carried_by": None}


def _codes(one: Owed, sender: Sender) -> Iterator[Code]:
    notice = one.case.notice
    if notice.kind is NoticeKind.REMINDED:
        yield CodePurpose.REMINDERS, notice.person_id
    if sender.reply_domain is not None:
        yield CodePurpose.BOUNCE, notice.id
        if notice.assignment_id is not None:
            yield CodePurpose.REPLY, notice.assignment_id


def _outgoing(sender: Sender, notice_id: str, address: str, raw: bytes) -> Outgoing:
    bounce = sender.bounce_address(notice_id)
    envelope_id = bounce.partition("+")[2].partition("@")[0] if sender.reply_domain else ""
    return Outgoing(bounce, address, raw, envelope_id)


def _prepared(one: Owed, mail: Outgoing | None, values: dict[str, Any]) -> Prepared:
    of = one.delivery
    return Prepared(of.notice_id, of.cycle_id, of.attempts, of.trouble_since, mail, values)
