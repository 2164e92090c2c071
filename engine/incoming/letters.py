"""What has come in and what does not get out, for a coordinator to read."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from config.calendars import PLACES
from engine.commands.reminders import unreminded
from models.cycle import Cycle, Person
from models.files import FileContent
from models.mail import IncomingMail, ReceivedLetter
from models.notice import Delivery, DeliveryStatus, Notice
from models.register import RegisterError, UnknownCycle
from notifications.terms import MAILS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlmodel import Session

    from config.calendars import Place
    from models.register import Register


class NoSuchLetter(RegisterError):  # noqa: N818
    """There is no letter of that id in the cycle."""


@dataclass(frozen=True)
class LetterFile:
    """A file that came with a letter. The name is what its sender called it; `saved_as` is safe to write."""

    number: int  # among all that came with it, from 1
    name: str
    saved_as: str
    content: bytes


def overview(register: Register, cycle_id: str) -> dict[str, list[dict[str, str]]]:
    """Letters, mails that wait or have failed, and people without reminders, as rows of words.

    Raises:
        UnknownCycle: there is no such cycle.
    """
    with register.read() as session:
        cycle = session.get(Cycle, cycle_id)
        if cycle is None:
            raise UnknownCycle(f"there is no cycle '{cycle_id}'")
        place = PLACES[cycle.place]
        return {
            "letters": [_row(letter, place) for letter in letters_of(session, cycle_id)],
            "not_delivered": list(_troubled(session, cycle_id)),
            "without_reminders": [
                {"address": person.address, "name": person.name or ""} for person in unreminded(session, cycle_id)
            ],
        }


def letters_of(session: Session, cycle_id: str) -> list[ReceivedLetter]:
    """The letters of a cycle, the oldest first."""
    query = select(ReceivedLetter).where(col(ReceivedLetter.cycle_id) == cycle_id)
    return list(session.exec(query.order_by(col(ReceivedLetter.received_at), col(ReceivedLetter.id))))


def _row(letter: ReceivedLetter, place: Place) -> dict[str, str]:
    return {
        "id": letter.id.partition("/")[2],
        "received": f"{letter.received_at.astimezone(place.zone):%Y-%m-%d %H:%M}",
        "from": letter.sender,
        "subject": letter.subject,
        "files": str(len(letter.attached)),
        "automatic": "yes" if letter.automatic else "no",
    }


def _troubled(session: Session, cycle_id: str) -> Iterator[dict[str, str]]:
    query = (
        select(Delivery, Notice, Person)
        .join(Notice, col(Notice.id) == col(Delivery.notice_id))
        .join(Person, col(Person.id) == col(Notice.person_id))
        .where(col(Delivery.cycle_id) == cycle_id)
        .where(
            (col(Delivery.status) == DeliveryStatus.FAILED)
            | ((col(Delivery.status) == DeliveryStatus.QUEUED) & col(Delivery.trouble_since).is_not(None))
        )
        .order_by(col(Delivery.notice_id))
    )
    for delivery, notice, person in session.exec(query):
        yield {
            "to": person.address,
            "mail": MAILS[str(notice.kind)],
            "state": str(delivery.status),
            "attempts": str(delivery.attempts),
            "said": delivery.response or "",
        }


def letter_of(register: Register, cycle_id: str, letter: str) -> ReceivedLetter:
    """A letter by the id that the overview shows.

    Raises:
        NoSuchLetter: there is none.
    """
    with register.read() as session:
        found = session.get(ReceivedLetter, f"{cycle_id}/{letter}")
    if found is None:
        raise NoSuchLetter(f"there is no letter '{letter}' in '{cycle_id}'")
    return found


def as_data(letter: ReceivedLetter) -> dict[str, Any]:
    """A letter for programs."""
    return {
        "id": letter.id,
        "question": letter.assignment_id,
        "received": letter.received_at.isoformat(),
        "automatic": letter.automatic,
        "from": letter.sender,
        "subject": letter.subject,
        "text": letter.text,
        "files": letter.attached,
        "sha256": letter.sha256,
    }


def raw_of(register: Register, letter: ReceivedLetter) -> bytes:
    """The mail as it came.

    Raises:
        NoSuchLetter: its bytes have been disposed of.
    """
    with register.read() as session:
        query = select(IncomingMail.raw).where(col(IncomingMail.sha256) == letter.sha256)
        raw = session.exec(query).first()
    if raw is None:
        raise NoSuchLetter(f"the bytes of '{letter.id}' have been disposed of")
    return raw


def files_of(register: Register, letter: ReceivedLetter) -> list[LetterFile]:
    """The files of a letter; what has been disposed of is left out."""
    found = []
    with register.read() as session:
        for number, said in enumerate(letter.attached, start=1):
            kept = session.get(FileContent, said["sha256"])
            if kept is not None:
                ending = mimetypes.guess_extension(str(said["media_type"])) or ".bin"
                found.append(
                    LetterFile(number, str(said["name"]), f"{number}-{said['sha256'][:12]}{ending}", kept.content)
                )
    return found
