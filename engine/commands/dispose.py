"""Dispose of content by a named decision: it is gone, and its hash and the fact stay (gallring, kassation)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import update
from sqlmodel import col, func, select

from config.publicity import Retention
from engine.commands.coordinate import CannotDo
from engine.commands.draft import discard_of_cycle
from engine.record.access import rule_of
from engine.record.documents import retention_of
from models.assignment import Document
from models.concern import Concern
from models.cycle import CycleStatus, Person
from models.disposal import Disposable, Disposal
from models.draft import DraftFile
from models.files import Attachment, FileContent
from models.mail import IncomingKind, IncomingMail, ReceivedLetter
from models.notice import Delivery, DeliveryStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from models.change import Change
    from models.register import Register

ENDED = (CycleStatus.CONCLUDED, CycleStatus.CANCELLED)


def set_retention(
    register: Register, cycle: str, document: str, retention: Retention, *, reason: str, now: datetime, actor: str
) -> str:
    """Say how long a document is kept. Returns its id.

    Raises:
        CannotDo: there is no such document, or no reason was given.
    """
    if not reason.strip():
        raise CannotDo("give a reason: it is part of the record")
    with register.change(cycle, at=now, actor=actor) as change:
        row = _document(change, document)
        row.retention = retention
        change.record("retention_set", row.id, retention=str(retention), reason=reason)
        return row.id


def dispose_of_files(
    register: Register, cycle: str, documents: Sequence[str], *, decision: str, now: datetime, actor: str
) -> list[str]:
    """Dispose of the bytes of files: of these documents, and of the answers that brought them. Returns the hashes.

    Raises:
        CannotDo: one is no file, is to be kept, or belongs to another matter too; or no decision was named. Then
            nothing is disposed of.
    """
    _see_that_it_is_decided(decision)
    with register.change(cycle, at=now, actor=actor) as change:
        rows = [_disposable(change, name) for name in documents]
        for row in rows:
            _see_that_nobody_else_has_it(change, row, {one.id for one in rows})
            _record(change, Disposable.FILE, decision, 1, row)
        gone = sorted({row.file for row in rows if row.file})
        empty = update(FileContent).where(col(FileContent.sha256).in_(gone)).values(content=b"")
        change.session.execute(empty)
    return gone


def dispose_of_deliveries(register: Register, cycle: str, *, decision: str, now: datetime, actor: str) -> int:
    """Dispose of what is known of sent mail: addresses, texts, servers' answers, bounces. Returns how many mails."""
    return _dispose(register, cycle, Disposable.DELIVERIES, _empty_deliveries, decision, now, actor)


def dispose_of_letters(register: Register, cycle: str, *, decision: str, now: datetime, actor: str) -> int:
    """Dispose of what people wrote by mail; that they wrote, when, and the hash of the mail stay. Returns how many."""
    return _dispose(register, cycle, Disposable.LETTERS, _empty_letters, decision, now, actor)


def dispose_of_people(register: Register, cycle: str, *, decision: str, now: datetime, actor: str) -> int:
    """Dispose of names, addresses, words about a wrong person, and drafts that nobody sent in. Returns how many people.

    Which seat answered stays.
    """
    return _dispose(register, cycle, Disposable.PEOPLE, _empty_people, decision, now, actor)


def _dispose(
    register: Register, cycle: str, what: Disposable, empty: Callable[[Change], int], decision: str, now: datetime,
    actor: str,
) -> int:  # fmt: skip
    """All of one kind in a cycle that has ended: until then it is needed."""
    _see_that_it_is_decided(decision)
    with register.change(cycle, at=now, actor=actor) as change:
        if change.cycle.status not in ENDED:
            raise CannotDo(f"the cycle '{cycle}' is {change.cycle.status}: until it has ended, it needs them")
        _see_that_all_is_sent(change)
        count = empty(change)
        _record(change, what, decision, count)
    return count


def _empty_deliveries(change: Change) -> int:
    rows = change.session.exec(select(Delivery).where(col(Delivery.cycle_id) == change.cycle.id)).all()
    for row in rows:
        row.address = row.subject = row.raw = row.response = None
    bounces = update(IncomingMail).where(
        col(IncomingMail.cycle_id) == change.cycle.id, col(IncomingMail.kind) != IncomingKind.LETTER
    )  # fmt: skip
    change.session.execute(bounces.values(raw=b"", recipient="", mail_from="", note=""))
    return len(rows)


