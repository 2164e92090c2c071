"""A rehearsal that keeps its mails: the very definition, with the very participants, and every letter as it will be."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from typing import TYPE_CHECKING

from sqlmodel import col, select

from engine.plan_pace import Paced
from engine.rehearsal import SECRET
from models.cycle import Person
from models.notice import Notice
from models.phase import Phase, Step
from notifications import claims
from notifications.outbox import Mailer
from notifications.sender import Sender
from notifications.transport import DiscardTransport
from notifications.writing import write_batch

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from models.notice import Delivery
    from notifications.results import Tally
    from notifications.writing import Prepared

LONGEST_BATCH = 100_000


@dataclass(frozen=True)
class RehearsedMail:
    """A mail of a rehearsal; `raw` is packed."""

    number: int  # from 1, in the order in which they go
    at: datetime
    kind: str
    phase: str | None  # the key
    step: str | None  # the kind of step
    to: str
    name: str
    subject: str
    raw: bytes

    @property
    def text(self) -> str:
        """The letter as text."""
        return self._part("plain")

    @property
    def html(self) -> str:
        """The letter as HTML."""
        return self._part("html")

    def _part(self, subtype: str) -> str:
        found = message_from_bytes(zlib.decompress(self.raw), policy=policy.default).get_body((subtype,))
        return str(found.get_content()) if found else ""


class KeepingMailer(Mailer):
    """Sends nothing, and keeps every mail that it would have sent."""

    kept: list[RehearsedMail]

    def send_due_blocking(self, now: datetime, *, cycle_id: str | None = None, limit: int = LONGEST_BATCH) -> Tally:
        """Keep what is due, then settle it as every rehearsal does."""
        with self.register.read() as session:
            due = claims.due(session, now, cycle_id, limit)
            written = write_batch(session, due, self.sender, now) if due else []
            self._keep(session, written, {one.notice_id: one for one in due}, now)
        return super().send_due_blocking(now, cycle_id=cycle_id, limit=limit)

    def _keep(self, session: Session, written: list[Prepared], due: dict[str, Delivery], now: datetime) -> None:
        query = (
            select(Notice, Person, Phase.key, Step.kind)
            .join(Person, col(Person.id) == col(Notice.person_id))
            .outerjoin(Step, col(Step.id) == col(Notice.step_id))
            .outerjoin(Phase, col(Phase.id) == col(Notice.phase_id))
            .where(col(Notice.id).in_(due))
        )
        about = {notice.id: (notice, person, phase, step) for notice, person, phase, step in session.exec(query)}
        for one in written:
            if one.mail is None:
                continue
            notice, person, phase, step = about[one.notice_id]
            self.kept.append(RehearsedMail(
                len(self.kept) + 1, now, str(notice.kind), phase, str(step) if step else None, person.address,
                person.name or "", str(one.values.get("subject", "")), zlib.compress(one.mail.raw, 3),
            ))  # fmt: skip


@dataclass
class Previewed(Paced):
    """A rehearsal in which everybody answers on the last day, as the plan's is, with its mails."""

    base_url: str = "http://samsyn.example"
    mails: list[RehearsedMail] = field(default_factory=list)

    def _begin(self) -> None:
        super()._begin()
        sender = Sender("samsyn@samsyn.example", self.base_url, SECRET)
        mailer = KeepingMailer(self.register, DiscardTransport(), sender, owner="rehearsal")
        mailer.kept = self.mails
        self.mailer = mailer
