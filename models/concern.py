"""What a coordinator has to look at: a mail that reached the wrong person, an address that fails, a mail that came in.

A concern is opened in the transaction of what caused it, and stays until somebody settles it. The words of people are
personal: the journal holds a commitment to them, never the words.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, Index
from sqlmodel import Field, col, func, select

from models.base import PERSONAL, SECRET, Instant, Row, Term, index_where

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel import Session

    from models.change import Change


class ConcernKind(StrEnum):
    """Why a coordinator should look."""

    NOT_ME = "not_me"  # somebody says that the question reached the wrong person
    ADDRESS_FAILS = "address_fails"  # a mail server refuses an address for good
    MAIL_RECEIVED = "mail_received"  # somebody wrote instead of answering on the page
    MAIL_STUCK = "mail_stuck"  # mails have not got out for hours
    REASSIGNED = "reassigned"  # an assignment has gone to an address that somebody typed in


class Concern(Row, table=True):
    """One thing to look at. `subject` is what it is about; of each kind it has one open concern at most."""

    __table_args__ = (
        Index("ix_concern_open", "cycle_id", "settled_at"),
        index_where("ix_concern_unsettled", "kind", where="settled_at IS NULL"),
    )

    id: str = Field(primary_key=True)  # CYCLE/!NUMBER
    cycle_id: str = Field(foreign_key="cycle.id")
    kind: ConcernKind = Field(sa_type=Term(ConcernKind))
    subject: str  # an assignment's, person's, notice's or document's id
    assignment_id: str | None = Field(default=None, foreign_key="assignment.id", index=True)
    person_id: str | None = Field(default=None, foreign_key="person.id")
    words: str = Field(default="", sa_column_kwargs=PERSONAL)  # what a person wrote about it
    data: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)  # nothing that may have to be erased
    opened_at: datetime = Field(sa_type=Instant)
    settled_at: datetime | None = Field(default=None, sa_type=Instant)
    settlement: str = ""  # what was done about it
    salt: str = Field(sa_column_kwargs=SECRET)

    @property
    def number(self) -> int:
        """What a coordinator calls it by: concerns are numbered within their cycle."""
        return int(self.id.rpartition("!")[2])


def raise_concern(
    change: Change,
    kind: ConcernKind,
    *,
    subject: str,
    assignment: str | None = None,
    person: str | None = None,
    words: str = "",
    data: dict[str, Any] | None = None,
) -> Concern:
    """Open a concern within a change. While one of the same kind about the same subject is open, that one is given."""
    of_cycle = select(Concern).where(col(Concern.cycle_id) == change.cycle.id)
    same = of_cycle.where(col(Concern.kind) == kind, col(Concern.subject) == subject, col(Concern.settled_at).is_(None))
    if (present := change.session.exec(same).first()) is not None:
        return present
    so_far = select(func.count()).select_from(Concern).where(col(Concern.cycle_id) == change.cycle.id)
    concern = change.add(
        Concern(
            id=f"{change.cycle.id}/!{change.session.exec(so_far).one() + 1}",
            cycle_id=change.cycle.id,
            kind=kind,
            subject=subject,
            assignment_id=assignment,
            person_id=person,
            words=words,
            data=data or {},
            opened_at=change.at,
            salt=change.register.token(16),
        )
    )
    change.record("concern_raised", concern.id, kind=str(kind), about=subject)
    return concern


def settle_concern(change: Change, concern_id: str, settlement: str) -> Concern:
    """Write down what was done about a concern. Settling it again changes nothing.

    Raises:
        LookupError: there is no such concern.
    """
    concern = change.get(Concern, concern_id)
    if concern.settled_at is None:
        concern.settled_at = change.at
        concern.settlement = settlement
        change.record("concern_settled", concern.id, settlement=settlement)
    return concern


def settle_about(change: Change, assignment_id: str, settlement: str) -> int:
    """Settle every open concern about an assignment, because what was done answers them; returns how many."""
    about = select(Concern).where(col(Concern.assignment_id) == assignment_id, col(Concern.settled_at).is_(None))
    concerns = change.session.exec(about).all()
    for concern in concerns:
        settle_concern(change, concern.id, settlement)
    return len(concerns)


def open_concerns(session: Session, cycle_id: str) -> Sequence[Concern]:
    """What a coordinator has still to look at, the longest waiting first."""
    waiting = select(Concern).where(col(Concern.cycle_id) == cycle_id, col(Concern.settled_at).is_(None))
    return session.exec(waiting.order_by(col(Concern.opened_at), col(Concern.id))).all()
