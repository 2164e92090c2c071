"""A tour through a case: a rehearsal on disk that stops at each kind of question, where a browser answers one."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import uvicorn
from sqlmodel import SQLModel, col, select

from config.loader import load_named
from engine.clock import FrozenClock
from engine.mailbox import Mailbox
from engine.people import form_behind
from engine.rehearsal import SECRET, Rehearsal
from engine.scripts import bundled_script
from models.assignment import Assignment, AssignmentStatus, Link
from models.cycle import Cycle, CycleStatus, Person
from models.phase import Step
from models.register import Register
from models.tokens import token_for
from portal.app import PortalServices, create_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from config.terms import Language
    from engine.script import Plan


@dataclass(frozen=True)
class Stop:
    """A question that waits for its answer."""

    case: str
    kind: str  # of the step, with the kind of its form
    link_id: str
    address: str  # of the page, as the mail has it
    plan: Plan | None  # how the script would answer
    fields: dict[str, str]

    @property
    def name(self) -> str:
        """For files."""
        return f"{self.case}-{self.kind}".replace("/", "-")


@dataclass
class Tour(Rehearsal):
    """A rehearsal that others can look at; `visit` is called once for each kind of question."""

    visit: Callable[[Stop], None] = lambda _: None
    language: Language | None = None
    base: str = ""
    clock: FrozenClock | None = None
    visited: set[str] = field(default_factory=set)

    def _begin(self) -> None:
        super()._begin()
        if self.language is None:
            return
        with self.register.change(self.slug, at=self.now, actor="tour") as change:
            for key in change.session.exec(select(Person.id)).all():
                change.get(Person, key).language = self.language
            change.record("language_chosen", self.slug, language=str(self.language))

    def _answer(self) -> int:
        assert self.clock is not None
        self.clock.at = self.now
        for stop in self._stops():
            self.visited.add(stop.kind)
            self.visit(stop)
        return super()._answer()

    def _stops(self) -> Iterator[Stop]:
        """Open questions of kinds that have not been visited, once an answer makes sense."""
        due = {link_id: planned for at, _, link_id, planned in self.plans if at <= self.now}
        for step, link in self._open():
            kind = str(step.kind) + (f"-{step.form['kind']}" if step.form else "")
            if kind in self.visited or link.id not in due:
                continue
            address = f"{self.base}/a/{token_for(link.id, SECRET)}"
            planned = due[link.id]
            form, who = form_behind(self.register, link.id)
            fields = planned.filled(form, who, self.definition.where.today(self.now))
            yield Stop(self.definition.cycle, kind, link.id, address, planned, fields)

    def _open(self) -> list[tuple[Step, Link]]:
        query = (
            select(Step, Link)
            .join(Assignment, col(Assignment.step_id) == col(Step.id))
            .join(Link, col(Link.assignment_id) == col(Assignment.id))
            .where(col(Assignment.status) == AssignmentStatus.OPEN, col(Link.revoked_at).is_(None))
            .order_by(col(Assignment.id))
        )
        with self.register.read() as session:
            return list(session.exec(query).all())

    @property
    def over(self) -> bool:
        """Whether the cycle has ended."""
        with self.register.read() as session:
            cycle = session.get(Cycle, self.slug)
        return cycle is not None and cycle.status is CycleStatus.CONCLUDED


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """The app behind a real server on loopback; its address."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server has ended"
        thread.join(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def touring(name: str, folder: Path, language: Language | None = None) -> Iterator[Tour]:
    """A tour of a bundled case with its script of trouble; its portal is up until the end of the block."""
    register = Register(f"sqlite:///{folder / f'{name}-{language}.db'}")
    SQLModel.metadata.create_all(register.engine)
    definition = load_named(name)
    clock = FrozenClock(definition.where.at(definition.begins, definition.send_at))
    tour = Tour(definition, bundled_script(name), register=register, language=language, clock=clock)
    app = create_app(
        PortalServices(
            register=register, clock=clock, secret_key=SECRET, base_url="http://127.0.0.1", mailbox=Mailbox(folder)
        )
    )
    with serving(app) as base:
        tour.base = base
        yield tour
    register.close()
