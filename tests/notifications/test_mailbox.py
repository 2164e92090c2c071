"""The development mailbox keeps what it says it keeps."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from mail_world import START, World

from config.mailserver import Security, SmtpServer
from engine.mailbox import Mailbox, mail_server, parse
from models.cycle import Person
from models.notice import NoticeKind
from notifications.outbox import Tally
from notifications.transport import Outgoing, Refused, Sent, SmtpTransport

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SmtpServer]:
    controller = mail_server(tmp_path / "mail")
    controller.start()
    yield SmtpServer(Security.PLAIN, "127.0.0.1", controller.port)
    controller.stop()


def test_mails_are_found_by_address_and_by_arrival(on_disk: World, server: SmtpServer, tmp_path: Path) -> None:
    on_disk.owe_all()
    mailbox = Mailbox(tmp_path / "mail")
    assert mailbox.messages() == []
    assert on_disk.mailer(SmtpTransport(server)).send_due_blocking(START) == Tally(sent=3)
    mails = mailbox.messages()
    assert [mail.to for mail in mails] == [(f"secretary@p000{n}.example",) for n in range(3)]
    assert mailbox.messages(after=mails[1].id) == mails[2:]
    assert mailbox.messages("Secretary@P0001.example") == [mails[1]]
    assert mailbox.get(mails[0].id) == mails[0]
    assert mailbox.get("nothing") is None


def test_a_mail_is_read_as_it_was_written(on_disk: World, server: SmtpServer, tmp_path: Path) -> None:
    notice = on_disk.owe(NoticeKind.ASKED)
    on_disk.mailer(SmtpTransport(server)).send_due_blocking(START)
    mail = Mailbox(tmp_path / "mail").messages()[0]
    row = on_disk.delivery(notice)
    assert (mail.subject, mail.message_id, mail.kind, mail.date) == (row.subject, row.message_id, "asked", START)
    assert "söndag 30 juni 2013" in mail.text
    assert mail.html.startswith("<!DOCTYPE html>")


def test_letters_outside_ascii_in_an_address(on_disk: World, server: SmtpServer, tmp_path: Path) -> None:
    on_disk.edit(Person, "c/p0000@", address="åsa@x.example")
    on_disk.owe(NoticeKind.ASKED)
    on_disk.mailer(SmtpTransport(server)).send_due_blocking(START)
    assert [mail.to for mail in Mailbox(tmp_path / "mail").messages("åsa@x.example")] == [("åsa@x.example",)]


def test_it_can_be_told_to_fail(tmp_path: Path) -> None:
    controller = mail_server(
        tmp_path / "mail", decide=lambda envelope: "550 5.7.1 no" if "b@" in envelope.rcpt_tos[0] else None
    )
    controller.start()
    transport = SmtpTransport(SmtpServer(Security.PLAIN, "127.0.0.1", controller.port))

    async def send(address: str) -> Any:
        async with transport.connection() as connection:
            return await connection.send(Outgoing("a@x.example", address, b"Subject: x\r\n\r\nx\r\n"))

    try:
        assert asyncio.run(send("b@x.example")) == Refused("550 5.7.1 no")
        assert asyncio.run(send("c@x.example")) == Sent("2.0.0 kept")
    finally:
        controller.stop()
    assert [mail.to for mail in Mailbox(tmp_path / "mail").messages()] == [("c@x.example",)]


def test_an_empty_or_absent_directory_has_no_mail(tmp_path: Path) -> None:
    assert Mailbox(tmp_path / "absent").messages() == []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe",
        b"Date: never\r\nSubject: =?utf-8?q?=ff?=\r\n\r\n",
        b"Content-Type: text/plain; charset=klingon\r\n\r\nx",
    ],
)
def test_a_broken_mail_is_shown_as_far_as_it_goes(raw: bytes) -> None:
    mail = parse("00000000000000000001-000000-1", raw)
    assert mail.to == ()
    assert mail.date is None
