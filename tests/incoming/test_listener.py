"""Real LMTP and SMTP on loopback: replies are filed, bounces end deliveries, and nothing accepted is lost."""

from __future__ import annotations

import hashlib
import smtplib
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text
from sqlmodel import select

from engine.commands.not_me import not_me
from engine.incoming import filing
from models.assignment import Answer, Assignment, AssignmentStatus, Link
from models.concern import Concern, ConcernKind
from models.cycle import Person
from models.files import FileContent
from models.mail import IncomingKind, IncomingMail, ReceivedLetter
from models.notice import Delivery, DeliveryStatus, NoticeKind
from models.verify import verify
from notifications import claims
from tests.incoming.conftest import DOMAIN, SENDER, House
from tests.registers import registers

if TYPE_CHECKING:
    from notifications.transport import Outgoing

FAILURE = """\
From: MAILER-DAEMON@mx.example
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=us-ascii

I'm sorry.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Original-Envelope-Id: {envid}

Final-Recipient: rfc822; somebody@berg.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 no such user

--b
Content-Type: text/rfc822-headers

Message-ID: {message_id}

--b--
"""


def client(house: House) -> smtplib.SMTP:
    kind = smtplib.LMTP if house.server._protocol.__name__ == "LMTP" else smtplib.SMTP
    return kind("127.0.0.1", house.server.port)


def hand_over(house: House, to: str, raw: bytes | EmailMessage, sender: str = "secretary@berg.example") -> None:
    octets = raw.as_bytes(policy=policy.SMTP) if isinstance(raw, EmailMessage) else raw
    with client(house) as smtp:
        smtp.sendmail(sender, [to], octets)


def reply(house: House, who: str = "berg", body: str = "Vi tillstyrker.", **headers: str) -> tuple[str, EmailMessage]:
    mail, message = house.asked(who)
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = mail.address, str(message["Reply-To"]), f"Re: {message['Subject']}"
    made["In-Reply-To"] = str(message["Message-ID"])
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(body)
    return message["Reply-To"].addresses[0].addr_spec, made


def report(house: House, mail: Outgoing, action: str = "failed", status: str = "5.1.1") -> bytes:
    message = message_from_bytes(mail.raw, policy=policy.default)
    said = {"to": mail.mail_from, "envid": mail.envelope_id, "message_id": message["Message-ID"]}
    return FAILURE.format(action=action, status=status, **said).replace("\n", "\r\n").encode()


def test_a_reply_is_filed_and_is_no_answer(house: House) -> None:
    to, mail = reply(house)
    mail.add_attachment(b"%PDF-1.4 x", maintype="application", subtype="pdf", filename="../yttrande.pdf")
    hand_over(house, to, mail)
    (kept,), (letter,) = house.rows(IncomingMail), house.rows(ReceivedLetter)
    assert kept.kind is IncomingKind.LETTER
    assert kept.sha256 == letter.sha256 == hashlib.sha256(kept.raw).hexdigest()
    assert letter.text == "Vi tillstyrker."
    assert (letter.number, letter.automatic) == (1, False)
    (file,) = letter.attached
    assert (file["name"], file["media_type"], file["size"]) == ("../yttrande.pdf", "application/pdf", 10)
    assert file["sha256"] in {row.sha256 for row in house.rows(FileContent) if row.content == b"%PDF-1.4 x"}
    assert house.rows(Answer) == []
    assignment = next(row for row in house.rows(Assignment) if row.id == letter.assignment_id)
    assert assignment.status is AssignmentStatus.OPEN
    (concern,) = house.rows(Concern)
    assert (concern.kind, concern.assignment_id) == (ConcernKind.MAIL_RECEIVED, assignment.id)
    assert house.world.holds()


