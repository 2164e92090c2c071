"""What has been disposed of, by which decision: the content is gone, its hash and the fact stay."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field

from models.base import Instant, Row, Term


class Disposable(StrEnum):
    """What can be disposed of."""

    FILE = "file"  # the bytes of a file; one row for each
    LETTERS = "letters"  # what people wrote by mail, with the files in it and the mails as they came
    DELIVERIES = "deliveries"  # addresses and texts of mails sent, and what mail servers said
    PEOPLE = "people"  # names and addresses


class Disposal(Row, table=True):
    """One thing, or all of one kind, that was disposed of (gallring, kassation)."""

    id: str = Field(primary_key=True)  # CYCLE/disposal-NUMBER
    cycle_id: str = Field(foreign_key="cycle.id", index=True)
    number: int
    what: Disposable = Field(sa_type=Term(Disposable))
    document_id: str | None = Field(default=None, foreign_key="document.id", index=True)
    sha256: str | None = Field(default=None, index=True)  # of the bytes that are gone
    count: int = 1  # how many rows it was
    decision: str  # who decided, when: the named decision
    at: datetime = Field(sa_type=Instant)
