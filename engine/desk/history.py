"""The journal for people: who did what, when, and why; a page at a time, the newest first."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlmodel import col, func, select

from models.account import ACTOR, Account
from models.cycle import Body, Membership, Person
from models.journal import JournalEntry
from models.phase import Milestone, Phase, Step

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlmodel import Session

    from models.cycle import Cycle
    from models.register import Register

PAGE = 50
REPLACED = "seat_replaced"
"""The event that names two people: who had the seat, and who has it."""


@dataclass(frozen=True)
class Happened:
    """One event of an entry: its name, what it is about, and what it says."""

    event: str
    phase: Phase | None
    step: Step | None
    milestone: Milestone | None
    body: Body | None
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """One change, as a person reads it."""

    seq: int
    at: datetime
    actor: str  # a name, or one of the words that the journal itself uses
    by_account: bool
    events: tuple[Happened, ...]


@dataclass(frozen=True)
class History:
    """A page of the journal."""

    entries: tuple[Entry, ...]
    names: Mapping[str, str]  # of bodies, by key
    total: int
    page: int
    pages: int


def history(register: Register, cycle: Cycle, page: int) -> History:
    """A page of a cycle's journal."""
    with register.read() as session:
        mine = col(JournalEntry.cycle_id) == cycle.id
        total = session.exec(select(func.count()).select_from(JournalEntry).where(mine)).one()
        pages = max(-(-total // PAGE), 1)
        page = min(max(page, 1), pages)
        query = select(JournalEntry).where(mine).order_by(col(JournalEntry.seq).desc())
        rows = session.exec(query.offset((page - 1) * PAGE).limit(PAGE)).all()
        names = _Names(session, cycle, rows)
        known = select(Body.key, Body.name).where(col(Body.cycle_id) == cycle.id)
        bodies = {key: name for key, name in session.exec(known)}  # noqa: C416 - rows, not pairs
        return History(tuple(_entry(row, names) for row in rows), bodies, total, page, pages)


def _entry(row: JournalEntry, names: _Names) -> Entry:
    actor, by_account = names.actor(row.actor)
    events = json.loads(row.body)["events"]
    return Entry(row.seq, row.at, actor, by_account, tuple(names.happened(event) for event in events))


class _Names:
    """What the ids of a page's entries stand for, read once for all of them."""

    def __init__(self, session: Session, cycle: Cycle, rows: Sequence[JournalEntry]) -> None:
        self._cycle = cycle
        self._phases = self._of(session, Phase)
        self._steps = self._of(session, Step)
        self._milestones = self._of(session, Milestone)
        self._bodies: dict[str, Body] = {}
        self._session = session
        self._accounts = self._named_accounts({row.actor for row in rows})

    def _of(self, session: Session, table: Any) -> dict[str, Any]:
        return {row.id: row for row in session.exec(select(table).where(table.cycle_id == self._cycle.id))}

    def _named_accounts(self, actors: set[str]) -> dict[str, str]:
        ids = [actor.removeprefix(ACTOR) for actor in actors if actor.startswith(ACTOR)]
        return {row.id: row.called for row in self._session.exec(select(Account).where(col(Account.id).in_(ids)))}

    def actor(self, actor: str) -> tuple[str, bool]:
        """Who acted: a coordinator by name, a participant by the body and name, otherwise the journal's own word."""
        if actor.startswith(ACTOR):
            account_id = actor.removeprefix(ACTOR)
            return self._accounts.get(account_id, account_id), True
        person = self._session.get(Person, actor)
        if person is None:
            return actor, False
        sits = select(Body.name).join(Membership, col(Membership.body_id) == col(Body.id))
        bodies = list(dict.fromkeys(self._session.exec(sits.where(col(Membership.person_id) == person.id))))
        called = person.name or person.address
        return f"{called} ({', '.join(bodies)})" if len(bodies) == 1 else called, True

    def happened(self, event: dict[str, Any]) -> Happened:
        """An event with what its subject stands for.

        Ids are CYCLE/PHASE/STEP/BODY.SEAT, of milestones CYCLE/:KEY, of seats CYCLE/@BODY.SEAT.
        """
        data = dict(event)
        name, subject = str(data.pop("event")), str(data.pop("subject"))
        parts = subject.split("/")
        phase = self._phases.get("/".join(parts[:2]))
        step = self._steps.get("/".join(parts[:3])) if phase else None
        seated = parts[3:4] or [part for part in parts[1:2] if part.startswith("@")]
        body = self._body(seated[0]) if seated else None
        if body is None and isinstance(data.get("body"), str):
            body = self._body(data["body"])
        if name == REPLACED:
            data |= {end: self._person(str(data[end])) for end in ("before", "after")}
        return Happened(name, phase, step, self._milestones.get(subject), body, data)

    def _person(self, person_id: str) -> str:
        person = self._session.get(Person, person_id)
        return (person.name or person.address) if person else person_id

    def _body(self, named: str) -> Body | None:
        """The body of an assignment's last part, `berg.contact-1`, with whatever follows the seat."""
        key = named.partition("!")[0].partition("#")[0].rpartition("@")[2].partition(".")[0]
        body_id = f"{self._cycle.id}/@{key}"
        if body_id not in self._bodies:
            found = self._session.get(Body, body_id)
            if found is None:
                return None
            self._bodies[body_id] = found
        return self._bodies[body_id]