def test_the_coordinator_and_the_sender_are_told_once(house: House) -> None:
    for body in ("Ett.", "Två.", "Tre."):
        hand_over(house, *reply(house, body=body))
    house.send()
    assert [mail.address for mail, _ in house.mails(NoticeKind.MAIL_RECEIVED)] == ["contact@office.example"]
    ((mail, message),) = house.mails(NoticeKind.FILED)
    assert mail.address == house.asked()[0].address
    assert message["Auto-Submitted"] == "auto-generated"
    assert "/a/" not in str(message.get_body(("plain",)))  # whoever forged the mail gets no link out of it
    assert len(house.rows(ReceivedLetter)) == 3
    house.world.now += timedelta(days=8)
    hand_over(house, *reply(house, body="Fyra."))
    assert len(house.world.notices(NoticeKind.FILED)) == 2


def test_a_mail_from_somebody_else_is_filed_and_not_answered(house: House) -> None:
    to, mail = reply(house)
    mail.replace_header("From", "someone@else.example")
    hand_over(house, to, mail, sender="someone@else.example")
    assert house.rows(ReceivedLetter)[0].sender == "someone@else.example"
    assert house.world.notices(NoticeKind.FILED) == []
    assert len(house.world.notices(NoticeKind.MAIL_RECEIVED)) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto-Submitted": "auto-generated; owner-email=x@y.example"},
        {"Precedence": "bulk"},
        {"Precedence": "auto_reply"},
        {"Precedence": "junk"},
        {"X_Auto_Response_Suppress": "All"},
        {"List_Id": "<list.example>"},
    ],
)
@pytest.mark.parametrize("protocol", ["lmtp"], indirect=True)
def test_what_a_program_wrote_is_filed_as_such(house: House, headers: dict[str, str]) -> None:
    hand_over(house, *reply(house, **headers))
    (letter,) = house.rows(ReceivedLetter)
    assert letter.automatic
    assert house.rows(Concern) == []
    assert house.world.notices(NoticeKind.FILED) == house.world.notices(NoticeKind.MAIL_RECEIVED) == []


@pytest.mark.parametrize("subject", ["Autosvar: semester", "Out of Office: x", "Automatic reply: x", "Fraværsbesked"])
@pytest.mark.parametrize("protocol", ["lmtp"], indirect=True)
def test_absence_messages_are_known_by_their_subject(house: House, subject: str) -> None:
    to, mail = reply(house)
    mail.replace_header("Subject", subject)
    hand_over(house, to, mail)
    assert house.rows(ReceivedLetter)[0].automatic


def test_an_empty_return_path_is_a_program(house: House) -> None:
    to, mail = reply(house)
    hand_over(house, to, mail, sender="")
    assert house.rows(ReceivedLetter)[0].automatic


def test_auto_submitted_no_is_a_person(house: House) -> None:
    hand_over(house, *reply(house, Auto_Submitted="no"))
    assert not house.rows(ReceivedLetter)[0].automatic


@pytest.mark.parametrize(
    "address",
    [
        f"svar+{'a' * 32}@{DOMAIN}",
        f"svar@{DOMAIN}",
        f"samsyn@{DOMAIN}",
        "svar+x@elsewhere.example",
        f"studs+{'a' * 32}@{DOMAIN}",
    ],
)
def test_an_unknown_address_is_refused_at_rcpt(house: House, address: str) -> None:
    with client(house) as smtp:
        smtp.ehlo_or_helo_if_needed()
        smtp.mail("a@b.example")
        code, _ = smtp.rcpt(address)
    assert code == 550
    assert house.rows(IncomingMail) == []


def test_the_codes_of_one_purpose_serve_no_other(house: House) -> None:
    """A reply address is no bounce address, and neither is a link."""
    mail, message = house.asked()
    code = message["Reply-To"].addresses[0].username.partition("+")[2]
    bounce = mail.mail_from.partition("+")[2].partition("@")[0]
    assert code != bounce
    with client(house) as smtp:
        smtp.ehlo_or_helo_if_needed()
        smtp.mail("a@b.example")
        assert smtp.rcpt(f"studs+{code}@{DOMAIN}")[0] == 550
        assert smtp.rcpt(f"svar+{bounce}@{DOMAIN}")[0] == 550
    links = {row.token_sha256 for row in house.rows(Link)}
    assert links.isdisjoint({hashlib.sha256(one.encode()).hexdigest() for one in (code, bounce)})


