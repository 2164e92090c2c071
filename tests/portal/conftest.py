"""A cycle in a register on disk, run by its real flows on a clock that the test moves, and a browser for it."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from sqlmodel import SQLModel, col, select

from config.loader import load_named
from config.terms import Position
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
from models.tables import CONTENT, JOURNALED, OPERATIONAL
from models.tokens import token_for
from portal.app import PortalServices, create_app
from tasks.phase import Phase, perform_plainly
from tests.registers import registers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fastapi import FastAPI

SECRET = "a secret for tests"
BASE = "http://testserver"
BEGINS = datetime(2012, 12, 6, 8, tzinfo=UTC)
SLUG = "jamtland-2012"
numbers = count(1)


class Browser:
    """Keeps cookies, speaks Swedish, runs no scripts, and follows no redirect by itself."""

    def __init__(self, app: FastAPI, base_url: str = BASE) -> None:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self.client = httpx.AsyncClient(transport=transport, base_url=base_url, headers={"accept-language": "sv"})

    def request(self, method: str, address: str, **more: Any) -> httpx.Response:
        """One request."""
        return asyncio.run(self.client.request(method, address, **more))

    def get(self, address: str, **more: Any) -> httpx.Response:
        """A page."""
        return self.request("GET", address, **more)

    def head(self, address: str, **more: Any) -> httpx.Response:
        """A page without its body."""
        return self.request("HEAD", address, **more)

    def post(self, address: str, data: dict[str, str] | None = None, **more: Any) -> httpx.Response:
        """A form."""
        return self.request("POST", address, data=data, **more)

    def open(self, link_id: str) -> httpx.Response:
        """Follow the link in the mail to the form."""
        entered = self.get(f"/a/{token(link_id)}")
        assert entered.status_code == 303, entered.text
        return self.get(entered.headers["location"])

    def review(self, link_id: str, **typed: str) -> httpx.Response:
        """Fill in the form, and go on to the review page."""
        form = self.open(link_id)
        return self.post(f"/answer/{link_id}/review", {"csrf": hidden(form, "csrf"), **typed})

    def bind(self, link_id: str, review: httpx.Response) -> httpx.Response:
        """Press the binding button of a review page."""
        fields = {name: hidden(review, name) for name in ("csrf", "sealed")}
        return self.post(f"/answer/{link_id}", fields)

    def answer(self, link_id: str, **typed: str) -> httpx.Response:
        """All of it; returns the receipt."""
        bound = self.bind(link_id, self.review(link_id, **typed))
        assert bound.status_code == 303, bound.text
        return self.get(bound.headers["location"])


def hidden(response: httpx.Response, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', response.text)
    assert found, f"no field {name} in {response.status_code}: {response.text[:2000]}"
    return found[1]


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

    def browser(self, **changed: Any) -> Browser:
        """Somebody's browser."""
        return Browser(self.app(**changed), changed.get("base_url", BASE))

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
                    self.say(link.id, Reply(Position(open_step.offers[0]), content=said))
            self.run()
            self.clock.at += timedelta(days=1)
        raise AssertionError(f"{step} never came")

    def state(self) -> dict[str, Any]:
        """Every row of every table: what a GET must not change."""
        with self.register.read() as session:
            tables = (*JOURNALED, *CONTENT, *OPERATIONAL)
            return {str(t.__tablename__): [row.model_dump() for row in session.exec(select(t)).all()] for t in tables}

    def journal_length(self) -> int:
        """How many changes there have been."""
        with self.register.read() as session:
            return len(session.exec(select(JournalEntry.seq)).all())


def token(link_id: str) -> str:
    """What a mail's link ends with."""
    return token_for(link_id, SECRET)


def new_world(folder: Path) -> World:
    """The bundled cycle on its first morning."""
    register = Register(registers.at(folder / "register.sqlite"))
    SQLModel.metadata.create_all(register.engine)
    start_cycle(register, load_named(SLUG), slug=SLUG, at=BEGINS, actor="coordinator")
    made = World(register, FrozenClock(BEGINS), folder / "mail")
    made.run()
    return made


@pytest.fixture(scope="session")
def advanced(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, datetime]:
    """A register in which the first adoption round has begun, and the instant; copied for each test."""
    folder = tmp_path_factory.mktemp("advanced")
    made = new_world(folder)
    made.advance_to("antagande-inriktning/decision")
    made.register.close()
    return folder / "register.sqlite", made.clock.at


@pytest.fixture
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """The bundled cycle: on its first morning, or with `deciding` in its first adoption round."""
    if "deciding" in request.fixturenames:
        source, now = request.getfixturevalue("advanced")
        copied = registers.copied(source, tmp_path / source.name)
        made = World(Register(copied), FrozenClock(now), tmp_path / "mail")
    else:
        made = new_world(tmp_path)
    yield made
    made.register.close()


@pytest.fixture
def deciding(world: World) -> World:
    """The first adoption round: nine principals are asked."""
    return world


@pytest.fixture
def browser(world: World) -> Browser:
    """A browser on the portal."""
    return world.browser()
