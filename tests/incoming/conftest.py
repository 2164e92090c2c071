"""A cycle on disk whose questions have gone out by mail, and the listener that mail comes back to."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any, Self

import pytest
from sqlmodel import SQLModel

from config.settings import Settings
from engine.incoming.server import incoming_server
from models.notice import Delivery, NoticeKind
from models.register import Register
from notifications.outbox import Mailer
from notifications.sender import Sender
from notifications.transport import Sent
from tests.registers import registers
from tests.tasks.world import World, tiny

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage
    from pathlib import Path

    from engine.incoming.server import IncomingServer
    from notifications.transport import Attempt, Outgoing

DOMAIN = "svar.samsyn.example"
SENDER = Sender("samsyn@samsyn.example", "https://samsyn.example", "a secret for tests", DOMAIN)
HEAD = """\
cycle: tiny
title: A tiny cycle
language: sv
begins: 2024-01-15
coordinator: office
bodies:
  office: {name: The office, seats: {contact: 1}}
  board: {name: The board, seats: {chair: 1, members: 2, secretary: 1}}
  towns:
    name: The towns
    rules: se-kl-council
    each: [berg, krokom, ragunda]
    seats: {secretary: 1, substitutes: 1}
"""
REST = """
milestones: {day: {on: 2024-03-11}}
phases: {ask: {kind: consultation, consultees: towns, ruling_by: board, meeting: day, in: 2024-02}}
"""


@dataclass
class Taking:
    """A transport that keeps what it is given and says yes."""

    mails: list[Outgoing] = field(default_factory=list)

    def connection(self) -> Taking:
        """Itself."""
        return self

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def send(self, mail: Outgoing) -> Attempt:
        """Yes."""
        self.mails.append(mail)
        return Sent("250 2.0.0 ok")


@dataclass
class House:
    """The cycle, what it has sent, and where mail comes in."""

    world: World
    transport: Taking
    server: IncomingServer

    def send(self) -> None:
        """Everything that is due."""
        Mailer(self.world.register, self.transport, SENDER, owner="test").send_due_blocking(self.world.now)

    def mails(self, kind: NoticeKind | str) -> list[tuple[Outgoing, EmailMessage]]:
        """What has been sent of a kind."""
        parsed = [(mail, message_from_bytes(mail.raw, policy=policy.default)) for mail in self.transport.mails]
        return [(mail, message) for mail, message in parsed if message["X-Samsyn-Kind"] == str(kind)]

    def asked(self, who: str = "berg") -> tuple[Outgoing, EmailMessage]:
        """The mail that asked somebody."""
        return next(one for one in self.mails(NoticeKind.ASKED) if who in one[0].address)

    def rows(self, table: type[Any]) -> list[Any]:
        """Every row of a table."""
        return self.world.rows(table)

    def delivery(self, mail: Outgoing) -> Delivery:
        """The delivery that a mail was sent for."""
        message = message_from_bytes(mail.raw, policy=policy.default)
        found = [row for row in self.rows(Delivery) if row.message_id == str(message["Message-ID"])]
        return found[0]

    def events(self) -> list[dict[str, Any]]:
        """Every event of the journal."""
        from models.journal import JournalEntry

        rows = sorted(self.rows(JournalEntry), key=lambda row: row.seq)
        return [event for row in rows for event in json.loads(row.body)["events"]]


def settings(folder: Path, **more: Any) -> Settings:
    """Those of an installation that takes mail in."""
    return Settings(data_dir=folder, reply_domain=DOMAIN, **more)


@pytest.fixture(params=["lmtp", "smtp"])
def protocol(request: pytest.FixtureRequest) -> str:
    """How mail is handed over."""
    return str(request.param)


@pytest.fixture
def house(tmp_path: Path, protocol: str) -> Iterator[House]:
    """The cycle on the day after its questions went out."""
    register = Register(registers.at(tmp_path / "register.db"))
    SQLModel.metadata.create_all(register.engine)
    world = World(tiny(REST, HEAD), register=register)
    world.go("2024-02-05")
    chosen = settings(tmp_path, incoming_protocol=protocol, incoming_size_limit=256 * 1024)
    server = incoming_server(chosen, register, lambda: world.now, port=0)
    server.start()
    opened = House(world, Taking(), server)
    opened.send()
    try:
        yield opened
    finally:
        server.stop()
        register.close()
