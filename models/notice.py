"""Notices, and the state of their delivery."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field

from models.base import Instant, Row, Term, index_where


class NoticeKind(StrEnum):
    """Why somebody is written to."""

    ASKED = "asked"
    ASKED_AGAIN = "asked_again"  # after a referral back or tabling
    REMINDED = "reminded"
    RECEIPT = "receipt"
    SUMMONED = "summoned"
    CALLED_OFF = "called_off"  # a meeting that people had been called to
    INFORMED = "informed"
    MOVED = "moved"  # a deadline moved
    MISSED = "missed"  # to the coordinator: a deadline passed without all answers
    LAPSED = "lapsed"  # to the silent: closed without your answer
    REFERRED_BACK = "referred_back"  # to the coordinator
    NO_DECISION = "no_decision"  # to the coordinator: a body came to none, and is called again
    CONCLUDED = "concluded"  # the cycle's outcome
    REASSIGNED = "reassigned"  # somebody else answers from now on; to both
    NOT_ME = "not_me"  # to the coordinator: a question reached the wrong person
    MAIL_RECEIVED = "mail_received"  # to the coordinator: somebody wrote instead of answering on the page
    FILED = "filed"  # to who wrote: it has been filed, and is no answer yet
    UNDELIVERED = "undelivered"  # to the coordinator: an address fails for good
    MAIL_STUCK = "mail_stuck"  # to the coordinator: mail has not got out for hours


BY_DAY = (NoticeKind.REMINDED, NoticeKind.MISSED)
"""Notices whose occurrence is a day: nobody is told the same thing twice on one, whoever comes upon it."""


class DeliveryStatus(StrEnum):
    """How far a notice has come."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"  # permanently
    WITHDRAWN = "withdrawn"  # no longer true when its hour came: a reminder after the answer


class Notice(Row, table=True):
    """An e-mail that somebody is owed; written in the transaction that caused it."""

    __table_args__ = (
        UniqueConstraint("cycle_id", "kind", "subject_id", "person_id", "occurrence", name="uq_notice_once"),
    )

    id: str = Field(primary_key=True)
    cycle_id: str = Field(foreign_key="cycle.id")
    kind: NoticeKind = Field(sa_type=Term(NoticeKind))
    person_id: str = Field(foreign_key="person.id")
    subject_id: str  # what it is about: an assignment, step, milestone or the cycle
    occurrence: int = 1
    phase_id: str | None = Field(default=None, foreign_key="phase.id")
    step_id: str | None = Field(default=None, foreign_key="step.id")
    assignment_id: str | None = Field(default=None, foreign_key="assignment.id")
    data: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    created_at: datetime = Field(sa_type=Instant)
    send_from: datetime = Field(sa_type=Instant)


class Delivery(Row, table=True):
    """The outbox row of a notice. Operational: not part of the journal, and disposed of with the addresses.

    `subject` and `raw` are set before the first attempt, so that every retry sends the same bytes;
    `raw` is emptied when the mail is on its way, because it holds a token.
    """

    __table_args__ = (
        Index("ix_delivery_due", "status", "next_attempt_at", "notice_id"),
        Index("ix_delivery_of_cycle", "cycle_id", "status", "next_attempt_at"),
        index_where("ix_delivery_held", "lease_owner", where="lease_owner IS NOT NULL"),
        index_where("ix_delivery_carried_by", "carried_by", where="carried_by IS NOT NULL"),
        index_where("ix_delivery_trouble", "status", "trouble_since", where="trouble_since IS NOT NULL"),
        index_where("ix_delivery_failed", "told", where="status = 'failed'"),
        index_where("ix_delivery_told", "status", "told", where="told IS NOT NULL"),
    )

    notice_id: str = Field(primary_key=True, foreign_key="notice.id")
    cycle_id: str
    message_id: str = Field(unique=True)
    status: DeliveryStatus = Field(sa_type=Term(DeliveryStatus), default=DeliveryStatus.QUEUED)
    next_attempt_at: datetime = Field(sa_type=Instant)
    attempts: int = 0
    lease_owner: str | None = None
    lease_until: float = 0.0  # seconds since the epoch, by the machine's clock and not the cycle's
    address: str | None = None
    subject: str | None = None
    raw: str | None = None
    sent_at: datetime | None = Field(default=None, sa_type=Instant)
    response: str | None = None
    carried_by: str | None = None  # the notice whose mail, a digest, says this one too
    tried_wall: float = 0.0  # of the last attempt; seconds since the epoch, by the machine's clock
    trouble_since: datetime | None = Field(default=None, sa_type=Instant)  # the first attempt that did not get through
    told: str | None = None  # what the coordinator has been told of: `stuck` or `failed`
