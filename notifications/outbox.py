"""The outbox: due notices are claimed, written, sent, and what became of them is recorded.

No transaction is open while a mail server is spoken to. The next batch is written while this one is being sent, and
results are committed beside the sending of the next mails, at most `recording.UNRECORDED` of them late. So none is
lost, and a crash sends at most so many again, those that were being handed over or had just been, with the same
Message-ID and the same bytes. A register that cannot be written to for a while is no crash: what became of a mail is
kept in mind until it can.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from contextlib import asynccontextmanager, contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy.exc import DBAPIError

from models.anchors import HeadFile, heads
from models.notice import Delivery, DeliveryStatus
from models.register import RegisterBusy
from notifications import claims
from notifications.codes import store_codes
from notifications.compose import Composed, outline
from notifications.handing_over import Batch, Handover, connections
from notifications.recording import Recording
from notifications.results import Tally, outcome
from notifications.transport import DiscardTransport
from notifications.writing import Prepared, write_batch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence
    from datetime import datetime

    from models.register import Register
    from notifications.letter import Case
    from notifications.recording import Results
    from notifications.sender import Sender
    from notifications.transport import Attempt, Transport

log = logging.getLogger("samsyn.mail")

BATCH, MOST = 100, 5_000
"""Deliveries under one claim, and in one go."""
STRETCH = 5.0
"""Seconds after which no further batch is claimed in one go: whoever sends has other things to see to."""
UNWRITABLE = (RegisterBusy, DBAPIError)
"""What the register raises when it cannot be written to."""


class Look(NamedTuple):
    """What is looked for: due at `now` by the cycle's clock, of one cycle or of all."""

    now: datetime
    cycle_id: str | None
    newest: bool  # first; otherwise the longest waiting


