"""A cycle of a definition written in the test, run by its real flows on a clock that the test moves."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime, time
from hashlib import sha256
from itertools import count
from textwrap import dedent
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from sqlmodel import SQLModel, col, select

from config.loader import load
from config.terms import Position
from engine.commands.answer import Receipt, Reply, answer
from engine.commands.start import start_cycle
from engine.due import due_phases, next_wake
from engine.report import report
from flows import FLOWS
from models.assignment import Assignment, AssignmentStatus, Decision, Link
from models.journal import JournalEntry
from models.notice import Notice, NoticeKind
from models.phase import Milestone, Step
from models.phase import Phase as PhaseRow
from models.register import Register
from models.verify import verify
from tasks.phase import Phase, perform_plainly
from tests.registers import POSTGRESQL, registers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from config.definition import Definition

SECRET = "a secret for tests"
SLUG = "tiny"
RowT = TypeVar("RowT", bound=SQLModel)

HEAD = """\
cycle: tiny
title: A tiny cycle
language: en
begins: 2024-01-15
coordinator: office
bodies:
  office: {name: The office, seats: {contact: 1}}
  board: {name: The board, seats: {chair: 1, members: 2, secretary: 1}}
  towns:
    name: The towns
    rules: se-kl-council
    each: [berg, krokom, ragunda]
    seats: {secretary: 1}
