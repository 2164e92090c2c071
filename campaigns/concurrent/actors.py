"""Those who act at once: each has a register of its own, so that they meet in the database and nowhere before it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy.exc import OperationalError
from sqlmodel import col, select

from campaigns.concurrent.history import Done, Pass
from config.terms import REOPENING, Position
from engine.commands.answer import Reply, answer
from engine.commands.coordinate import close_step, move_milestone
from engine.leases import LeaseLost, Leases
from flows import FLOWS
from models.assignment import Assignment, AssignmentStatus, Link
from models.phase import Milestone, MilestoneStatus, Step
from models.register import Register, RegisterBusy, RegisterError
from tasks.phase import Phase, perform_plainly

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from campaigns.concurrent.history import History
    from engine.clock import FrozenClock

SECRET = "a secret for the campaign of many at once"  # noqa: S105
CLOSES, MOVES = 0.5, 0.3
"""How likely a coordinator does so when it is her turn."""
CHANGES_MIND = 3
"""Times that a person answers the same question at most, within one turn."""


@dataclass
class Actor:
    """Somebody with a connection of her own."""

    name: str
    url: str
    clock: FrozenClock
    history: History
    chance: Random
    register: Register = field(init=False)

    def __post_init__(self) -> None:
        self.register = Register(self.url)

    def act(self) -> None:
        """What she does when it is her turn."""
        raise NotImplementedError

    def do(self, what: str, subject: str, by: str, work: Callable[[], Any], said: str = "") -> None:
        """Something, with its instants. A register that is busy is asked again, as a person would."""
        begun = self.history.instant()
        while True:
            try:
                work()
            except RegisterBusy:
                continue
            except RegisterError as refused:
                self._write_down(what, subject, by, begun, taken=False, said=str(refused))
            except Exception as failed:  # noqa: BLE001 - whatever it is, it is a finding
                self.history.errors.append(f"{self.name}: {what} {subject}: {type(failed).__name__}: {failed}"[:400])
            else:
                self._write_down(what, subject, by, begun, taken=True, said=said)
            return

    def _write_down(self, what: str, subject: str, by: str, begun: int, *, taken: bool, said: str) -> None:
        self.history.done.append(Done(what, subject, by, begun, self.history.instant(), taken, said))

    def rows(self, query: Any) -> list[Any]:
        """What a query finds."""
        with self.register.read() as session:
            return list(session.exec(query))


class Worker(Actor):
    """Claims due phases and makes their passes, as the dispatcher and Prefect would."""

    def act(self) -> None:
        """Until nothing is due that nobody holds."""
        leases = Leases(self.register, self.name)
        while claimed := leases.claim_due(self.clock.now(), time.time()):
            for claim in claimed:
                self._pass(leases, claim.phase_id)

    def _pass(self, leases: Leases, phase_id: str) -> None:
        owner = f"pass:{self.name}/{uuid4().hex}"
        if not leases.take(phase_id, owner, time.time()):
            return
        begun = self.history.instant()
        phase: Phase[Any] = Phase(
            self.register, phase_id, now=self.clock.now(), secret_key=SECRET, perform=perform_plainly,
            fence=lambda change: leases.fence(change, phase_id, owner),
        )  # fmt: skip
        try:
            FLOWS[phase.row.kind].run(phase)
        except (RegisterBusy, LeaseLost, OperationalError) as failed:
            self.history.errors.append(f"{self.name}: pass of {phase_id}: {failed}"[:400])
        finally:
            self.history.passes.append(Pass(phase_id, self.name, begun, self.history.instant()))
            leases.release(phase_id, owner)


class Portal(Actor):
    """People who answer, and change their minds; two portals may have the same person."""

    def act(self) -> None:
        """Some of those who are asked."""
        open_ones = (
            select(Link, Step).join(Assignment, col(Assignment.id) == col(Link.assignment_id))
            .join(Step, col(Step.id) == col(Assignment.step_id))
            .where(col(Link.revoked_at).is_(None), col(Assignment.status).in_(
                (AssignmentStatus.OPEN, AssignmentStatus.ANSWERED)), col(Step.settled_at).is_(None))
            .order_by(col(Link.id))
        )  # fmt: skip
        asked = self.rows(open_ones)
        for link, step in self.chance.sample(asked, self.chance.randint(0, len(asked))):
            for _ in range(self.chance.randint(1, CHANGES_MIND)):
                self._answer(link, step)

    def _answer(self, link: Link, step: Step) -> None:
        position = self.chance.choice([one for one in map(Position, step.offers) if one not in REOPENING])
        nonce = f"{self.name}-{uuid4().hex}"
        said = Reply(position, comment="A reason.", content={"text": nonce})
        self.do(
            "answer", link.assignment_id, nonce,
            lambda: answer(self.register, link_id=link.id, reply=said, nonce=nonce, now=self.clock.now()),
            str(position),
        )  # fmt: skip


class Coordinator(Actor):
    """Closes questions early and moves dates."""

    def act(self) -> None:
        """Now and then."""
        steps = self.rows(select(Step).where(col(Step.settled_at).is_(None)).order_by(col(Step.id)))
        for step in steps:
            if step.kind in ("consult", "decide") and self.chance.random() < CLOSES:
                time.sleep(self.chance.uniform(0, 0.02))
                self.do("close", step.id, self.name, partial(self._close, step.id))
        pending = select(Milestone).where(col(Milestone.status) == MilestoneStatus.PENDING).order_by(col(Milestone.id))
        for milestone in self.rows(pending):
            if self.chance.random() < MOVES:
                self._move(milestone)

    def _close(self, step: str) -> None:
        close_step(self.register, step, reason="enough", now=self.clock.now(), actor=self.name)

    def _move(self, milestone: Milestone) -> None:
        cycle, _, key = milestone.id.partition("/:")
        to = (milestone.due_on or self.clock.now().date()) + timedelta(days=self.chance.randint(1, 5))
        self.do("move", milestone.id, self.name, lambda: move_milestone(
            self.register, cycle, key, to, reason="later", now=self.clock.now(), actor=self.name))  # fmt: skip
