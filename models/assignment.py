"""What a step asks of one participant, the link that reaches it, and the answers that come back."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from config.publicity import Retention
from config.terms import Force, Position
from models.base import Instant, Row, Term


class AssignmentStatus(StrEnum):
    """Where an assignment is in its life."""

    OPEN = "open"
    ANSWERED = "answered"
    REOPENED = "reopened"  # answered without ending the matter; the body is asked again in a new round
    NO_REPLY = "no_reply"  # the step closed in silence, which is never consent
    SUPERSEDED = "superseded"  # asked anew on a newer version of the text, before any answer came
    WITHDRAWN = "withdrawn"


class Revocation(StrEnum):
    """Why a link was withdrawn."""

    NOT_ME = "not_me"  # its holder said that the mail had reached the wrong person
    DELEGATED = "delegated"  # its holder handed the question over
    HANDED_BACK = "handed_back"  # a substitute gave the question back
    TAKEN_BACK = "taken_back"  # whoever had handed the question over took it back
    REPLACED = "replaced"  # a coordinator named somebody else
    SENT_ANEW = "sent_anew"  # a coordinator sent the same person a fresh one


class Assignment(Row, table=True):
    """One question to one person, who answers for one body.

    `person_id` is who answers now. When that is not who was asked first, the other names stay beside it.
    """

    __table_args__ = (UniqueConstraint("step_id", "membership_id", "round"),)

    id: str = Field(primary_key=True)
    cycle_id: str = Field(foreign_key="cycle.id", index=True)
    step_id: str = Field(foreign_key="step.id")
    body_id: str = Field(foreign_key="body.id")
    membership_id: str = Field(foreign_key="membership.id")
    person_id: str = Field(foreign_key="person.id", index=True)
    delegated_from: str | None = Field(default=None, foreign_key="person.id")  # whose substitute answers
    replaces: str | None = Field(default=None, foreign_key="person.id")  # who held the seat when the question came
    round: int = 1
    text: str | None = None  # document id: the version that is decided on, where it is another than the step's
    status: AssignmentStatus = Field(sa_type=Term(AssignmentStatus), default=AssignmentStatus.OPEN)
    opened_at: datetime = Field(sa_type=Instant)
    answered_at: datetime | None = Field(default=None, sa_type=Instant)  # the first answer's receipt
    late: bool = False


class Link(Row, table=True):
    """The capability in an e-mail. The token itself is nowhere: see `models.tokens`."""

    id: str = Field(primary_key=True)
    cycle_id: str = Field(foreign_key="cycle.id", index=True)
    assignment_id: str = Field(foreign_key="assignment.id", index=True)
    person_id: str = Field(foreign_key="person.id")
    token_sha256: str = Field(unique=True)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
    revoked_for: Revocation | None = Field(default=None, sa_type=Term(Revocation))


class Answer(Row, table=True):
    """What came back; a later version supersedes an earlier one and never overwrites it."""

    __table_args__ = (UniqueConstraint("assignment_id", "version"),)

    id: str = Field(primary_key=True)
    cycle_id: str = Field(foreign_key="cycle.id", index=True)
    assignment_id: str = Field(foreign_key="assignment.id")
    version: int
    position: Position = Field(sa_type=Term(Position))
    comment: str = ""
    content: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    decided_on: date | None = None  # when the answering body decided, if it says so
    received_at: datetime = Field(sa_type=Instant)
    late: bool = False
    via: str  # portal, coordinator, rehearsal
    by: str  # the person's id, or the account that recorded it for somebody
    nonce: str = Field(unique=True)


class Decision(Row, table=True):
    """What a body resolved, and with what force."""

    id: str = Field(primary_key=True)
    cycle_id: str = Field(foreign_key="cycle.id", index=True)
    phase_id: str = Field(foreign_key="phase.id", index=True)
    step_id: str = Field(foreign_key="step.id")
    body_id: str = Field(foreign_key="body.id")
    round: int = 1
    force: Force = Field(sa_type=Term(Force))
    outcome: str  # a position, or approved / rejected
    decided_on: date
    text: str | None = None  # document id
    paragraph: str = ""  # in the body's minutes: § 71
    addition: str = ""  # what it adopted beside the text
    reservations: str = ""  # dissent, as the minutes have it; it goes along with the decision (KSL 13 (2))
    reason: str = ""
    tally: dict[str, int] = Field(default_factory=dict, sa_type=JSON)


class Document(Row, table=True):
    """One version of a text: as it was written, or as the file that was handed in."""

    __table_args__ = (UniqueConstraint("cycle_id", "key", "version"),)

    id: str = Field(primary_key=True)
    cycle_id: str = Field(foreign_key="cycle.id")
    key: str
    version: int
    title: str
    content: str  # empty when it is a file
    sha256: str  # of the file, or of the text in UTF-8
    media_type: str = "text/plain"
    size: int = 0  # bytes
    file: str | None = Field(default=None, foreign_key="file_content.sha256", index=True)
    file_name: str | None = None
    part_of: str | None = None  # document id: the text that this file was handed in with
    replaces: str | None = None  # document id: the version before this one
    from_step: str | None = None
    from_answer: str | None = None  # answer id
    reason: str = ""  # why there is a new version
    retention: Retention | None = Field(default=None, sa_type=Term(Retention))  # None: as the definition says
    created_at: datetime = Field(sa_type=Instant)
