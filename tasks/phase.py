"""A phase as its flow sees it: what the definition says, who takes part, and the acts it may do.

The mechanism of replay is here. A flow body runs from its top in every pass. Each step finds its row in the register
or makes it; a settled step returns its recorded outcome without doing anything; a step that must wait raises
`Waiting`. What is to be done is done through `Phase.act`: one transaction, and one task run in Prefect.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeAlias, TypeVar, cast

from config.definition import Definition, PhaseBase
from config.loader import parse_dumped
from config.terms import ANSWERING_SEATS, VOTING_SEATS, Seat
from models.cycle import Body, Cycle, CycleStatus, Membership, Person
from models.phase import Phase as PhaseRow
from models.phase import Step
from models.queries import BODIES_OF_CYCLE, PHASE_AND_CYCLE, SEATS_OF_CYCLE, STEPS_OF_PHASE
from notifications.questions import usual_question
from tasks.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from sqlalchemy import Connection

    from config.calendars import Place
    from models.change import Change
    from models.register import Register

ATTEMPT = re.compile(r"([~-]\d+)+$")
"""The numbers at the end of a step's key: the second attempt at a proposal, the third of several meetings."""

T = TypeVar("T")
SaysT = TypeVar("SaysT", bound=PhaseBase)
SYSTEM = "system"


class Waiting(Exception):  # noqa: N818 - it is no error
    """The phase cannot go on before something happens."""

    def __init__(self, step: str, until: datetime | None) -> None:
        super().__init__(step)
        self.step = step
        self.until = until


class Stopped:
    """What an act comes to in a cycle that does not run."""


STOPPED = Stopped()
GOING_ON = "the cycle to go on"
"""What a pass waits for while its cycle is on hold."""


class Perform(Protocol):
    """How an act is carried out: as a Prefect task run, or simply called."""

    def __call__(self, act: str, title: str, work: Callable[[], T], /) -> T:
        """Do `work`, shown as a run of the task `act` with this title."""
        ...


def perform_plainly(act: str, title: str, work: Callable[[], T], /) -> T:  # noqa: ARG001
    """Without Prefect: a rehearsal, or a test."""
    return work()


@dataclass(frozen=True)
class Participant:
    """Somebody who is asked: a person, for a body, in a seat."""

    body: Body
    membership: Membership
    person: Person


@lru_cache(maxsize=256)
def definition_of(stored: str) -> Definition:
    """The definition that a cycle started with."""
    return parse_dumped(stored)


