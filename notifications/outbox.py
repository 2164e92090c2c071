"""The outbox: due notices are claimed, written, sent, and what became of them is recorded.

No transaction is open while a mail server is spoken to, and the result of each mail is committed before the next is
sent. So none is lost, and a crash between the server's acceptance and our commit sends at most one mail again, with
the same Message-ID and the same bytes.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from models.notice import DeliveryStatus, Notice
from notifications import claims
from notifications.compose import Unsendable, Unwritten, compose_case
from notifications.letter import Case, still_true
from notifications.results import WITHDRAWN, Tally, outcome
from notifications.rows import load
from notifications.transport import Deferred, DiscardTransport, Outgoing, QueueStopped, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from sqlmodel import Session

    from models.notice import Delivery
    from models.register import Register
    from notifications.sender import Sender
    from notifications.transport import Transport


@dataclass(frozen=True)
class Prepared:
    """A claimed delivery: the mail to send with what is stored of it first, or why there is none."""

    notice_id: str
    attempts: int
    mail: Outgoing | None
    values: dict[str, Any]


class Mailer:
    """Sends what is due. Any number of them may work on one register at once."""

    def __init__(
        self,
        register: Register,
        transport: Transport,
        sender: Sender,
        *,
        owner: str,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self.register = register
        self.transport = transport
        self.sender = sender
        self.owner = owner
        self.wall = wall

    async def send_due(self, now: datetime, *, cycle_id: str | None = None, limit: int = 100) -> Tally:
        """Send up to `limit` mails that are due at `now` by the cycle's clock."""
        tally = Tally()
        claim, mails = await asyncio.to_thread(self._prepare, now, cycle_id, limit, tally)
        if not mails:
            return tally
        async with self.transport.connection() as connection:
            for position, prepared in enumerate(mails):
                if not await claim.held(self):
                    break  # the lease ran out under us: whoever has it now sends the rest
                assert prepared.mail is not None  # noqa: S101 - `_prepare` keeps those that have one
                attempt = await connection.send(prepared.mail)
                done = mails[position:] if isinstance(attempt, QueueStopped) else [prepared]
                results = [(one.notice_id, outcome(attempt, one.attempts, now)) for one in done]
                await asyncio.to_thread(self._record, claim.name, results, tally)
                if isinstance(attempt, QueueStopped):
                    tally.stopped = attempt.reason
                    break
        return tally

    def send_due_blocking(self, now: datetime, *, cycle_id: str | None = None, limit: int = 100) -> Tally:
        """The same, for callers without an event loop; a discarding transport needs none at all."""
        if isinstance(self.transport, DiscardTransport):
            return self._rehearse(self.transport, now, cycle_id, limit)
        return asyncio.run(self.send_due(now, cycle_id=cycle_id, limit=limit))

    def due_count(self, now: datetime, cycle_id: str | None = None) -> int:
        """How many mails are due at `now`."""
        with self.register.read() as session:
            return claims.count_due(session, now, cycle_id)

    def next_due(self) -> datetime | None:
        """When the next mail is due, by the cycle's clock; None when none waits."""
        with self.register.read() as session:
            return claims.earliest(session)

    def renew(self, name: str) -> bool:
        """Hold a claim for longer; False when it has run out."""
        with self.register.operate() as session:
            return claims.renew(session, name, wall=self.wall())

    def forget(self, gone: Callable[[str], bool]) -> None:
        """Let go of what senders had claimed that are `gone`: what they had not sent is sent now."""
        with self.register.operate() as session:
            claims.forget(session, gone)

    def _prepare(self, now: datetime, cycle_id: str | None, limit: int, tally: Tally) -> tuple[Claim, list[Prepared]]:
        """Claim, withdraw what is no longer true, and store every mail before its first attempt."""
        with self.register.operate() as session:
            name, claimed = claims.claim(
                session, owner=self.owner, now=now, wall=self.wall(), cycle_id=cycle_id, limit=limit
            )
        claim = Claim(name, self.wall() + claims.LEASE / 2)
        if not claimed:
            return claim, []
        with self.register.read() as session:
            prepared = list(self._written(session, claimed, now))
        self._record(name, [(one.notice_id, one.values) for one in prepared if one.mail is None], tally)
        with self.register.operate() as session:
            for one in prepared:
                if one.mail is not None and one.values:
                    claims.store(session, name, one.notice_id, **one.values)
        return claim, [one for one in prepared if one.mail is not None]

    def _written(self, session: Session, claimed: Sequence[Delivery], now: datetime) -> Iterator[Prepared]:
        ids = [delivery.notice_id for delivery in claimed]
        notices = {row.id: row for row in session.exec(select(Notice).where(col(Notice.id).in_(ids)))}
        rows = load(session, list(notices.values()))
        for delivery in claimed:
            case = Case(notices[delivery.notice_id], rows, self.sender, now)
            yield self._one(case, delivery)

    def _one(self, case: Case, delivery: Delivery) -> Prepared:
        """What is to happen with one delivery; a mail that cannot be made stops no other."""
        attempts = delivery.attempts
        try:
            if not still_true(case):
                return Prepared(delivery.notice_id, attempts, None, dict(WITHDRAWN))
            if delivery.raw and delivery.address:
                mail = Outgoing(self.sender.mail_from, delivery.address, delivery.raw.encode())
                return Prepared(delivery.notice_id, attempts, mail, {})
            made = compose_case(case, delivery.message_id)
        except Unsendable as refused:
            return Prepared(delivery.notice_id, attempts, None, outcome(Refused(str(refused)), attempts, case.now))
        except (Unwritten, LookupError) as broken:
            # Tried again later: what is missing can be mended, the program as well as the register.
            return Prepared(delivery.notice_id, attempts, None, outcome(Deferred(str(broken)), attempts, case.now))
        values = {"address": made.address, "subject": made.subject, "raw": made.raw.decode()}
        mail = Outgoing(self.sender.mail_from, made.address, made.raw)
        return Prepared(delivery.notice_id, attempts, mail, values)

    def _record(self, name: str, results: Sequence[tuple[str, dict[str, Any]]], tally: Tally) -> None:
        if not results:
            return
        with self.register.operate() as session:
            for notice_id, values in results:
                if claims.settle(session, name, notice_id, **values):
                    tally.count(values["status"])

    def _rehearse(self, transport: DiscardTransport, now: datetime, cycle_id: str | None, limit: int) -> Tally:
        """All in one transaction, with no claim: nobody else sees the register, and nothing is sent."""
        tally = Tally()
        with self.register.operate() as session:
            due = claims.due(session, now, cycle_id, limit)
            if not due:
                return tally
            for delivery, prepared in zip(due, list(self._written(session, due, now)), strict=True):
                values = dict(prepared.values)
                if prepared.mail is not None:
                    values |= outcome(transport.sent, prepared.attempts, now)
                for name, value in values.items():
                    setattr(delivery, name, value)
                tally.count(values.get("status", DeliveryStatus.QUEUED))
        return tally


@dataclass
class Claim:
    """A claim on a batch, renewed when half of its lease is over."""

    name: str
    renew_at: float

    async def held(self, mailer: Mailer) -> bool:
        """Whether the batch is still ours."""
        if mailer.wall() < self.renew_at:
            return True
        if not await asyncio.to_thread(mailer.renew, self.name):
            return False
        self.renew_at = mailer.wall() + claims.LEASE / 2
        return True


__all__ = ["Mailer", "Prepared", "Tally"]