def _see_that_all_is_sent(change: Change) -> None:
    mine, waiting = col(Delivery.cycle_id) == change.cycle.id, col(Delivery.status) == DeliveryStatus.QUEUED
    if left := change.session.exec(select(func.count()).select_from(Delivery).where(mine, waiting)).one():
        raise CannotDo(f"{left} mails have still to go out")


def _empty_letters(change: Change) -> int:
    letters = change.session.exec(select(ReceivedLetter).where(col(ReceivedLetter.cycle_id) == change.cycle.id)).all()
    files = {one["sha256"] for letter in letters for one in letter.attached}
    for row in letters:
        row.sender = row.subject = row.text = ""
        row.attached = []
        row.salt = change.register.token(16)  # the old commitments cannot be checked any more
    mails = update(IncomingMail).where(col(IncomingMail.cycle_id) == change.cycle.id)
    change.session.execute(mails.values(raw=b"", recipient="", mail_from="", note=""))
    unused = [sha256 for sha256 in sorted(files) if not _holders(change, sha256)]
    change.session.execute(update(FileContent).where(col(FileContent.sha256).in_(unused)).values(content=b""))
    return len(letters)


def _empty_people(change: Change) -> int:
    people = change.session.exec(select(Person).where(col(Person.cycle_id) == change.cycle.id)).all()
    for row in people:
        row.address, row.name = "", None
        row.salt = change.register.token(16)
    _empty_concerns(change)
    discard_of_cycle(change.session, change.cycle.id)
    return len(people)


def _empty_concerns(change: Change) -> None:
    """What people wrote of themselves and others when they said that a question was not theirs."""
    written = select(Concern).where(col(Concern.cycle_id) == change.cycle.id, col(Concern.words) != "")
    for row in change.session.exec(written).all():
        row.words = ""
        row.salt = change.register.token(16)


def _see_that_it_is_decided(decision: str) -> None:
    if not decision.strip():
        raise CannotDo("name the decision: whose it is, and of which day")


def _document(change: Change, name: str) -> Document:
    from engine.commands.redact import found

    subject = found(change.session, change.cycle.id, name)
    if subject.document is None:
        raise CannotDo(f"'{name}' is no document")
    return subject.document


def _disposable(change: Change, name: str) -> Document:
    row = _document(change, name)
    if retention_of(row, rule_of(change.cycle)) is not Retention.DISPOSABLE:
        raise CannotDo(f"'{name}' is to be kept; say first with `samsyn retention` that it may be disposed of, and why")
    if row.file is None:
        raise CannotDo(
            f"'{name}' was written on a page: its words stand in the journal, whose chain they hold together; "
            "they can be withheld from the public with `samsyn redact`"
        )
    gone = select(Disposal).where(col(Disposal.document_id) == row.id)
    if change.session.exec(gone).first() is not None:
        raise CannotDo(f"'{name}' has been disposed of already")
    return row


def _see_that_nobody_else_has_it(change: Change, row: Document, chosen: set[str]) -> None:
    """The same bytes may have been handed in twice: then the other document loses nothing by this one's disposal."""
    others = [
        holder for holder in _holders(change, row.file or "") if holder not in chosen and holder != row.from_answer
    ]
    if others:
        raise CannotDo(f"the file of '{row.key}@{row.version}' belongs to {', '.join(others)} too")


def _holders(change: Change, sha256: str) -> list[str]:
    """Everything that refers to these bytes, in any cycle: documents, answers and drafts."""
    documents = change.session.exec(select(Document.id).where(col(Document.file) == sha256)).all()
    answers = change.session.exec(select(Attachment.answer_id).where(col(Attachment.sha256) == sha256)).all()
    drafts = change.session.exec(select(DraftFile.draft_id).where(col(DraftFile.sha256) == sha256)).all()
    return [*documents, *answers, *(f"a draft ({draft})" for draft in drafts)]


def _record(change: Change, what: Disposable, decision: str, count: int, row: Document | None = None) -> None:
    so_far = select(func.count()).select_from(Disposal).where(col(Disposal.cycle_id) == change.cycle.id)
    number = change.session.exec(so_far).one() + 1
    subject = row.id if row else change.cycle.id
    change.add(
        Disposal(
            id=f"{change.cycle.id}/disposal-{number}", cycle_id=change.cycle.id, number=number, what=what,
            document_id=row.id if row else None, sha256=row.file if row else None, count=count,
            decision=decision.strip(), at=change.at,
        )
    )  # fmt: skip
    change.record("disposed_of", subject, what=str(what), count=count, decision=decision)
