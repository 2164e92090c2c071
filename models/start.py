"""Starts in preparation: what an account has chosen and typed on the way to a cycle. No part of any record."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from models.base import Instant, Row


class StartDraft(Row, table=True):
    """One account's preparation of one cycle. It goes when the cycle has begun, in the same transaction."""

    __tablename__ = "start_draft"

    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    source: str  # where the definition came from: bundled:NAME, cycle:SLUG, file:NAME
    text: str = ""  # an uploaded definition as it was written, so that it can be mended in place
    definition: str | None = None  # as `config.loader.dump` writes it; None while the text has faults
    content: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)  # `engine.starting.content`
    saved_at: datetime = Field(sa_type=Instant)
