"""Which files the public may have: those of a public record, without what is withheld or disposed of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from engine.record.access import is_public
from models.assignment import Document
from models.cycle import Cycle
from models.redaction import Redaction

if TYPE_CHECKING:
    from sqlmodel import Session

    from models.files import Attachment


def may_be_given(session: Session, file: Attachment) -> bool:
    """Whether anybody may have a file of an answer. Where the answer or the document is withheld as a whole, nobody."""
    if not is_public(session.get_one(Cycle, file.cycle_id)):
        return False
    whole = select(Redaction).where(
        col(Redaction.cycle_id) == file.cycle_id, col(Redaction.lifted_at).is_(None), col(Redaction.passage) == ""
    )
    documents = set(session.exec(select(Document.id).where(col(Document.file) == file.sha256)))
    withheld = session.exec(whole).all()
    return not any(row.answer_id == file.answer_id or row.document_id in documents for row in withheld)