NOTHING = Batch("")


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
        rate: int | None = None,
        connections: int = 1,
        head_file: HeadFile | None = None,
    ) -> None:
        self.register = register
        self.transport = transport
        self.sender = sender
        self.owner = owner
        self.wall = wall
        self.rate = rate
        """The most mails in a minute, by all mailers on the register together."""
        self.connections = connections
        """To the mail server, at once."""
        self.head_file = head_file
        self._unwritten: dict[str, Results] = {}  # of claims that could not be ended: what is still to be written
        self._lock = Lock()

    async def send_due(
        self, now: datetime, *, cycle_id: str | None = None, limit: int = MOST, newest: bool = False
    ) -> Tally:
        """Send up to `limit` mails that are due at `now` by the cycle's clock, the longest waiting or the newest first.

        It goes on for a few seconds and finishes the batch that it has then; what is left is for the next time.
        """
        look = Look(now, cycle_id, newest)
        first = await asyncio.to_thread(self._next, look, min(limit, BATCH))
        return await self._send(look, limit, *first)

    async def _send(self, look: Look, limit: int, tally: Tally, batch: Batch) -> Tally:
        """The first batch, and those that follow it while it is handed over."""
        if not batch.left:
            return tally
        last = self.wall() + STRETCH
        async with self._handover(look) as handover:
            while batch.claimed and not handover.over:
                limit -= batch.claimed
                goes_on = batch.claimed >= BATCH and self.wall() < last
                more = max(0, min(limit, BATCH)) if goes_on else 0
                following = asyncio.create_task(self._following(look, more))
                try:
                    await handover.all_of(batch)
                finally:  # nobody waits until the claim on the other runs out
                    self._let_go(batch)
                    found, batch = await following
                    tally.add(found)
            self._let_go(batch)
        tally.add(handover.recording.tally)
        tally.stopped = handover.stopped
        return tally

    def send_due_blocking(
        self, now: datetime, *, cycle_id: str | None = None, limit: int = MOST, newest: bool = False
    ) -> Tally:
        """The same, for callers without an event loop; a discarding transport needs none at all."""
        if isinstance(self.transport, DiscardTransport):
            return self._rehearse(self.transport, now, cycle_id, limit)
        look = Look(now, cycle_id, newest)
        tally, batch = self._next(look, min(limit, BATCH))
        return asyncio.run(self._send(look, limit, tally, batch)) if batch.left else tally

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

    @asynccontextmanager
    async def _handover(self, look: Look) -> AsyncIterator[Handover]:
        """Open connections, with somebody beside them who writes down what becomes of mails."""

        def became(name: str, done: Sequence[Prepared], attempt: Attempt) -> None:
            results = [(one.notice_id, self._became(attempt, one, look.now)) for one in done]
            recording.note(name, results)

        async with (
            connections(self.transport, self.connections) as opened,
            Recording(self._record, self._keep) as recording,
        ):
            yield Handover(opened, recording, self._held, became)

    def _became(self, attempt: Attempt, one: Prepared, now: datetime) -> dict[str, Any]:
        """The columns after an attempt; what waits again remembers since when it has been in trouble."""
        values = {**outcome(attempt, one.attempts, now), "tried_wall": self.wall()}
        if values["status"] is DeliveryStatus.QUEUED:
            values["trouble_since"] = one.trouble_since or now
        return values

    async def _held(self, batch: Batch) -> bool:
        """Whether the batch is still ours; its claim is renewed when half of its lease is over."""
        if self.wall() < batch.renew_at:
            return True
        if not await asyncio.to_thread(self.renew, batch.name):
            return False
        batch.renew_at = self.wall() + claims.LEASE / 2
        return True

    async def _following(self, look: Look, limit: int) -> tuple[Tally, Batch]:
        """The next batch, written beside the handing over of this one."""
        return await asyncio.to_thread(self._next, look, limit) if limit else (Tally(), NOTHING)

    def _next(self, look: Look, limit: int) -> tuple[Tally, Batch]:
        """What became of what needs no mail, and the mails of up to `limit` deliveries."""
        tally = Tally()
        return tally, self._prepare(look, limit, tally)

    def _prepare(self, look: Look, limit: int, tally: Tally) -> Batch:
        """Claim, withdraw what is no longer true, and store every mail before its first attempt."""
        self._make_up()
        with self.register.operate() as session:
            allowed = claims.allowance(session, self.rate, self.wall(), limit)
            name, claimed = claims.claim(
                session, owner=self.owner, wall=self.wall(), limit=allowed, **look._asdict()
            )  # fmt: skip
        if not claimed:
            return NOTHING
        renew_at = self.wall() + claims.LEASE / 2
        with self.register.read() as session:
            prepared = write_batch(session, claimed, self.sender, look.now)
            if self.head_file is not None:
                cycles = {one.cycle_id for one in prepared if one.mail is not None}
                self.head_file.note(heads(session, cycles), look.now)
        self._store(name, prepared)
        self._record(name, [(one.notice_id, one.values) for one in prepared if one.mail is None], tally)
        return Batch(name, renew_at, len(claimed), deque(one for one in prepared if one.mail is not None))

    def _let_go(self, batch: Batch) -> None:
        """Nobody waits until the claim runs out on a batch that is not to be handed over."""
        if batch.left:
            self._keep(batch.name, ())

    def _make_up(self) -> None:
        """Write down what could not be, and let go of the rest of those claims: nobody waits until they run out."""
        with self._lock:
            unwritten, self._unwritten = self._unwritten, {}
        if not unwritten:
            return
        try:
            with self.register.operate() as session:
                for name, results in unwritten.items():
                    claims.settle(session, name, results)
                claims.forget(session, unwritten.__contains__)
        except UNWRITABLE:
            with self._lock:
                self._unwritten |= unwritten
            raise

    def _keep(self, name: str, results: Results) -> None:
        with self._lock:
            self._unwritten[name] = [*self._unwritten.get(name, ()), *results]

    @contextmanager
    def _kept_in_mind(self, name: str, results: Results = ()) -> Iterator[None]:
        try:
            yield
        except UNWRITABLE:
            self._keep(name, results)
            raise

    def _store(self, name: str, prepared: Sequence[Prepared]) -> None:
        """Every mail before its first attempt; and before any is settled, what it does not carry any more."""
        with self._kept_in_mind(name), self.register.operate() as session:
            freed = [one.notice_id for one in prepared if one.mail is None and "carried_by" in one.values]
            claims.store(session, name, [{"notice_id": key, "carried_by": None} for key in freed])
            for one in prepared:
                if one.carries:
                    claims.carry(session, name, one.notice_id, one.carries)
            new = [one for one in prepared if one.mail is not None and one.values]
            claims.store(session, name, [{"notice_id": one.notice_id, **one.values} for one in new])
            for one in new:
                store_codes(session, one.cycle_id, one.codes, self.sender.secret_key)

    def _record(self, name: str, results: Results, tally: Tally) -> None:
        if not results:
            return
        with self._kept_in_mind(name, results), self.register.operate() as session:
            settled = claims.settle(session, name, results)
        for notice_id, values in results:
            tally.count(values["status"], settled.get(notice_id, 0))

    def unwritten(self, cases: Sequence[Case], message_id: str) -> Composed:  # noqa: ARG002 - as one that writes has it
        """Address and subject alone: what is discarded needs no text."""
        found = outline(cases)
        return Composed(found.address, found.subject, b"")

    def _rehearse(self, transport: DiscardTransport, now: datetime, cycle_id: str | None, limit: int) -> Tally:
        """All in one transaction, with no claim: nobody else sees the register, and nothing is sent."""
        tally = Tally()
        with self.register.operate() as session:
            due = claims.due(session, now, cycle_id, limit)
            if not due:
                return tally
            rows = {delivery.notice_id: delivery for delivery in due}
            for prepared in write_batch(session, due, self.sender, now, self.unwritten):
                values = dict(prepared.values)
                if prepared.mail is not None:
                    values |= outcome(transport.sent, prepared.attempts, now)
                for carried in prepared.carries:
                    _set(rows[carried], {**values, "carried_by": prepared.notice_id})
                _set(rows[prepared.notice_id], values)
                for _ in range(1 + len(prepared.carries)):
                    tally.count(values.get("status", DeliveryStatus.QUEUED))
        return tally


def _set(row: Delivery, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


__all__ = ["Mailer", "Prepared", "Tally"]
