"""Drafts: what somebody has typed and attached but not answered yet. No part of the record, and seen by nobody else."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, LargeBinary
from sqlmodel import Field

from models.base import Instant, Row


class Draft(Row, table=True):
    """One person's unfinished answer to one assignment."""

    id: str = Field(primary_key=True)
    assignment_id: str = Field(foreign_key="assignment.id", index=True)
    person_id: str = Field(foreign_key="person.id")
    revision: int  # counts the saves, so that a form opened before the last one is known
    typed: dict[str, Any] = Field(sa_type=JSON)
    overtaken: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)  # what another form saved over
    saved_at: datetime = Field(sa_type=Instant)


class DraftFile(Row, table=True):
    """A file attached to a draft; the same content counts once."""

    __tablename__ = "draft_file"

    draft_id: str = Field(primary_key=True, foreign_key="draft.id")
    sha256: str = Field(primary_key=True)
    number: int  # its place among the draft's files
    name: str
    media_type: str
    size: int  # bytes
    content: bytes | None = Field(default=None, sa_type=LargeBinary)  # None: an earlier answer has brought it already


def draft_id(assignment_id: str, person_id: str) -> str:
    """What one person's draft is called; whoever answers in her place begins with one of his own."""
    return f"{assignment_id}~{person_id}"
