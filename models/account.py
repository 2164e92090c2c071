"""People who work on the desk: their accounts, roles, sign-ins and sessions, and the mails that belong to no cycle.

All of it is operational. What an account does to a cycle stands in that cycle's journal, with the account's id as the
actor; the id says nothing of the person, so a journal survives the account's erasure.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field

from config.terms import Language
from models.base import Instant, Row, Term
from models.notice import DeliveryStatus

ACTOR = "account:"
"""What the actor of an account begins with in the journal."""


class Role(StrEnum):
    """What an account is to one cycle."""

    COORDINATOR = "coordinator"  # sees everything of it, and acts
    READER = "reader"  # sees everything of it


class Account(Row, table=True):
    """Somebody who may sign in. The address is in small letters; it is how people are found."""

    id: str = Field(primary_key=True)
    address: str = Field(unique=True)
    name: str = ""
    language: Language = Field(sa_type=Term(Language))
    administrator: bool = False  # of the installation: everything in every cycle, and the accounts
    starts: bool = False  # may start cycles, and becomes their coordinator
    reads_all: bool = False  # a reader of every cycle
    created_at: datetime = Field(sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)

    @property
    def actor(self) -> str:
        """Who acts, as the journal says it."""
        return f"{ACTOR}{self.id}"

    @property
    def called(self) -> str:
        """The name, or the address where there is none."""
        return self.name or self.address


class CycleRole(Row, table=True):
    """An account's role in a cycle. Giving and taking it is an event in the cycle's journal."""

    __tablename__ = "cycle_role"

    account_id: str = Field(primary_key=True, foreign_key="account.id")
    cycle_id: str = Field(primary_key=True, foreign_key="cycle.id", index=True)
    role: Role = Field(sa_type=Term(Role))


class SignIn(Row, table=True):
    """A request for a sign-in link. Only the hash of what the link ends with is here; it counts once.

    A request for an address that has no account is kept too, until it expires: both take the same work.
    """

    __tablename__ = "sign_in"

    id: str = Field(primary_key=True)
    account_id: str | None = Field(default=None, foreign_key="account.id", index=True)
    token_sha256: str = Field(unique=True)
    wanted: str = ""  # the page that was asked for
    asked_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant, index=True)
    used_at: datetime | None = Field(default=None, sa_type=Instant)


class DeskSession(Row, table=True):
    """A browser that is signed in. The cookie's value is nowhere; its SHA-256 is the key."""

    __tablename__ = "desk_session"

    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    via: str  # link, or oidc
    opened_at: datetime = Field(sa_type=Instant)
    seen_at: datetime = Field(sa_type=Instant)  # to the minute
    ends_at: datetime = Field(sa_type=Instant)  # whatever happens
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    said: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)  # messages for the next page


class SystemMailKind(StrEnum):
    """Why the installation itself writes to an account."""

    SIGN_IN = "sign_in"


class SystemMail(Row, table=True):
    """A mail that belongs to no cycle. The columns of its delivery are those of `models.notice.Delivery`.

    Its times are the machine's: a stepped cycle clock must not make a sign-in link expire.
    """

    __tablename__ = "system_mail"
    __table_args__ = (Index("ix_system_mail_due", "status", "next_attempt_at"),)

    id: str = Field(primary_key=True)
    kind: SystemMailKind = Field(sa_type=Term(SystemMailKind))
    account_id: str = Field(foreign_key="account.id", index=True)
    subject_id: str  # what it is about: a sign-in
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime | None = Field(default=None, sa_type=Instant)  # when it is no use any more
    message_id: str = Field(unique=True)
    status: DeliveryStatus = Field(sa_type=Term(DeliveryStatus), default=DeliveryStatus.QUEUED)
    next_attempt_at: datetime = Field(sa_type=Instant)
    attempts: int = 0
    lease_owner: str | None = None
    lease_until: float = 0.0
    raw: str | None = None  # set before the first attempt, emptied when it is on its way: it holds a token
    sent_at: datetime | None = Field(default=None, sa_type=Instant)
    response: str | None = None
