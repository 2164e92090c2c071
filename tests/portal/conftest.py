"""A cycle in a register on disk, run by its real flows on a clock that the test moves, and a browser for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import SQLModel, col, select
from starlette.testclient import TestClient

from config.loader import load_named
from engine.clock import FrozenClock
from engine.commands.answer import Reply, answer
from engine.commands.start import start_cycle
from engine.mailbox import Mailbox
from flows import FLOWS
from models.assignment import Assignment, AssignmentStatus, Link
from models.journal import JournalEntry
from models.phase import Phase as PhaseRow
from models.phase import Step
from models.register import Register
from models.tables import JOURNALED, OPERATIONAL
from models.tokens import token_for
from portal.app import PortalServices, create_app
from tasks.phase import Phase, perform_plainly

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fastapi import FastAPI

SECRET = "a secret for tests"
BASE = "http://testserver"
BEGINS = datetime(2012, 12, 6, 8, tzinfo=UTC)
SLUG = "jamtland-2012"
numbers = count(1)


@dataclass
class World:
    """A running cycle."""

    register: Register
    clock: FrozenClock
    mail: Path
    answered: list[str] = field(default_factory=list)  # cycles whose answers the portal told about

    def app(self, **changed: Any) -> FastAPI:
        """The portal over this world."""
        services: dict[str, Any] = {
            "register": self.register, "clock": self.clock, "secret_key": SECRET, "base_url": BASE,
            "mailbox": Mailbox(self.mail), "after_answer": self.answered.append, **changed,
        }  # fmt: skip
        return create_app(PortalServices(**services))

    def browser(self, **changed: Any) -> TestClient:
        """Somebody's browser: keeps cookies, and follows no redirect by itself."""
        return TestClient(
            self.app(**changed), base_url=changed.get("base_url", BASE), follow_redirects=False,
            raise_server_exceptions=False, headers={"accept-language": "sv"},
        )  # fmt: skip

    def run(self) -> None:
        """Passes until nothing is due at the present instant."""
        for _ in range(20):
            with self.register.read() as session:
                due = select(PhaseRow).where(col(PhaseRow.wake_at) <= self.clock.at).order_by(col(PhaseRow.ordinal))
                phases = session.exec(due).all()
            if not phases:
                return
            for row in phases:
                FLOWS[row.kind].run(
                    Phase(self.register, row.id, now=self.clock.at, secret_key=SECRET, perform=perform_plainly)
                )
        raise AssertionError("the cycle does not come to rest")

    def open_links(self) -> list[tuple[Step, Assignment, Link]]:
        """Everything that waits for an answer."""
        query = (
            select(Step, Assignment, Link)
            .join(Assignment, col(Assignment.step_id) == col(Step.id))
            .join(Link, col(Link.assignment_id) == col(Assignment.id))
            .where(col(Assignment.status) == AssignmentStatus.OPEN)
        )
        with self.register.read() as session:
            return list(session.exec(query.order_by(col(Assignment.id))).all())

    def link(self, step: str, who: str = "") -> str:
        """The id of the newest link of a step (`phase/step`) whose assignment names `who`."""
        query = select(Link).where(col(Link.assignment_id).startswith(f"{SLUG}/{step}/{who}"))
        with self.register.read() as session:
            found = list(session.exec(query.order_by(col(Link.assignment_id))))
        assert found, f"no link for {step} {who}"
        return found[-1].id

    def say(self, link_id: str, reply: Reply) -> None:
        """Answer without the portal."""
        answer(self.register, link_id=link_id, reply=reply, nonce=f"test-{next(numbers)}", now=self.clock.at)

    def advance_to(self, step: str, *, days: int = 500) -> None:
        """Answer everything with its first offer until a step (`phase/step`) waits for answers."""
        for _ in range(days):
            self.run()
            waiting = self.open_links()
            if any(open_step.id == f"{SLUG}/{step}" for open_step, _, _ in waiting):
                return
            for open_step, _, link in waiting:
                if open_step.not_before is None or open_step.not_before <= self.clock.at.date():
                    said = {"text": "Förslag.\n\nAndra stycket."} if open_step.kind == "submit" else {}
                    self.say(link.id, Reply(open_step.offers[0], content=said))
            self.run()
            self.clock.at += timedelta(days=1)
        raise AssertionError(f"{step} never came")

    def state(self) -> dict[str, Any]:
        """Every row of every table: what a GET must not change."""
        with self.register.read() as session:
            tables = (*JOURNALED, *OPERATIONAL)
            return {str(t.__tablename__): [row.model_dump() for row in session.exec(select(t)).all()] for t in tables}

    def journal_length(self) -> int:
        """How many changes there have been."""
        with self.register.read() as session:
            return len(session.exec(select(JournalEntry.seq)).all())


def token(link_id: str) -> str:
    """What a mail's link ends with."""
    return token_for(link_id, SECRET)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """The bundled cycle on its first morning."""
    register = Register(f"sqlite:///{tmp_path / 'register.sqlite'}")
    SQLModel.metadata.create_all(register.engine)
    start_cycle(register, load_named(SLUG), slug=SLUG, at=BEGINS, actor="coordinator")
    made = World(register, FrozenClock(BEGINS), tmp_path / "mail")
    made.run()
    yield made
    register.close()


@pytest.fixture
def deciding(world: World) -> World:
    """The first adoption round: nine principals are asked."""
    world.advance_to("antagande-inriktning/decision")
    return world


@pytest.fixture
def browser(world: World) -> Iterator[TestClient]:
    """A browser that speaks Swedish."""
    with world.browser() as client:
        yield client
