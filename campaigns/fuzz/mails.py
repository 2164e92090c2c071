"""Mails that come in: letters, answers of programs, and reports of mail servers."""

from __future__ import annotations

from email.message import EmailMessage
from functools import cache
from typing import TYPE_CHECKING

from campaigns.fuzz.mutating import HUGE, noise, spoiled
from campaigns.fuzz.target import Target, Unclean, Verdict
from engine.incoming.reading import LONGEST_TEXT, Reading, read_mail
from models.chain import canonical

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

REPORT = b"""From: Mail Delivery System <MAILER-DAEMON@mx.example>
To: studs+x@y.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

The mail could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Original-Envelope-Id: x

Final-Recipient: rfc822; asa@berg.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user
--b
Content-Type: message/rfc822

Message-ID: <a@b.example>
Subject: s

x
--b--
"""
ADDRESSES = ("asa@berg.example", "", "<>", "\u202e@x", "a" * 300, "MAILER-DAEMON@mx.example")
HEADERS = (
    "From", "Subject", "Content-Type", "Content-Transfer-Encoding", "Auto-Submitted", "In-Reply-To",
    "Content-Disposition",
    "MIME-Version", "References", "Status", "Action",
)  # fmt: skip
VALUES = (
    "multipart/mixed; boundary=b", 'multipart/report; boundary="b"', "message/rfc822", "text/html; charset=no-such",
    "base64", "quoted-printable", "x-uuencode", "text/plain; charset*=utf-8''%ff", "=?utf-8?q?=ED=A0=80?=",
    "<a@b>" * 500,
    "attachment; filename*0*=utf-8''..%2f; filename*1=x", '"a' * 2000, "(" * 500, "@" * 500, "a@b, c@d; :", "\x00",
    "8bit",
)  # fmt: skip


@cache
def letter() -> bytes:
    """A mail with all that a mail can have."""
    made = EmailMessage()
    made["From"], made["To"] = "Åsa Öberg <asa@berg.example>", "svar+x@y.example"
    made["Subject"], made["In-Reply-To"] = "Re: Svara senast 30 juni – Länsgemensam politik", "<a@b.example>"
    made.set_content("Vi tillstyrker.\n\nMed vänlig hälsning\nÅsa\n")
    made.add_alternative("<p>Vi <b>tillstyrker</b>.</p><style>p{}</style>", subtype="html")
    made.add_attachment("åäö".encode(), maintype="application", subtype="pdf", filename="yttrande åäö.pdf")
    inner = EmailMessage()
    inner["Subject"] = "vidarebefordrat"
    inner.set_content("inre")
    made.add_attachment(inner)
    # A boundary that is drawn anew would make other inputs each time.
    made.set_boundary("=-=-outer")
    inner_part = made.get_payload(0)
    assert isinstance(inner_part, EmailMessage)
    inner_part.set_boundary("=-=-inner")
    return made.as_bytes()


SEEDS: tuple[Callable[[], bytes], ...] = (letter, lambda: REPORT)


def mutated(seed: bytes, dice: Random) -> bytes:
    """A mail with a header's value exchanged, or with pieces changed, lost, repeated and moved."""
    if dice.random() < 0.25:
        lines = seed.split(b"\n")
        lines.insert(dice.randrange(len(lines)), f"{dice.choice(HEADERS)}: {dice.choice(VALUES)}".encode())
        seed = b"\n".join(lines)
    return spoiled(seed, dice, others=[made() for made in SEEDS])


def made(dice: Random) -> bytes:
    """The envelope's sender on a line of its own, and a mail."""
    sender = dice.choice(ADDRESSES).encode()
    if dice.random() < 0.02:
        return sender + b"\n" + noise(dice)
    if dice.random() < 0.005:
        return sender + b"\n" + within("text/html", dice.choice((b"<a ", b"<!--", b"&#", b"</", b"<![")) * HUGE)
    return sender + b"\n" + mutated(dice.choice(SEEDS)(), dice)


def within(kind: str, body: bytes) -> bytes:
    """A mail of one part."""
    return f"From: a@b.example\r\nSubject: s\r\nContent-Type: {kind}\r\n\r\n".encode() + body


def keepable(reading: Reading) -> bool:
    """Whether a database and the journal can keep it."""
    said = [reading.sender, reading.subject, reading.text, *(file.name for file in reading.files)]
    canonical(said).encode("utf-8")
    return not any("\x00" in words for words in said) and len(reading.text) <= LONGEST_TEXT


def read(content: bytes) -> Verdict:
    """Whatever it is, it is filed: there is no refusing a mail that has come."""
    sender, _, raw = content.partition(b"\n")
    if not keepable(read_mail(raw, sender.decode("utf-8", "replace"))):
        raise Unclean("cannot be kept")
    return Verdict.TAKEN


TARGETS = (Target("mail", made, read),)
