"""Texts and their versions."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sqlmodel import col, select

from models.assignment import Document

if TYPE_CHECKING:
    from models.change import Change
    from tasks.phase import AnyPhase


def store_document(phase: AnyPhase, change: Change, key: str, *, title: str, content: str, step_id: str) -> str:
    """Keep a new version of a text; returns its id, which says key and version."""
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
            created_at=phase.now,
        )
    )
    return document.id


def latest(phase: AnyPhase, key: str) -> tuple[str, ...]:
    """The newest version of a text as a list of one, or nothing while there is none."""
    with phase.register.read() as session:
        newest = session.exec(
            select(Document)
            .where(col(Document.cycle_id) == phase.cycle.id, col(Document.key) == key)
            .order_by(col(Document.version).desc())
        ).first()
    return (newest.id,) if newest else ()
