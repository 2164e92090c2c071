"""Mails of the installation itself, that belong to no cycle: the sign-in link.

They have an outbox of their own, with the same promises as the cycles': a mail is stored before its first attempt, what
became of it before the next mail, and a claim is a lease. They are few, so each has a transaction of its own.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from jinja2 import TemplateError
from sqlalchemy import update
from sqlmodel import col, select

from models.account import Account, SystemMail
from models.notice import DeliveryStatus
from notifications.claims import LEASE, is_free
from notifications.mime import Unsendable, deliverable, mailbox, message
from notifications.render import Letter, render_named
from notifications.results import WITHDRAWN, Tally, outcome
from notifications.transport import Deferred, Outgoing, QueueStopped, Refused

if TYPE_CHECKING:
    from datetime import datetime

    from models.register import Register
    from notifications.sender import Sender
    from notifications.transport import Transport

MOST = 100
"""Mails in one go."""


@dataclass(frozen=True)
class SystemMailer:
    """Sends what the installation itself has to say. Times are the machine's, never a cycle's."""

    register: Register
    transport: Transport
    sender: Sender
    owner: str

    async def send_due(self, now: datetime) -> Tally:
        """Send what is due at `now`; what cannot be sent is tried again later."""
        tally = Tally()
        name = f"{self.owner}:{uuid4().hex}"
        claimed = await asyncio.to_thread(self._claim, name, now)
        if not claimed:
            return tally
        async with self.transport.connection() as connection:
            for mail_id in claimed:
                prepared = await asyncio.to_thread(self._prepare, name, mail_id, now)
                if isinstance(prepared, dict):
                    await asyncio.to_thread(self._settle, name, mail_id, prepared, tally)
                    continue
                outgoing, attempts = prepared
                attempt = await connection.send(outgoing)
                await asyncio.to_thread(self._settle, name, mail_id, outcome(attempt, attempts, now), tally)
                if isinstance(attempt, QueueStopped):
                    tally.stopped = attempt.reason
                    break
        await asyncio.to_thread(self._let_go, name)
        return tally

    def send_due_blocking(self, now: datetime) -> Tally:
        """The same, for callers without an event loop."""
        return asyncio.run(self.send_due(now))

    def _claim(self, name: str, now: datetime) -> list[str]:
        wall = now.timestamp()
        due = (
            select(SystemMail.id)
            .where(col(SystemMail.status) == DeliveryStatus.QUEUED, col(SystemMail.next_attempt_at) <= now)
            .where(is_free(col(SystemMail.lease_until), wall))
            .order_by(col(SystemMail.next_attempt_at), col(SystemMail.id))
            .limit(MOST)
        )
        with self.register.read() as session:  # nearly always there is nothing, and no need to write
            if session.exec(due).first() is None:
                return []
        with self.register.operate() as session:
            ids = list(session.exec(due.with_for_update(skip_locked=True)))
            taking = update(SystemMail).where(col(SystemMail.id).in_(ids))
            session.execute(taking.values(lease_owner=name, lease_until=wall + LEASE))
            return ids

    def _prepare(self, name: str, mail_id: str, now: datetime) -> tuple[Outgoing, int] | dict[str, Any]:
        """The mail as it will be sent, stored first; or what becomes of it because it is not sent."""
        with self.register.operate() as session:
            mail = session.get_one(SystemMail, mail_id)
            account = session.get_one(Account, mail.account_id)
            if mail.lease_owner != name or (mail.expires_at is not None and mail.expires_at <= now):
                return dict(WITHDRAWN)
            if account.revoked_at is not None:
                return dict(WITHDRAWN)
            try:
                address = deliverable(account.address)
                mail.raw = mail.raw or self._written(mail, account, address, now).decode()
            except Unsendable as refused:
                return outcome(Refused(str(refused)), mail.attempts, now)
            except (LookupError, TypeError, ValueError, TemplateError) as broken:  # the program can be mended
                return outcome(Deferred(f"cannot be written: {broken}"), mail.attempts, now)
            return Outgoing(self.sender.mail_from, address, mail.raw.encode()), mail.attempts

    def _written(self, mail: SystemMail, account: Account, address: str, now: datetime) -> bytes:
        letter = self._letter(mail, account)
        headers = [
            ("From", mailbox("Samsyn", self.sender.mail_from)),
            ("To", mailbox(" ".join(account.name.split()), address)),
            ("Subject", letter.subject),
            ("Date", format_datetime(now)),
            ("Auto-Submitted", "auto-generated"),  # RFC 3834 section 5
            ("X-Samsyn-Kind", str(mail.kind)),
            ("Message-ID", mail.message_id),
        ]
        return message(headers, letter.text, letter.html, utf8=not address.isascii())

    def _letter(self, mail: SystemMail, account: Account) -> Letter:
        values = {
            "language": str(account.language),
            "name": account.name,
            "url": self.sender.sign_in_url(mail.subject_id),
            "installation": self.sender.root,
        }
        return render_named(f"{mail.kind}.jinja", str(account.language), values)

    def _settle(self, name: str, mail_id: str, values: dict[str, Any], tally: Tally) -> None:
        with self.register.operate() as session:
            mine = update(SystemMail).where(col(SystemMail.id) == mail_id, col(SystemMail.lease_owner) == name)
            done = session.execute(mine.values(lease_owner=None, lease_until=0.0, **values))
            if done.rowcount:  # type: ignore[attr-defined]
                tally.count(values["status"])

    def _let_go(self, name: str) -> None:
        """Give back what a stopped queue has left untouched."""
        with self.register.operate() as session:
            mine = update(SystemMail).where(col(SystemMail.lease_owner) == name)
            session.execute(mine.values(lease_owner=None, lease_until=0.0))
