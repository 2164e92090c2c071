"""Texts and their versions."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sqlmodel import col, select

from models.assignment import Document

if TYPE_CHECKING:
    from sqlmodel import Session

    from models.assignment import Assignment
    from models.change import Change
    from models.phase import Step
    from tasks.phase import AnyPhase


def store_document(
    phase: AnyPhase, change: Change, key: str, *, title: str, content: str, step_id: str | None, reason: str = ""
) -> str:
    """Keep a new version of a text; returns its id, which says key and version. `reason` is why there is a new one."""
    held = select(Document.version).where(col(Document.cycle_id) == change.cycle.id, col(Document.key) == key)
    version = max(change.session.exec(held).all(), default=0) + 1
    document = change.add(
        Document(
            id=f"{change.cycle.id}/{key}@{version}",
            cycle_id=change.cycle.id,
            key=key,
            version=version,
            title=title,
            content=content,
            sha256=hashlib.sha256(content.encode()).hexdigest(),
            from_step=step_id,
            reason=reason,
            created_at=phase.now,
        )
    )
    return document.id


def latest(phase: AnyPhase, key: str) -> tuple[str, ...]:
    """The newest version of a text as a list of one, or nothing while there is none."""
    with phase.register.read() as session:
        newest = newest_of(session, phase.cycle.id, key)
    return (newest.id,) if newest else ()


def newest_of(session: Session, cycle_id: str, key: str) -> Document | None:
    """The newest version of a text."""
    versions = select(Document).where(col(Document.cycle_id) == cycle_id, col(Document.key) == key)
    return session.exec(versions.order_by(col(Document.version).desc())).first()


def text_of(step: Step, assignment: Assignment) -> str | None:
    """The version of the text that one assignment is about."""
    return assignment.text or (step.about[-1] if step.about else None)


def key_of(document_id: str) -> str:
    """The name of the text that a document is a version of."""
    return document_id.partition("/")[2].rpartition("@")[0]
