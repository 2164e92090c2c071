"""Mail that comes in: where codes lead, what was taken as it came, and what of it belongs to the record.

What a mail server handed over is kept byte by byte before it is told that it may forget it. A letter that somebody
wrote is a document of the cycle and journaled, with its words as commitments; bounces are about addresses and stay
out of the record.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, LargeBinary
from sqlmodel import Field

from models.base import PERSONAL, SECRET, Instant, Row, Term
from models.tokens import CodePurpose


class IncomingKind(StrEnum):
    """What a mail turned out to be."""

    LETTER = "letter"  # somebody wrote
    AUTO_REPLY = "auto_reply"  # a program wrote: an absence message, a receipt
    FAILED = "failed"  # a mail server says that it will never deliver (RFC 3464)
    DELAYED = "delayed"  # a mail server says that it is still trying
    DELIVERED = "delivered"  # a mail server says that it has
    UNCLEAR = "unclear"  # came back, and says nothing that can be relied on


class MailCode(Row, table=True):
    """Where a code leads. The code itself is nowhere: see `models.tokens`. Operational."""

    __tablename__ = "mail_code"

    code_sha256: str = Field(primary_key=True)
    purpose: CodePurpose = Field(sa_type=Term(CodePurpose))
    cycle_id: str = Field(foreign_key="cycle.id", index=True)
    subject_id: str  # an assignment, a notice or a person


class IncomingMail(Row, table=True):
    """A mail as it came. Operational: disposed of with the addresses, after its letter's disposal at the latest."""

    __tablename__ = "incoming_mail"

    id: str = Field(primary_key=True)  # SHA-256 of recipient and bytes: the same mail handed over twice is one
    cycle_id: str = Field(foreign_key="cycle.id", index=True)
    kind: IncomingKind = Field(sa_type=Term(IncomingKind))
    notice_id: str | None = None  # of the mail that it is about, as far as known
    assignment_id: str | None = None
    recipient: str
    mail_from: str  # of the envelope; empty for what must never be answered (RFC 5321, 4.5.5)
    raw: bytes = Field(sa_type=LargeBinary)
    sha256: str  # of the bytes
    received_at: datetime = Field(sa_type=Instant)
    note: str = ""  # what a mail server said


class ReceivedLetter(Row, table=True):
    """A document that came by mail, about one assignment. It is no answer, whatever it says."""

    __tablename__ = "received_letter"

    id: str = Field(primary_key=True)  # ASSIGNMENT!mail-NUMBER
    cycle_id: str = Field(foreign_key="cycle.id", index=True)
    assignment_id: str = Field(foreign_key="assignment.id", index=True)
    number: int  # among the letters about its assignment
    automatic: bool  # a program wrote it
    sender: str = Field(sa_column_kwargs=PERSONAL)
    subject: str = Field(sa_column_kwargs=PERSONAL)
    text: str = Field(sa_column_kwargs=PERSONAL)
    attached: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON, sa_column_kwargs=PERSONAL)
    """Files as `name`, `media_type`, `size` in bytes and `sha256`, under which `FileContent` has them."""
    sha256: str  # of the whole mail, see `IncomingMail`
    received_at: datetime = Field(sa_type=Instant)
    salt: str = Field(sa_column_kwargs=SECRET)
