"""The documents of a cycle with their lineage: versions, what was handed in together, and by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from sqlalchemy.orm import defer
from sqlmodel import col, select

from config.calendars import PLACES
from config.publicity import Retention
from engine.record.access import rule_of
from engine.record.matrix import TextVersion
from engine.record.parts import DocumentRecord
from models.assignment import Answer, Assignment, Document
from models.disposal import Disposable, Disposal
from models.phase import Step

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    from sqlmodel import Session

    from config.publicity import Record as Rule
    from models.cycle import Cycle

_NO_CONTENT = defer(cast("Any", Document).content)


def text_versions(session: Session, cycle_id: str) -> dict[str, TextVersion]:
    """The texts of a cycle by document id, without their content."""
    return {
        found.id: TextVersion(found.key, found.title, found.version, found.sha256) for found in _held(session, cycle_id)
    }


def documents_of(
    session: Session, cycle: Cycle, phases: Mapping[str, str], bodies: Mapping[str, str], hidden: Collection[str]
) -> tuple[DocumentRecord, ...]:
    """Every version that is public; the names of phases and bodies are by their ids."""
    from_phase = dict(session.exec(select(Step.id, Step.phase_id).where(col(Step.cycle_id) == cycle.id)).all())
    from_body = dict(_authors(session, cycle.id))
    gone = _disposed(session, cycle)
    rule = rule_of(cycle)
    return tuple(
        DocumentRecord(
            id=row.id,
            key=row.key,
            title=row.title,
            version=row.version,
            sha256=row.sha256,
            media_type=row.media_type,
            size=row.size,
            file_name=row.file_name or "",
            created_at=row.created_at,
            replaces=row.version - 1 if row.replaces else None,
            part_of=row.part_of,
            phase=phases.get(from_phase.get(row.from_step or "", ""), ""),
            body=bodies.get(from_body.get(row.from_answer or "", ""), ""),
            reason=row.reason,
            retention=retention_of(row, rule),
            disposed_on=gone.get(row.id),
        )
        for row in _held(session, cycle.id)
        if row.id not in hidden
    )


def retention_of(document: Document, rule: Rule) -> Retention:
    """How long a document is kept: what was said of it, or else of its text, or else for good."""
    return document.retention or rule.retention.get(document.key, Retention.KEEP)


def _held(session: Session, cycle_id: str) -> Sequence[Document]:
    mine = select(Document).options(_NO_CONTENT).where(col(Document.cycle_id) == cycle_id)
    return session.exec(mine.order_by(col(Document.created_at), col(Document.key), col(Document.version))).all()


def _authors(session: Session, cycle_id: str) -> Sequence[tuple[str, str]]:
    by = select(Answer.id, Assignment.body_id).join(Assignment, col(Assignment.id) == col(Answer.assignment_id))
    written = by.join(Document, col(Document.from_answer) == col(Answer.id))
    return session.exec(written.where(col(Document.cycle_id) == cycle_id)).all()


def _disposed(session: Session, cycle: Cycle) -> dict[str, date]:
    mine = select(Disposal).where(col(Disposal.cycle_id) == cycle.id, col(Disposal.what) == Disposable.FILE)
    zone = PLACES[cycle.place]
    return {row.document_id: zone.today(row.at) for row in session.exec(mine) if row.document_id}