def test_the_case_of_an_address_does_not_matter(house: House) -> None:
    to, mail = reply(house)
    hand_over(house, to.upper(), mail)
    assert len(house.rows(ReceivedLetter)) == 1


def test_one_recipient_at_a_time(house: House) -> None:
    """So that one reply after DATA says what became of the mail, in LMTP as in SMTP."""
    first, _ = reply(house, "berg")
    second, _ = reply(house, "krokom")
    with client(house) as smtp:
        smtp.ehlo_or_helo_if_needed()
        smtp.mail("a@b.example")
        assert smtp.rcpt(first)[0] == 250
        assert smtp.rcpt(second)[0] == 452


def test_a_mail_that_is_too_large_is_refused(house: House) -> None:
    to, mail = reply(house, body="x" * 70 + "\n")
    mail.set_content(("x" * 70 + "\n") * 5000)
    with pytest.raises(smtplib.SMTPException) as refused:
        hand_over(house, to, mail)
    assert "552" in str(refused.value)
    assert house.rows(IncomingMail) == []


def test_the_same_mail_twice_is_one(house: House) -> None:
    """Its server did not see our 250, and comes again."""
    to, mail = reply(house)
    for _ in range(2):
        hand_over(house, to, mail)
    assert len(house.rows(IncomingMail)) == len(house.rows(ReceivedLetter)) == 1


DISK_IS_FULL = {
    "sqlite": "CREATE TRIGGER full_disk BEFORE INSERT ON received_letter BEGIN SELECT RAISE(ABORT, 'full'); END",
    "postgresql": """
        CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE 'full' USING ERRCODE = 'disk_full'; END $$;
        CREATE TRIGGER full_disk BEFORE INSERT ON received_letter FOR EACH ROW EXECUTE FUNCTION full_disk();
    """,
}
DISK_IS_FREE = {"sqlite": "DROP TRIGGER full_disk", "postgresql": "DROP FUNCTION full_disk CASCADE"}


def test_250_only_when_it_is_committed(house: House) -> None:
    """A register that cannot be written: 451, nothing kept; when it can, the server's next attempt is kept."""
    to, mail = reply(house)
    with house.world.register.operate() as session:
        session.execute(text(DISK_IS_FULL[registers.kind]))
    with pytest.raises(smtplib.SMTPException) as refused:
        hand_over(house, to, mail)
    assert "451" in str(refused.value)
    assert house.rows(IncomingMail) == house.rows(ReceivedLetter) == house.rows(Concern) == []
    with house.world.register.operate() as session:
        session.execute(text(DISK_IS_FREE[registers.kind]))
    hand_over(house, to, mail)
    assert len(house.rows(ReceivedLetter)) == 1
    assert house.world.holds()


def test_a_bounce_ends_the_delivery_and_proposes_the_substitute(house: House) -> None:
    mail, _ = house.asked("berg")
    hand_over(house, mail.mail_from, report(house, mail), sender="")
    failed = house.delivery(mail)
    assert failed.status is DeliveryStatus.FAILED
    assert "550 5.1.1 no such user" in str(failed.response)
    (concern,) = house.rows(Concern)
    assert concern.kind is ConcernKind.ADDRESS_FAILS
    substitute = next(row for row in house.rows(Person) if row.id == concern.data["substitute"])
    assert substitute.address == "substitute@berg.example"
    assert house.rows(ReceivedLetter) == []  # it is about an address, and stays out of the record
    house.send()
    ((told, letter),) = house.mails(NoticeKind.UNDELIVERED)
    assert told.address == "contact@office.example"
    words = letter.get_body(("plain",)).get_content()
    assert "550 5.1.1 no such user" in words
    assert "substitute@berg.example" in words
    assert house.world.holds()


