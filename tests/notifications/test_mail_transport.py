"""Real SMTP on loopback: one connection for a batch, and every way in which a server says no."""

from __future__ import annotations

import asyncio
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.smtp import AuthResult
from mail_world import SENDER, START, World

from config.mailserver import Security, SmtpServer
from engine.mailbox import LoopbackServer
from models.cycle import Person
from models.notice import DeliveryStatus, NoticeKind
from notifications.outbox import Tally
from notifications.retry import PAUSES
from notifications.transport import Deferred, Outgoing, QueueStopped, Refused, Sent, SmtpTransport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aiosmtpd.smtp import Envelope, Session

    from notifications.transport import Attempt

MAIL = Outgoing(SENDER.mail_from, "somebody@x.example", b"Subject: x\r\n\r\n.dot\r\n")


class Server:
    """An aiosmtpd handler that counts connections, keeps mails, and says what it is told to."""

    def __init__(self) -> None:
        self.connections: set[int] = set()
        self.mails: list[Envelope] = []
        self.decide: Callable[[Envelope, Any], str | None] = lambda *_: None
        self.recipients: Callable[[str], str | None] = lambda _: None

    async def handle_RCPT(  # noqa: N802
        self,
        _server: Any,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """One recipient."""
        reply = self.recipients(address)
        if reply is None:
            envelope.rcpt_tos.append(address)
        return reply or "250 2.1.5 ok"

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """One mail."""
        self.connections.add(id(session))
        reply = self.decide(envelope, server)
        if reply is None:
            self.mails.append(envelope)
        return reply or "250 2.0.0 kept"


@contextmanager
def serving(handler: Server, **options: Any) -> Iterator[SmtpServer]:
    """A server on a free port of loopback."""
    controller = LoopbackServer(handler, hostname="127.0.0.1", port=0, **options)
    controller.start()
    try:
        yield SmtpServer(Security.PLAIN, "127.0.0.1", controller.port)
    finally:
        controller.stop()


def send(server: SmtpServer, *mails: Outgoing) -> list[Attempt]:
    """These mails over one connection."""

    async def all_of_them() -> list[Attempt]:
        async with SmtpTransport(server, timeout=5).connection() as connection:
            return [await connection.send(mail) for mail in mails]

    return asyncio.run(all_of_them())


def deliver(world: World, server: SmtpServer, **options: Any) -> Tally:
    return world.mailer(SmtpTransport(server, timeout=5)).send_due_blocking(options.pop("now", START), **options)


def test_a_batch_goes_over_one_connection(on_disk: World) -> None:
    on_disk.owe_all()
    handler = Server()
    with serving(handler) as server:
        assert deliver(on_disk, server) == Tally(sent=3)
    assert len(handler.connections) == 1
    assert [mail.rcpt_tos for mail in handler.mails] == [[f"secretary@p000{n}.example"] for n in range(3)]
    assert {mail.mail_from for mail in handler.mails} == {SENDER.mail_from}
    assert on_disk.deliveries()[0].response == "2.0.0 kept"


def test_bytes_arrive_as_they_were_sent() -> None:
    handler = Server()
    with serving(handler) as server:
        assert send(server, MAIL) == [Sent("2.0.0 kept")]
    assert handler.mails[0].content == MAIL.raw


def test_not_now_and_later_the_same_bytes(on_disk: World) -> None:
    notice = on_disk.owe(NoticeKind.ASKED)
    handler = Server()
    refused: list[bytes] = []

    def later(envelope: Envelope, server: Any) -> str:
        assert isinstance(envelope.content, bytes)
        refused.append(envelope.content)
        return "451 4.7.1 greylisted"

    handler.decide = later
    with serving(handler) as server:
        assert deliver(on_disk, server) == Tally(deferred=1)
        assert on_disk.delivery(notice).response == "451 4.7.1 greylisted"
        handler.decide = lambda *_: None
        assert deliver(on_disk, server, now=START + PAUSES[0]) == Tally(sent=1)
    assert [mail.content for mail in handler.mails] == refused
    assert on_disk.delivery(notice).message_id.encode() in refused[0]


def test_one_refused_recipient_stops_no_other(on_disk: World) -> None:
    on_disk.owe_all()
    handler = Server()
    handler.recipients = lambda address: "550 5.1.1 no such user" if "p0001" in address else None
    with serving(handler) as server:
        assert deliver(on_disk, server) == Tally(sent=2, refused=1)
    assert [row.response for row in on_disk.deliveries()] == ["2.0.0 kept", "550 5.1.1 no such user", "2.0.0 kept"]


@pytest.mark.parametrize(
    ("reply", "attempt"),
    [
        ("552 5.3.4 too big", Refused("552 5.3.4 too big")),
        ("421 4.3.2 closing", Deferred("421 4.3.2 closing")),
        ("530 5.7.0 log in", QueueStopped("the mail server does not accept us: 530 5.7.0 log in")),
    ],
)
def test_what_a_reply_means(reply: str, attempt: Attempt) -> None:
    handler = Server()
    handler.decide = lambda *_: reply
    with serving(handler) as server:
        assert send(server, MAIL) == [attempt]


def test_a_wrong_password_stops_the_queue(on_disk: World) -> None:
    on_disk.owe_all()

    def authenticate(*_: object) -> AuthResult:
        return AuthResult(success=False, handled=False)

    with serving(Server(), authenticator=authenticate, auth_require_tls=False) as server:
        wrong = SmtpServer(server.security, server.host, server.port, "samsyn", "wrong")
        tally = deliver(on_disk, wrong)
    assert (tally.deferred, tally.sent, tally.refused) == (3, 0, 0)
    assert "535" in str(tally.stopped)
    assert {(row.status, row.attempts) for row in on_disk.deliveries()} == {(DeliveryStatus.QUEUED, 0)}


def test_a_server_that_is_not_there_stops_the_queue(on_disk: World) -> None:
    on_disk.owe_all()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    tally = deliver(on_disk, SmtpServer(Security.PLAIN, "127.0.0.1", port))
    assert tally.deferred == 3
    assert "cannot be used" in str(tally.stopped)


def test_a_server_without_starttls_gets_no_mail(on_disk: World) -> None:
    on_disk.owe_all()
    handler = Server()
    with serving(handler) as server:
        tally = deliver(on_disk, SmtpServer(Security.STARTTLS, server.host, server.port))
    assert tally.stopped
    assert not handler.mails


def test_a_connection_that_breaks_in_the_middle_of_a_batch(on_disk: World) -> None:
    """The mail that was under way is tried again later; the next goes over a new connection."""
    on_disk.owe_all()
    handler = Server()

    def drop_second(envelope: Envelope, server: Any) -> str | None:
        if "p0001" in envelope.rcpt_tos[0] and len(handler.connections) == 1:
            server.transport.abort()
        return "250 never heard" if "p0001" in envelope.rcpt_tos[0] else None

    handler.decide = drop_second
    with serving(handler) as server:
        assert deliver(on_disk, server) == Tally(sent=2, deferred=1)
    assert len(handler.mails) == 2
    broken = on_disk.deliveries()[1]
    assert broken.status is DeliveryStatus.QUEUED
    assert "connection broke" in str(broken.response)


def test_a_server_that_keeps_dropping_is_left_in_peace() -> None:
    handler = Server()

    def drop(envelope: Envelope, server: Any) -> str:
        server.transport.abort()
        return "250 never heard"

    handler.decide = drop
    with serving(handler) as server:
        attempts = send(server, MAIL, MAIL, MAIL)
    assert [type(attempt) for attempt in attempts] == [Deferred, Deferred, QueueStopped]


def test_letters_outside_ascii_before_the_at_sign(on_disk: World) -> None:
    on_disk.edit(Person, "c/p0000@", address="åsa@x.example")
    on_disk.owe(NoticeKind.ASKED)
    handler = Server()
    with serving(handler, enable_SMTPUTF8=True) as server:
        assert deliver(on_disk, server) == Tally(sent=1)
    assert handler.mails[0].rcpt_tos == ["åsa@x.example"]


def test_a_server_that_cannot_take_them_is_said_so(on_disk: World) -> None:
    on_disk.edit(Person, "c/p0000@", address="åsa@x.example")
    notice = on_disk.owe(NoticeKind.ASKED)
    on_disk.owe(NoticeKind.ASKED, 1)
    with serving(Server(), enable_SMTPUTF8=False) as server:
        assert deliver(on_disk, server) == Tally(sent=1, refused=1)
    assert "cannot take the address" in str(on_disk.delivery(notice).response)
