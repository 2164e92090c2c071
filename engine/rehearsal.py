"""Rehearsal: a whole cycle from its first day to its last, on the same flow bodies, without Prefect or mail servers.

The register is in memory, the clock goes from one instant that matters to the next, and people behave as a script
says. Nothing here knows what a phase does: it only asks what is due, as the dispatcher does.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING, Any

from config.uploads import UploadLimits
from engine.commands.answer import BadAnswer, NoLongerOpen, Reply, answer
from engine.commands.start import start_cycle
from engine.coordination import Coordination
from engine.documents.given import GivenFile, take_file
from engine.due import due_phases, next_wake
from engine.people import asked_since, form_behind, question_behind
from engine.report import report
from engine.script import Asked, Plan, Script, plan
from flows import FLOWS
from models.cycle import CycleStatus
from models.register import Register
from notifications.outbox import Mailer
from notifications.sender import Sender
from notifications.transport import DiscardTransport
from tasks.phase import Phase, perform_plainly

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from config.definition import Definition
    from config.seats import SeatHolder

SECRET = "rehearsal"  # noqa: S105 - opens nothing: the register is gone when the rehearsal ends
HORIZON = timedelta(days=365 * 10)
"""A cycle that has not ended so long after it began is not going to."""


@dataclass
class Rehearsal:
    """One cycle being rehearsed."""

    definition: Definition
    script: Script
    participants: Sequence[SeatHolder] = ()
    register: Register = field(default_factory=Register.in_memory)
    passes: int = 0

    def run(self) -> dict[str, Any]:
        """From the first day to the last, or until nothing more will happen; returns the report."""
        self.play()
        result = report(self.register, self.slug)
        self.register.close()
        return result | {"passes": self.passes, "outcome": result["outcome"] or "unfinished"}

    def play(self, until: datetime | None = None) -> None:
        """From the first day to the last, or as far as it goes before an instant.

        The register then holds what happened, until somebody closes it.
        """
        self._begin()
        while self._step(until or self.last):
            pass

    def decide(self, asked: Asked) -> Plan | None:
        """When and what somebody answers; None is silence."""
        return plan(self.script, asked, self.definition.where)

    def sender(self) -> Sender:
        """Who the mails would come from."""
        return Sender("samsyn@samsyn.example", "http://samsyn.example", SECRET)

    def new_mailer(self) -> Mailer:
        """What takes the mails that would be sent."""
        return Mailer(self.register, DiscardTransport(), self.sender(), owner="rehearsal")

    def _begin(self) -> None:
        place = self.definition.where
        self.slug = self.definition.cycle
        self.now = place.at(self.definition.begins, self.definition.send_at)
        self.last = self.now + HORIZON
        self.mailer = self.new_mailer()
        self.coordination = Coordination(self.register, self.slug, self.script, place)
        self.plans: list[tuple[datetime, int, str, Plan]] = []
        self._order = count()
        self._seen: set[str] = set()
        start_cycle(
            self.register,
            self.definition,
            slug=self.slug,
            at=self.now,
            actor="rehearsal",
            participants=self.participants,
        )

    def _step(self, last: datetime) -> bool:
        """Do everything that is due at this instant, then go to the next; False when there is none."""
        while self._do_what_is_due():
            pass
        following = self._next_instant()
        if following is None or following > last:
            return False
        self.now = max(self.now, following)
        return True

    def _do_what_is_due(self) -> bool:
        """What the worker does, then what people do; whether people did anything, so that there may be more of it."""
        while self._pass_phases():
            pass
        self._send()
        return self.coordination.act(self.now) + self._answer() > 0

    def _pass_phases(self) -> int:
        with self.register.read() as session:
            due = due_phases(session, self.now)
        for row in due:
            phase: Phase[Any] = Phase(self.register, row.id, now=self.now, secret_key=SECRET, perform=perform_plainly)
            if phase.row.wake_at is None or phase.row.wake_at > self.now:
                continue  # a pass just before this one has moved what it waited for
            done = FLOWS[row.kind].run(phase)
            self.passes += 1
            if not done.acts:
                raise AssertionError(f"{row.id} was due and had nothing to do")
        return len(due)

    def _send(self) -> int:
        tally = self.mailer.send_due_blocking(self.now)
        if not tally.sent:
            return tally.withdrawn
        for link_id, asked in asked_since(self.register, self.slug, self.now, self._seen):
            planned = self.decide(asked)
            if planned is not None:
                heappush(self.plans, (planned.at, next(self._order), link_id, planned))
        return tally.sent + tally.withdrawn

    def _answer(self) -> int:
        answered = 0
        while self.plans and self.plans[0][0] <= self.now:
            _, nonce, link_id, planned = heappop(self.plans)
            reply = Reply(
                planned.position, planned.comment, self._content(link_id, planned), files=_attached(planned)
            )  # fmt: skip
            answered += 1
            try:
                answer(self.register, link_id=link_id, reply=reply, nonce=str(nonce), now=self.now, via="rehearsal")
            except NoLongerOpen:
                continue  # too late: as it would be for a person
            except BadAnswer as bad:
                raise BadAnswer(bad.where, f"{question_behind(self.register, link_id)}: {bad}") from bad
        return answered

    def _content(self, link_id: str, planned: Plan) -> dict[str, str]:
        form, who = form_behind(self.register, link_id)
        written = {"text": planned.text, "items": "\n".join(planned.items)}
        fields = planned.filled(form, who, self.definition.where.today(self.now))
        return {**fields, **{name: text for name, text in written.items() if text}}

    def _next_instant(self) -> datetime | None:
        with self.register.read() as session:
            instants = [next_wake(session)]
        instants += [self.mailer.next_due(), self.plans[0][0] if self.plans else None]
        if (act := self.coordination.next_due()) is not None and self._running():
            instants.append(act)
        return min((instant for instant in instants if instant is not None), default=None)

    def _running(self) -> bool:
        from models.cycle import Cycle

        with self.register.read() as session:
            cycle = session.get(Cycle, self.slug)
        return cycle is not None and cycle.status is CycleStatus.RUNNING


def _attached(planned: Plan) -> tuple[GivenFile, ...]:
    return (take_file(planned.attach, planned.file(), UploadLimits()),) if planned.attach else ()


def rehearse(
    definition: Definition, script: Script | None = None, participants: Sequence[SeatHolder] = ()
) -> dict[str, Any]:
    """Rehearse a definition; returns what `samsyn rehearse --json` prints."""
    with uncollected():
        return Rehearsal(definition, script or Script(), participants).run()


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the collector of cyclic garbage: a rehearsal is over in a second, and leaves a register to give back."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
