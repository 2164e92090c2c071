"""The mails through a real Postfix: taken, put off, refused, and returned to us when nobody takes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import SQLModel

from config.mailserver import Security, SmtpServer
from engine.incoming.server import incoming_server
from engine.mail_trouble import tell_of_trouble
from engine.mailbox import LoopbackServer
from models.concern import Concern, ConcernKind
from models.cycle import Person
from models.mail import IncomingKind, IncomingMail, ReceivedLetter
from models.notice import Delivery, DeliveryStatus, Notice, NoticeKind
from models.register import Register
from notifications.outbox import Mailer, Tally
from notifications.transport import SmtpTransport
from tests.incoming.conftest import DOMAIN, HEAD, REST, SENDER, settings
from tests.system.postfix import Postfix, postfix
from tests.tasks.world import World, tiny
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from aiosmtpd.smtp import Envelope

pytestmark = pytest.mark.system
PATIENCE = 60.0


@dataclass
class Sink:
    """The recipients' mail server: it knows everybody but those who are gone."""

    mails: list[Envelope] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """One recipient."""
        if address in self.gone:
            return "550 5.1.1 no such user here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        """One mail."""
        self.mails.append(envelope)
        return "250 2.0.0 kept"

    def got(self) -> set[str]:
        """Who has got mail."""
        return {address for mail in self.mails for address in mail.rcpt_tos}


@dataclass
class House:
    """A cycle that is about to ask, a Postfix between it and everybody, and the way back."""

    world: World
    postfix: Postfix
    sink: Sink

    def send(self) -> Tally:
        """Everything that is due, to Postfix."""
        server = SmtpServer(Security.PLAIN, "127.0.0.1", self.postfix.port)
        mailer = Mailer(self.world.register, SmtpTransport(server), SENDER, owner="test")
        return mailer.send_due_blocking(self.world.now)

    def delivery(self, address: str) -> Delivery:
        """The mail that asked somebody."""
        people = {row.id: row.address for row in self.world.rows(Person)}
        asked = {row.id for row in self.world.rows(Notice) if people[row.person_id] == address}
        return next(row for row in self.world.rows(Delivery) if row.notice_id in asked)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """The questions of a small cycle are due."""
    register = Register(f"sqlite:///{tmp_path}/register.db")
    SQLModel.metadata.create_all(register.engine)
    world = World(tiny(REST, HEAD), register=register)
    world.go("2024-02-05")
    sink = Sink()
    recipients = LoopbackServer(sink, hostname="127.0.0.1", port=0, enable_SMTPUTF8=True)
    back = incoming_server(settings(tmp_path), register, lambda: world.now, port=0)
    recipients.start()
    back.start()
    try:
        with postfix() as server:
            server.route({DOMAIN: f"lmtp:inet:127.0.0.1:{back.port}", "*": f"smtp:[127.0.0.1]:{recipients.port}"})
            yield House(world, server, sink)
    finally:
        recipients.stop()
        back.stop()
        register.close()


def test_mail_reaches_people_also_outside_ascii(house: House) -> None:
    """SMTPUTF8 (RFC 6531) from us to Postfix and on; the envelope's sender is the mail's own."""
    with house.world.register.change("tiny", at=house.world.now, actor="test") as change:
        person = next(row for row in house.world.rows(Person) if row.address == "secretary@krokom.example")
        change.get(Person, person.id).address = "åsa@krokom.example"
        change.record("edited", person.id)
    sent = house.send()
    assert (sent.refused, sent.deferred, sent.stopped) == (0, 0, None)
    wait_until(lambda: len(house.sink.mails) == sent.sent, PATIENCE, house.postfix.log)
    assert {"secretary@berg.example", "åsa@krokom.example"} <= house.sink.got()
    senders = {mail.mail_from for mail in house.sink.mails}
    assert len(senders) == sent.sent
    assert all(str(one).startswith("studs+") for one in senders)


def test_what_is_put_off_is_sent_later(house: House) -> None:
    """4xx at RCPT: the same Message-ID, later, and nobody else waits for it."""
    house.postfix.refuse({"secretary@berg.example": "450 4.2.0 mailbox is busy"})
    first = house.send()
    assert (first.deferred, first.refused) == (1, 0)
    waiting = house.delivery("secretary@berg.example")
    assert (waiting.status, waiting.attempts) == (DeliveryStatus.QUEUED, 1)
    assert "4.2.0" in str(waiting.response)
    assert tell_of_trouble(house.world.register, house.world.now + timedelta(hours=5), 4.0) == 1
    house.postfix.refuse({})
    house.world.now += timedelta(hours=6)
    house.send()
    sent = house.delivery("secretary@berg.example")
    assert (sent.status, sent.message_id) == (DeliveryStatus.SENT, waiting.message_id)
    wait_until(lambda: "secretary@berg.example" in house.sink.got(), PATIENCE, house.postfix.log)
    tell_of_trouble(house.world.register, house.world.now, 4.0)
    (concern,) = [row for row in house.world.rows(Concern) if row.kind is ConcernKind.MAIL_STUCK]
    assert concern.settled_at == house.world.now  # it flows again


def test_what_is_refused_becomes_the_coordinators(house: House) -> None:
    """5xx at RCPT: not tried again; a concern, with the substitute."""
    house.postfix.refuse({"secretary@berg.example": "550 5.1.1 no such user"})
    assert house.send().refused == 1
    assert tell_of_trouble(house.world.register, house.world.now, 4.0) == 1
    assert tell_of_trouble(house.world.register, house.world.now, 4.0) == 0
    (concern,) = house.world.rows(Concern)
    substitute = next(row for row in house.world.rows(Person) if row.id == concern.data["substitute"])
    assert (concern.kind, substitute.address) == (ConcernKind.ADDRESS_FAILS, "substitute@berg.example")
    assert "5.1.1" in concern.words
    assert [row.kind for row in house.world.notices(NoticeKind.UNDELIVERED)] == [NoticeKind.UNDELIVERED]


def test_what_postfix_cannot_deliver_comes_back(house: House) -> None:
    """Postfix takes it, the recipient's server does not: a report to our own address ends the delivery."""
    house.sink.gone.add("secretary@berg.example")
    assert house.send().refused == 0
    assert house.delivery("secretary@berg.example").sent_at is not None  # the report may be here already
    wait_until(lambda: house.world.rows(IncomingMail), PATIENCE, house.postfix.log)
    (report,) = house.world.rows(IncomingMail)
    assert report.kind is IncomingKind.FAILED
    assert report.mail_from == ""
    failed = house.delivery("secretary@berg.example")
    assert failed.status is DeliveryStatus.FAILED
    assert "no such user here" in str(failed.response)
    (concern,) = house.world.rows(Concern)
    assert concern.kind is ConcernKind.ADDRESS_FAILS
    code = str(report.recipient).partition("+")[2].partition("@")[0]
    assert f"Original-Envelope-Id: {code}".encode() in report.raw  # RFC 3461: what we handed it over with
    assert house.world.holds()


def test_a_reply_comes_back_through_postfix(house: House) -> None:
    """As a person's mail program sends it: to Reply-To."""
    import smtplib

    house.send()
    wait_until(lambda: "secretary@berg.example" in house.sink.got(), PATIENCE, house.postfix.log)
    mail = next(one for one in house.sink.mails if one.rcpt_tos == ["secretary@berg.example"])
    assert isinstance(mail.content, bytes)
    to = message_from_bytes(mail.content, policy=policy.default)["Reply-To"].addresses[0].addr_spec
    with smtplib.SMTP("127.0.0.1", house.postfix.port) as smtp:
        smtp.sendmail(
            "secretary@berg.example", [to], b"From: secretary@berg.example\r\nSubject: Re\r\n\r\nVi svarar.\r\n"
        )
    wait_until(lambda: house.world.rows(ReceivedLetter), PATIENCE, house.postfix.log)
    assert house.world.rows(ReceivedLetter)[0].text == "Vi svarar."
