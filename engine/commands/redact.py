"""Withhold a passage, an answer's words or a document from the public record, with the rule that it goes by."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlmodel import col, func, select

from engine.commands.coordinate import CannotDo
from models.assignment import Answer, Document
from models.redaction import Redaction

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlmodel import Session

    from models.change import Change
    from models.register import Register

SHOWN = 5
"""How many names a refusal suggests."""


class Subject(NamedTuple):
    """What is withheld, or a part of it."""

    answer: Answer | None = None
    document: Document | None = None


def redact(
    register: Register, cycle: str, what: str, *, ground: str, now: datetime, actor: str, passage: str = ""
) -> int:
    """Withhold something from the record from now on; the register keeps it. A cycle that has ended can be mended too.

    Args:
        register: the register.
        cycle: the cycle's name.
        what: an answer (`PHASE/STEP/BODY.SEAT-N`, with `#VERSION` if not the newest) or a document (`KEY@VERSION`).
        ground: the rule that it goes by, such as `OSL 21:7`; the record says it.
        now: the instant of the change.
        actor: who does it, for the journal.
        passage: the words that are withheld, wherever the record has them; without it, the whole.

    Returns:
        The redaction's number.

    Raises:
        CannotDo: there is no such thing, the passage is not in it, it is withheld already, or there is no ground.
    """
    if not ground.strip():
        raise CannotDo("name the rule that it is withheld by: the record says it")
    with register.change(cycle, at=now, actor=actor) as change:
        subject = found(change.session, cycle, what)
        _see_that_it_is_there(subject, passage, what)
        number = _next(change)
        row = Redaction(
            id=f"{cycle}/redaction-{number}", cycle_id=cycle, number=number, passage=" ".join(passage.split()),
            answer_id=subject.answer.id if subject.answer else None,
            document_id=subject.document.id if subject.document else None,
            ground=ground.strip(), made_at=now, salt=change.register.token(16),
        )  # fmt: skip
        _see_that_it_is_new(change, row)
        change.add(row)
        change.record("withheld", row.answer_id or row.document_id or "", ground=row.ground, whole=not row.passage)
    return number


def lift(register: Register, cycle: str, number: int, *, reason: str, now: datetime, actor: str) -> None:
    """Show again what was withheld.

    Raises:
        CannotDo: nothing of that number is withheld, or no reason was given.
    """
    if not reason.strip():
        raise CannotDo("give a reason: it is part of the record")
    with register.change(cycle, at=now, actor=actor) as change:
        row = change.session.get(Redaction, f"{cycle}/redaction-{number}")
        if row is None or row.lifted_at is not None:
            raise CannotDo(f"nothing is withheld under the number {number} in '{cycle}'")
        row.lifted_at, row.lifted_for = now, reason.strip()
        change.record("withheld_no_more", row.answer_id or row.document_id or "", number=number, reason=reason)


def found(session: Session, cycle: str, what: str) -> Subject:
    """The answer or document of that name; without a version, the newest.

    Raises:
        CannotDo: there is none.
    """
    name = what.removeprefix(f"{cycle}/")
    answer = session.get(Answer, f"{cycle}/{name}") or _newest_answer(session, f"{cycle}/{name}")
    if answer is not None:
        return Subject(answer=answer)
    document = session.get(Document, f"{cycle}/{name}") or _newest_document(session, cycle, name)
    if document is not None:
        return Subject(document=document)
    known = ", ".join(_known(session, cycle, name))
    near = f"for instance: {known}" if known else "write PHASE/STEP/BODY.SEAT-N, or KEY@VERSION"
    raise CannotDo(f"there is no answer or document '{what}' in '{cycle}'; {near}")


def _newest_answer(session: Session, assignment: str) -> Answer | None:
    mine = select(Answer).where(col(Answer.assignment_id) == assignment)
    return session.exec(mine.order_by(col(Answer.version).desc())).first()


def _newest_document(session: Session, cycle: str, key: str) -> Document | None:
    mine = select(Document).where(col(Document.cycle_id) == cycle, col(Document.key) == key)
    return session.exec(mine.order_by(col(Document.version).desc())).first()


def _known(session: Session, cycle: str, name: str) -> Iterator[str]:
    """A few names that could have been meant: those of the same phase, otherwise any."""
    begins = name.partition("/")[0]
    for column, table in ((Answer.id, Answer), (Document.id, Document)):
        mine = select(column).where(col(table.cycle_id) == cycle).order_by(col(column))
        here = session.exec(mine.where(col(column).startswith(f"{cycle}/{begins}")).limit(SHOWN)).all()
        yield from (key.partition("/")[2] for key in here)


def _see_that_it_is_there(subject: Subject, passage: str, what: str) -> None:
    from engine.record.withheld import pattern

    if passage.strip() and not any(pattern(passage).search(words) for words in _words(subject)):
        raise CannotDo(f"'{what}' does not say \u201c{passage}\u201d")


def _words(subject: Subject) -> Iterator[str]:
    if subject.answer is not None:
        yield subject.answer.comment
        yield from (words for words in subject.answer.content.values() if isinstance(words, str))
    if subject.document is not None:
        yield from (subject.document.content, subject.document.title, subject.document.file_name or "")


def _see_that_it_is_new(change: Change, row: Redaction) -> None:
    mine = select(Redaction).where(col(Redaction.cycle_id) == row.cycle_id, col(Redaction.lifted_at).is_(None))
    for held in change.session.exec(mine):
        if (held.answer_id, held.document_id, held.passage) == (row.answer_id, row.document_id, row.passage):
            raise CannotDo(f"it is withheld already, under the number {held.number}")


def _next(change: Change) -> int:
    so_far = select(func.count()).select_from(Redaction).where(col(Redaction.cycle_id) == change.cycle.id)
    return change.session.exec(so_far).one() + 1
