"""A mail that has come in is kept and filed, in one change: all of it is on disk before its server may forget it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, func, select

from engine.commands.coordinate import any_phase
from engine.incoming.reading import read_mail
from engine.incoming.receipts import acknowledge
from engine.mail_trouble import address_fails, coordinators_of
from models.assignment import Assignment
from models.concern import ConcernKind, raise_concern
from models.files import keep_content
from models.mail import IncomingKind, IncomingMail, ReceivedLetter
from models.notice import Delivery, DeliveryStatus, Notice, NoticeKind
from models.phase import Step
from models.tokens import CodePurpose
from tasks.notices import notify

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from engine.incoming.addresses import Destination
    from engine.incoming.reading import Reading
    from models.change import Change
    from models.register import Register
    from tasks.phase import AnyPhase

ACTOR = "mail"
ABOUT_DELIVERY = (IncomingKind.FAILED, IncomingKind.DELAYED, IncomingKind.DELIVERED, IncomingKind.UNCLEAR)


@dataclass(frozen=True)
class Arrived:
    """A mail as a server hands it over."""

    destination: Destination
    recipient: str
    mail_from: str
    raw: bytes

    @property
    def id(self) -> str:
        """The same for the same mail, handed over once more because our reply was lost."""
        return hashlib.sha256(self.recipient.lower().encode() + b"\0" + self.raw).hexdigest()


def file_mail(register: Register, arrived: Arrived, now: datetime) -> IncomingKind:
    """Keep a mail, and do what follows from it. When this returns, it is committed.

    Raises:
        SQLAlchemyError: the register cannot be written; nothing of the mail has been kept.
    """
    reading = read_mail(arrived.raw, arrived.mail_from)
    where = arrived.destination
    phase = any_phase(register, where.cycle_id, now)
    coordinators = coordinators_of(phase)
    with register.change(where.cycle_id, at=now, actor=ACTOR) as change:
        present = change.session.get(IncomingMail, arrived.id)
        if present is not None:
            return present.kind
        mail = _kept(change, arrived, reading)
        if mail.kind in (IncomingKind.LETTER, IncomingKind.AUTO_REPLY) and mail.assignment_id:
            _file_letter(phase, change, mail, reading, coordinators)
        elif mail.kind in ABOUT_DELIVERY:
            _note_delivery(phase, change, mail, coordinators)
        change.session.add(mail)
        return mail.kind


def _kept(change: Change, arrived: Arrived, reading: Reading) -> IncomingMail:
    """The mail as it came, with what it is about as far as that is known."""
    where, kind = arrived.destination, reading.kind
    notice = _notice_about(change, where, reading)
    assignment = where.subject_id if where.purpose is CodePurpose.REPLY else notice.assignment_id if notice else None
    if where.purpose is CodePurpose.BOUNCE and kind is IncomingKind.LETTER:
        kind = IncomingKind.UNCLEAR  # nobody writes to that address: a server that sends reports of its own making
    return IncomingMail(
        id=arrived.id,
        cycle_id=where.cycle_id,
        kind=kind,
        notice_id=notice.id if notice else None,
        assignment_id=assignment,
        recipient=arrived.recipient,
        mail_from=arrived.mail_from,
        raw=arrived.raw,
        sha256=hashlib.sha256(arrived.raw).hexdigest(),
        received_at=change.at,
        note=reading.report.note if reading.report else "",
    )


def _notice_about(change: Change, where: Destination, reading: Reading) -> Notice | None:
    """The mail that this one is about: by its address, otherwise by the Message-ID that it names."""
    if where.purpose is CodePurpose.BOUNCE:
        return change.session.get(Notice, where.subject_id)
    of_ids = select(Notice).join(Delivery, col(Delivery.notice_id) == col(Notice.id))
    mine = of_ids.where(col(Delivery.message_id).in_(reading.about), col(Notice.assignment_id) == where.subject_id)
    return change.session.exec(mine.order_by(col(Notice.created_at).desc())).first()


def _file_letter(
    phase: AnyPhase, change: Change, mail: IncomingMail, reading: Reading, coordinators: Sequence[str]
) -> None:
    """A document about an assignment. A program's mail is filed as such: nobody is told, and it is never answered."""
    assignment = change.get(Assignment, str(mail.assignment_id))
    for file in reading.files:
        keep_content(change.session, hashlib.sha256(file.content).hexdigest(), file.content)
    letter = change.add(_letter(change, assignment, mail, reading))
    change.record("letter_received", letter.id, sha256=mail.sha256, automatic=letter.automatic)
    if letter.automatic:
        return
    concern = raise_concern(
        change, ConcernKind.MAIL_RECEIVED,
        subject=assignment.id, assignment=assignment.id, person=assignment.person_id, data={"letter": letter.number},
    )  # fmt: skip
    if concern.data["letter"] == letter.number:  # while an earlier one is open, the coordinator knows
        said = {"person": assignment.person_id, "files": len(reading.files), "letter": letter.number}
        step = change.get(Step, assignment.step_id)
        for person_id in coordinators:
            notify(phase, change, NoticeKind.MAIL_RECEIVED, person_id, letter.id, step=step, data=said)
    acknowledge(phase, change, assignment, reading.sender)


def _letter(change: Change, assignment: Assignment, mail: IncomingMail, reading: Reading) -> ReceivedLetter:
    so_far = select(func.count()).select_from(ReceivedLetter).where(ReceivedLetter.assignment_id == assignment.id)
    number = change.session.exec(so_far).one() + 1
    return ReceivedLetter(
        id=f"{assignment.id}!mail-{number}",
        cycle_id=mail.cycle_id,
        assignment_id=assignment.id,
        number=number,
        automatic=mail.kind is IncomingKind.AUTO_REPLY,
        sender=reading.sender,
        subject=reading.subject,
        text=reading.text,
        attached=[
            {
                "name": file.name,
                "media_type": file.media_type,
                "size": len(file.content),
                "sha256": hashlib.sha256(file.content).hexdigest(),
            }
            for file in reading.files
        ],
        sha256=mail.sha256,
        received_at=mail.received_at,
        salt=change.register.token(16),
    )


def _note_delivery(phase: AnyPhase, change: Change, mail: IncomingMail, coordinators: Sequence[str]) -> None:
    """What a mail server says of one of our mails: a failure ends its delivery, anything else is noted beside it."""
    delivery = change.session.get(Delivery, mail.notice_id) if mail.notice_id else None
    if delivery is None or mail.kind is IncomingKind.UNCLEAR:
        return
    note = f"{mail.kind}: {mail.note}"
    of_mail = select(Delivery).where(col(Delivery.carried_by) == delivery.notice_id)
    for one in (delivery, *change.session.exec(of_mail)):
        one.response = note
        if mail.kind is IncomingKind.FAILED:
            one.status = DeliveryStatus.FAILED
            one.sent_at = one.sent_at or mail.received_at
            one.lease_owner, one.lease_until = None, 0.0  # whoever has just sent it may not have written that down yet
            one.raw = None
            one.told = "failed"
    if mail.kind is IncomingKind.FAILED:
        address_fails(phase, change, delivery, coordinators)