class Phase(Generic[SaysT]):
    """One pass over one phase, at one instant."""

    def __init__(
        self, register: Register, phase_id: str, *,
        now: datetime, secret_key: str, perform: Perform, fence: Callable[[Change], None] | None = None,
    ) -> None:  # fmt: skip
        self.register = register
        self.id = phase_id
        self.now = now
        self.secret_key = secret_key
        self._perform = perform
        self._fence = fence  # refuses the changes of a pass that another has taken the phase over from
        self.acts = 0
        self._steps: dict[str, Step] = {}
        self.reload()

    def reload(self) -> None:
        """Read the phase anew."""
        with self.register.read() as session:
            found = PHASE_AND_CYCLE.first(session.connection(), {"phase": self.id})
            if found is None:
                raise LookupError(f"no phase '{self.id}'")
            row, cycle = found.rows
            self.row: PhaseRow = row
            self.cycle: Cycle = cycle
            self.definition = definition_of(self.cycle.definition)
            self._load_steps(session.connection())

    @cached_property
    def _taking_part(self) -> tuple[dict[str, Body], dict[str, list[Participant]]]:
        """The bodies of the cycle, and who sits in each of them, by the body's id."""
        cycle = {"cycle": self.row.cycle_id}
        with self.register.read() as session:
            bodies = {body.id: body for _, (body,) in BODIES_OF_CYCLE.all(session.connection(), cycle)}
            held = SEATS_OF_CYCLE.all(session.connection(), cycle)
        seats: dict[str, list[Participant]] = {}
        for _, (seat, person) in held:
            seats.setdefault(seat.body_id, []).append(Participant(bodies[seat.body_id], seat, person))
        return bodies, seats

    @property
    def _bodies(self) -> dict[str, Body]:
        return self._taking_part[0]

    @property
    def _seats(self) -> dict[str, list[Participant]]:
        return self._taking_part[1]

    def _load_steps(self, connection: Connection) -> None:
        self._steps = {step.key: step for _, (step,) in STEPS_OF_PHASE.all(connection, {"phase": self.id})}

    @property
    def says(self) -> SaysT:
        """What the definition says of this phase."""
        return cast("SaysT", self.definition.phases[self.row.key])

    @property
    def place(self) -> Place:
        """The cycle's calendar and time zone."""
        return self.definition.where

    @property
    def title(self) -> str:
        """The phase's title in the cycle's language."""
        return self.row.title

    @property
    def outcome(self) -> Outcome | None:
        """What the phase came to, once it is closed."""
        return Outcome.from_json(self.row.outcome) if self.row.outcome else None

    def handed_over(self) -> tuple[str, ...]:
        """The documents that the phases before this one came to."""
        with self.register.read() as session:
            rows = [session.get(PhaseRow, f"{self.cycle.id}/{key}") for key in self.row.after]
        before = [Outcome.from_json(row.outcome) for row in rows if row is not None and row.outcome]
        return tuple(dict.fromkeys(document for outcome in before for document in outcome.documents))

    @property
    def steps(self) -> list[Step]:
        """The steps that have been opened."""
        return list(self._steps.values())

    def step(self, key: str) -> Step | None:
        """The step of that key, if it has been opened."""
        return self._steps.get(key)

    def act(self, act: str, title: str, work: Callable[[Change], T]) -> T:
        """Do one act, in one transaction, shown once; the phase's next look is computed with it.

        Raises:
            Waiting: the cycle has been put on hold or has ended, and nothing is done in it.
        """

        def in_one_transaction() -> T | Stopped:
            with self.register.change(self.row.cycle_id, at=self.now, actor=SYSTEM) as change:
                if self._fence is not None:
                    self._fence(change)
                if change.cycle.status is not CycleStatus.RUNNING:  # since the pass began, or it was asked for by hand
                    return STOPPED
                change.wake(self.id)
                return work(change)

        done = self._perform(act, title, in_one_transaction)
        if isinstance(done, Stopped):
            raise Waiting(GOING_ON, None)
        self.acts += 1
        with self.register.read() as session:
            self._load_steps(session.connection())
        return done

    def perform(self, act: str, title: str, work: Callable[[], T]) -> T:
        """Do something that is no change of the register, such as sending mail; shown once like an act."""
        return self._perform(act, title, work)

    def bodies(self, keys: str | Iterable[str]) -> list[Body]:
        """The bodies that one or several entries of the definition stand for today."""
        wanted = {keys} if isinstance(keys, str) else set(keys)
        return [body for body in self._bodies.values() if body.group in wanted and not body.withdrawn]

    def body(self, key: str) -> Body:
        """The one body of an entry.

        Raises:
            LookupError: it takes no part any more.
        """
        found = self.bodies(key)
        if not found:
            raise LookupError(f"no body '{key}' takes part in '{self.cycle.id}'")
        return found[0]

    def seats(self, body: Body) -> list[Participant]:
        """Everybody in a body."""
        return self._seats.get(body.id, [])

    def voters(self, body: Body) -> list[Participant]:
        """Those who vote in a body."""
        return [held for held in self.seats(body) if held.membership.seat in VOTING_SEATS]

    def answering(self, bodies: Iterable[Body], first: Seat | None = None) -> list[Participant]:
        """One person for each body: who answers for it. `first` names the seat to prefer."""
        order = [first, *ANSWERING_SEATS] if first else [*ANSWERING_SEATS]
        return [held[0] for body in bodies if (held := self._in_order(body, order))]

    def _in_order(self, body: Body, order: list[Seat]) -> list[Participant]:
        held = [p for p in self.seats(body) if p.membership.seat in order]
        return sorted(held, key=lambda p: order.index(p.membership.seat))

    @property
    def coordinator(self) -> list[Participant]:
        """Who coordinates the cycle."""
        return self.answering(self.bodies(self.cycle.coordinator))

    def body_of(self, body_id: str) -> Body:
        """A body by the register's id."""
        return self._bodies[body_id]

    def holder(self, membership_id: str) -> Participant:
        """Who holds a seat now."""
        everybody = (held for seats in self._seats.values() for held in seats)
        return next(held for held in everybody if held.membership.id == membership_id)

    def known_step(self, key: str) -> Step:
        """A step that has been opened."""
        return self._steps[key]

    def question(self, step: str) -> dict[str, str]:
        """What a step asks, by language: the definition's words, otherwise the usual ones."""
        plain = ATTEMPT.sub("", step)
        asked = self.says.asks.get(plain)
        if asked is None:
            return usual_question(plain)
        if isinstance(asked, str):
            return {str(self.definition.language): asked}
        return {str(language): words for language, words in asked.items()}


def attempt(key: str, number: int) -> str:
    """The key of a step that may have to be taken again: `proposal`, then `proposal~2`."""
    return key if number == 1 else f"{key}~{number}"


AnyPhase: TypeAlias = "Phase[Any]"
