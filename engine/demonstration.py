"""A demonstration: a whole cycle on the real stack, on a stepped clock, with participants who only have their mail.

The clock goes to the next instant that matters once everything that is due has been done, so that a live run and a
rehearsal with the same script agree to the minute.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlmodel import col, func, select

from engine.clock import RegisterClock
from engine.commands.start import start_cycle
from engine.coordination import Coordination
from engine.due import due_phases, next_wake
from engine.participants import Crowd
from engine.report import report
from models.cycle import Cycle, CycleStatus
from models.journal import JournalEntry, PhaseRun
from models.notice import Delivery, DeliveryStatus

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from config.definition import Definition
    from engine.script import Script
    from engine.services import Services

PATIENCE = 60.0
"""Seconds without any progress after which something is wrong."""
LOOK = 0.05
"""Seconds between looks at what the stack has done."""


class Stalled(Exception):  # noqa: N818 - what the person watching would say
    """Nothing happens any more although something is due."""


@dataclass
class Demonstration:
    """One cycle, from start to end, on a stack that is already up."""

    services: Services
    definition: Definition
    script: Script
    tell: Callable[[datetime, dict[str, Any]], None]  # the cycle's instant, and an event of the journal
    slug: str = ""
    patience: float = PATIENCE  # seconds
    clock: RegisterClock = field(init=False)

    def __post_init__(self) -> None:
        self.slug = self.slug or self.definition.cycle
        self.place = self.definition.where
        self.register = self.services.register
        self.clock = RegisterClock(self.register)
        self.crowd = Crowd(self.services.settings.base_url, self.script, self.place)
        self.coordination = Coordination(self.register, self.slug, self.script, self.place)
        self._told = 0

    def run(self, until: datetime | None = None) -> dict[str, Any]:
        """Start the cycle and see it through, or as far as `until`; returns its report.

        Raises:
            Stalled: the stack does not do what is due.
        """
        self.begin()
        result = self.go_on(until)
        self.crowd.close()
        return result

    def begin(self) -> None:
        """Start the cycle, on its first morning."""
        begins = self.place.at(self.definition.begins, self.definition.send_at)
        self.clock.set(begins)
        start_cycle(self.register, self.definition, slug=self.slug, at=begins, actor="demonstration")

    def go_on(self, until: datetime | None = None) -> dict[str, Any]:
        """See the cycle through from where it stands, or as far as `until`; returns its report.

        Raises:
            Stalled: the stack does not do what is due.
        """
        now: datetime | None = self.clock.now()
        while now is not None and (until is None or now <= until):
            self.clock.set(now)
            self._until_quiet(now)
            now = self._next_instant()
        return report(self.register, self.slug)

    def _until_quiet(self, now: datetime) -> None:
        """Wait for the stack, and let people act, until nothing is due at this instant any more."""
        last_progress = time.monotonic()
        while True:
            acted = self.crowd.read_mail() + self.coordination.act(now) + self._tell_news()
            busy = self._busy(now)
            if not busy and not acted:
                acted = self.crowd.act(now)
                if not acted and not self.crowd.read_mail():
                    return
            if acted:
                last_progress = time.monotonic()
            elif time.monotonic() - last_progress > self.patience:
                raise Stalled(f"{now}: {busy}")
            time.sleep(LOOK)

    def _busy(self, now: datetime) -> str:
        """What is due and not yet done; empty when nothing is."""
        with self.register.read() as session:
            phases = [phase.id for phase in due_phases(session, now)]
            passes = session.exec(select(PhaseRun.phase_id).where(col(PhaseRun.lease_owner).startswith("pass:"))).all()
            mails = session.exec(
                select(func.count()).where(
                    col(Delivery.status) == DeliveryStatus.QUEUED, col(Delivery.next_attempt_at) <= now
                )
            ).one()
        words = [f"due: {', '.join(phases)}"] if phases else []
        words += [f"running: {', '.join(passes)}"] if passes else []
        words += [f"mails to send: {mails}"] if mails else []
        return "; ".join(words)

    def _next_instant(self) -> datetime | None:
        with self.register.read() as session:
            cycle = session.get(Cycle, self.slug)
            running = cycle is not None and cycle.status is CycleStatus.RUNNING
            wake = next_wake(session)
        instants = [wake, self.services.mailer.next_due(), self.crowd.next_due if running else None]
        if running:
            instants.append(self.coordination.next_due())
        return min((instant for instant in instants if instant is not None), default=None)

    def _tell_news(self) -> int:
        """Say what the journal has written since last time."""
        with self.register.read() as session:
            query = select(JournalEntry).where(
                col(JournalEntry.cycle_id) == self.slug, col(JournalEntry.seq) > self._told
            )
            news = session.exec(query.order_by(col(JournalEntry.seq))).all()
        for entry in news:
            self._told = entry.seq
            for event in json.loads(entry.body)["events"]:
                self.tell(entry.at, event)
        return len(news)

    def mails_once(self) -> tuple[int, int]:
        """Notices sent, and how many of them did not reach the mailbox exactly once."""
        with self.register.read() as session:
            query = select(Delivery.message_id).where(
                col(Delivery.cycle_id) == self.slug, col(Delivery.status) == DeliveryStatus.SENT
            )
            sent = list(session.exec(query).all())
        arrived = self.crowd.mails
        wrong = sum(arrived.count(message_id) != 1 for message_id in sent) + len(set(arrived) - set(sent))
        return len(sent), wrong
