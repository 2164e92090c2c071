"""The files behind decisions: the extracts of minutes that principals hand in with their reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from models.assignment import Answer, Assignment, Decision
from models.files import Attachment, FileContent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlmodel import Session


def extracts_of(session: Session, cycle_id: str) -> Mapping[str, tuple[Attachment, ...]]:
    """The files by the answer that brought them, where a decision was made of it; without those disposed of."""
    mine = (
        select(Attachment)
        .join(Answer, col(Answer.id) == col(Attachment.answer_id))
        .join(Assignment, col(Assignment.id) == col(Answer.assignment_id))
        .join(Decision, col(Decision.id) == col(Assignment.id) + "!decision")
        .join(FileContent, col(FileContent.sha256) == col(Attachment.sha256))
        .where(col(Attachment.cycle_id) == cycle_id, col(FileContent.content) != b"")
    )
    found: dict[str, tuple[Attachment, ...]] = {}
    for file in session.exec(mine.order_by(col(Attachment.answer_id), col(Attachment.number))):
        found[file.answer_id] = (*found.get(file.answer_id, ()), file)
    return found