def test_a_bounce_that_is_here_before_the_sending_is_written_down_stands(house: House) -> None:
    """A server may report within a moment; the sender, which learns only that the mail was taken, comes too late."""
    mail, _ = house.asked("berg")
    key, register = house.delivery(mail).notice_id, house.world.register
    with register.operate() as session:
        row = session.get_one(Delivery, key)
        row.status, row.sent_at, row.lease_owner, row.lease_until = DeliveryStatus.QUEUED, None, "sender", 9e9
    hand_over(house, mail.mail_from, report(house, mail), sender="")
    taken = {"status": DeliveryStatus.SENT, "attempts": 1, "sent_at": house.world.now, "response": "250 ok"}
    with register.operate() as session:
        assert claims.settle(session, "sender", [(key, taken)]) == {}
    failed = house.delivery(mail)
    assert failed.status is DeliveryStatus.FAILED
    assert failed.sent_at is not None
    assert "550 5.1.1 no such user" in str(failed.response)


def test_a_second_bounce_opens_no_second_concern(house: House) -> None:
    mail, _ = house.asked("berg")
    first = report(house, mail)
    hand_over(house, mail.mail_from, first, sender="")
    hand_over(house, mail.mail_from, first.replace(b"sorry", b"still sorry"), sender="")
    assert len(house.rows(Concern)) == len(house.world.notices(NoticeKind.UNDELIVERED)) == 1
    assert len(house.rows(IncomingMail)) == 2


def test_a_delay_is_noted_and_ends_nothing(house: House) -> None:
    mail, _ = house.asked("berg")
    hand_over(house, mail.mail_from, report(house, mail, "delayed", "4.4.1"), sender="")
    noted = house.delivery(mail)
    assert noted.status is DeliveryStatus.SENT
    assert str(noted.response).startswith("delayed: 4.4.1")
    assert house.rows(Concern) == []


def test_a_bounce_to_the_reply_address_finds_its_mail(house: House) -> None:
    """Some servers report to Reply-To, against RFC 3834; the Message-ID says which mail it was."""
    mail, message = house.asked("krokom")
    hand_over(house, message["Reply-To"].addresses[0].addr_spec, report(house, mail), sender="")
    assert house.delivery(mail).status is DeliveryStatus.FAILED


@pytest.mark.parametrize("status", ["", "2.0.0", "nonsense"])
@pytest.mark.parametrize("protocol", ["lmtp"], indirect=True)
def test_a_report_that_makes_no_sense_changes_nothing(house: House, status: str) -> None:
    mail, _ = house.asked("berg")
    hand_over(house, mail.mail_from, report(house, mail, "failed", status), sender="")
    assert house.delivery(mail).status is DeliveryStatus.SENT
    assert house.rows(IncomingMail)[0].kind is IncomingKind.UNCLEAR
    assert house.rows(Concern) == []


def test_a_reply_on_behalf_of_nobody_any_more_is_filed_all_the_same(house: House) -> None:
    to, mail = reply(house)
    link = next(row for row in house.rows(Link) if "berg" in row.assignment_id)
    not_me(house.world.register, link_id=link.id, words="", now=house.world.now)
    hand_over(house, to, mail)
    assert len(house.rows(ReceivedLetter)) == 1


def test_a_letter_that_is_changed_afterwards_is_found(house: House) -> None:
    hand_over(house, *reply(house))
    with house.world.register.operate() as session:
        letter = session.exec(select(ReceivedLetter)).one()
        letter.text = "Vi avstyrker."
    with house.world.register.read() as session:
        found = verify(session, "tiny")
    assert not found.holds
    assert "received_letter" in found.faults[0]


def test_the_words_of_a_letter_are_not_in_the_journal(house: House) -> None:
    from models.journal import JournalEntry

    hand_over(house, *reply(house, body="Hemligt telefonnummer 070-000 00 00"))
    assert all("070-000" not in row.body for row in house.rows(JournalEntry))


def test_a_fault_of_ours_is_451(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever goes wrong, the mail stays with its server."""

    def broken(*_: Any) -> None:
        raise RuntimeError("a fault in the program")

    monkeypatch.setattr(filing, "read_mail", broken)
    with pytest.raises(smtplib.SMTPException) as refused:
        hand_over(house, *reply(house))
    assert "451" in str(refused.value)


def test_without_a_domain_mails_go_from_and_to_people() -> None:
    from dataclasses import replace

    plain = replace(SENDER, reply_domain=None)
    assert plain.bounce_address("c/x!asked-y-1") == "samsyn@samsyn.example"
    assert plain.reply_address("c/x") is None