"""
"""An office that coordinates, a board with three votes, and three towns."""


class Reused(Register):
    """A register in memory that is emptied instead of thrown away: what SQLAlchemy has compiled stays compiled."""

    free: ClassVar[list[Reused]] = []

    @classmethod
    def taken(cls) -> Register:
        """An empty one, with the same tokens each time; on PostgreSQL one that is emptied likewise."""
        if registers.kind == POSTGRESQL:
            return registers.fresh()
        register = cls.free.pop() if cls.free else cls.in_memory()
        numbers = count()
        register.token = lambda size: sha256(f"test {next(numbers)}".encode()).hexdigest()[:size]
        return register

    @classmethod
    def in_memory(cls) -> Reused:
        """A new one, which remembers what empty is."""
        register = cls("sqlite://")
        SQLModel.metadata.create_all(register.engine)
        register.empty = register.raw.serialize()
        return register

    @property
    def raw(self) -> Any:
        """The one connection."""
        return self.engine.raw_connection().driver_connection

    def close(self) -> None:
        """Empty it and put it by."""
        self.raw.deserialize(self.empty)
        self.free.append(self)


def tiny(rest: str, head: str = HEAD) -> Definition:
    """The definition of `head` with the milestones and phases in `rest`."""
    return load("tiny.yaml", head + dedent(rest))


@dataclass
class World:
    """One running cycle."""

    definition: Definition
    register: Register = field(default_factory=Reused.taken)
    passes: int = 0

    def __post_init__(self) -> None:
        self.place = self.definition.where
        self.now = self.place.at(self.definition.begins, time(8))
        self._nonces = count(1)
        start_cycle(self.register, self.definition, slug=SLUG, at=self.now, actor="coordinator")
        self.look()

    def phase_pass(self, phase_id: str) -> int:
        """One pass over one phase, due or not; returns how many acts it did."""
        phase: Phase[Any] = Phase(
            self.register, phase_id, now=self.now, secret_key=SECRET, perform=perform_plainly
        )  # fmt: skip
        self.passes += 1
        return FLOWS[phase.row.kind].run(phase).acts

    def look(self) -> None:
        """Passes until nothing is due at the present instant."""
        for _ in range(50):
            with self.register.read() as session:
                due = [row.id for row in due_phases(session, self.now)]
            if not due:
                return
            for phase_id in due:
                self.phase_pass(phase_id)
        raise AssertionError("the cycle does not come to rest")

    def extra_passes(self) -> int:
        """A pass over every phase, whether it is due or not; returns how many acts they did."""
        return sum(self.phase_pass(row.id) for row in self.rows(PhaseRow))

    def go(self, day: str, clock: str = "12:00") -> None:
        """On to a local day and hour; what falls due on the way is done at its instant."""
        self.until(self.place.at(date.fromisoformat(day), time.fromisoformat(clock)))

    def until(self, instant: datetime) -> None:
        """On to an instant; what falls due on the way is done at its own."""
        while (wake := self.next_wake()) is not None and wake <= instant:
            self.now = max(self.now, wake)
            self.look()
        self.now = instant

    def next_wake(self) -> datetime | None:
        """The next instant that matters to any phase."""
        with self.register.read() as session:
            return next_wake(session)

    def reply(
        self, step: str, who: str, position: str = "", comment: str = "", *,
        nonce: str | None = None, look: bool = True, **content: str,
    ) -> Receipt:  # fmt: skip
        """Somebody (`berg`, `board.chair-1`) answers its newest assignment in a step (`phase/step`)."""
        link = self.link(step, who)
        offers = self.step(step).offers
        said = Reply(Position(position or offers[0]), comment, content or {"text": f"{who} writes"})
        nonce = nonce or f"nonce-{next(self._nonces)}"
        receipt = answer(self.register, link_id=link, reply=said, nonce=nonce, now=self.now)
        if look:
            self.look()
        return receipt

    def link(self, step: str, who: str) -> str:
        """The link of somebody's newest assignment in a step."""
        found = [a for a in self.asked(step) if a.membership_id.rpartition("@")[2].startswith(f"{who}")]
        assert found, f"{who} was not asked in {step}"
        return next(row.id for row in self.rows(Link) if row.assignment_id == found[-1].id)

    def asked(self, step: str) -> list[Assignment]:
        """The assignments of a step, by body and round."""
        mine = [row for row in self.rows(Assignment) if row.step_id == f"{SLUG}/{step}"]
        return sorted(mine, key=lambda row: (row.membership_id, row.round))

    def silent(self, step: str) -> list[str]:
        """The bodies' keys that a step still waits for, or that it closed without."""
        waiting = (AssignmentStatus.OPEN, AssignmentStatus.NO_REPLY)
        return [row.body_id.rpartition("@")[2] for row in self.asked(step) if row.status in waiting]

    def step(self, key: str) -> Step:
        """A step, `phase/step`."""
        return self._one(Step, f"{SLUG}/{key}")

    def phase(self, key: str) -> PhaseRow:
        """A phase."""
        return self._one(PhaseRow, f"{SLUG}/{key}")

    def milestone(self, key: str) -> Milestone:
        """A milestone."""
        return self._one(Milestone, f"{SLUG}/:{key}")

    def notices(self, kind: NoticeKind) -> list[Notice]:
        """The notices of a kind, in the order in which they were owed."""
        return sorted((row for row in self.rows(Notice) if row.kind is kind), key=lambda row: (row.created_at, row.id))

    def rows_of_notices(self) -> list[Notice]:
        """Every notice that anybody is owed."""
        return self.rows(Notice)

    def decisions(self) -> dict[str, list[str]]:
        """What each body decided, in the order of its rounds."""
        rows = sorted(self.rows(Decision), key=lambda row: (row.body_id, row.round))
        found: dict[str, list[str]] = {}
        for row in rows:
            found.setdefault(row.body_id.rpartition("@")[2], []).append(row.outcome)
        return found

    def events(self) -> list[str]:
        """The first event of every change."""
        return [row.event for row in sorted(self.rows(JournalEntry), key=lambda row: row.seq)]

    def all_events(self) -> list[str]:
        """Every event of every change."""
        in_order = sorted(self.rows(JournalEntry), key=lambda row: row.seq)
        return [event["event"] for row in in_order for event in json.loads(row.body)["events"]]

    def journal_length(self) -> int:
        """How many changes there have been."""
        return len(self.rows(JournalEntry))

    def report(self) -> dict[str, Any]:
        """What the command line would print, without what hashes to something else when passes are counted."""
        return report(self.register, SLUG)

    def holds(self) -> bool:
        """Whether journal and state agree."""
        with self.register.read() as session:
            return verify(session, SLUG).holds

    def rows(self, table: type[RowT]) -> list[RowT]:
        """Every row of a table."""
        with self.register.read() as session:
            return list(session.exec(select(table)).all())

    def _one(self, table: type[RowT], key: str) -> RowT:
        with self.register.read() as session:
            found = session.exec(select(table).where(col(table.id) == key)).one_or_none()  # type: ignore[attr-defined]
        assert found is not None, f"no {table.__name__} {key}"
        return found

    def people_asked(self, step: str) -> Iterator[str]:
        """The seats that a step asks."""
        for assignment in self.asked(step):
            yield assignment.membership_id.rpartition("@")[2]
