"""Whatever somebody sends, it is read without a fault of ours: mutated mails, and mails that are none."""

from __future__ import annotations

import random
import time
from email.message import EmailMessage

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.fuzz.mails import keepable, letter, mutated
from engine.incoming.reading import read_mail
from models.mail import IncomingKind
from tests.incoming.test_listener import FAILURE

REPORT = FAILURE.format(to="studs+x@y.example", envid="x", action="failed", status="5.1.1", message_id="<a@b.example>")
SEEDS = (letter(), REPORT.encode())


def test_a_letter_is_read_whole() -> None:
    reading = read_mail(SEEDS[0], "asa@berg.example")
    assert reading.kind is IncomingKind.LETTER
    assert (reading.sender, reading.about) == ("asa@berg.example", ("<a@b.example>",))
    assert reading.subject == "Re: Svara senast 30 juni – Länsgemensam politik"
    assert reading.text == "Vi tillstyrker.\n\nMed vänlig hälsning\nÅsa"
    assert reading.files[0].name == "yttrande åäö.pdf"
    assert reading.files[0].content == "åäö".encode()


def test_html_alone_is_read_as_words() -> None:
    made = EmailMessage()
    made["From"] = "a@b.example"
    made.set_content("<head><title>x</title></head><p>Ett</p><p>Två &amp; tre<br>fyra</p><script>no</script>", "html")
    reading = read_mail(made.as_bytes(), "a@b.example")
    assert [line for line in reading.text.split("\n") if line] == ["Ett", "Två & tre", "fyra"]


def test_a_report_is_read_as_one() -> None:
    report = read_mail(SEEDS[1], "").report
    assert report is not None
    assert (report.kind, report.envelope_id, report.message_id) == (IncomingKind.FAILED, "x", "<a@b.example>")
    assert report.note == "5.1.1 smtp; 550 5.1.1 no such user"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n",
        b"\x00" * 500,
        b"From: =?utf-8?b?/////?= <\r\n\r\n\xff\xfe",
        b"Content-Type: text/plain; charset=no-such\r\n\r\n\xe5\xe4\xf6",
        b"Content-Type: multipart/mixed\r\n\r\nno boundary",
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n" * 2000,
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(300)),
        b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n",
        b"Subject: =?utf-8?q?=ED=A0=80?=\r\n\r\nx",
        b"Content-Transfer-Encoding: base64\r\nContent-Type: text/plain\r\n\r\n%%%",
        b"From: " + b"a" * 100_000 + b"\r\n\r\nx",
        b"Content-Type: message/rfc822\r\n\r\n" * 200,
    ],
)
def test_what_is_no_mail_is_still_kept(raw: bytes) -> None:
    assert keepable(read_mail(raw, "a@b.example"))


@pytest.mark.long
@pytest.mark.parametrize("seed", SEEDS)
def test_mutated_mails_are_read(seed: bytes) -> None:
    """Two thousand of each, the same ones every time."""
    chance = random.Random(20130630)  # noqa: S311 - no secret
    for _ in range(2000):
        assert keepable(read_mail(mutated(seed, chance), "a@b.example"))


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=2000), st.text(max_size=50))
def test_any_bytes_are_read(raw: bytes, mail_from: str) -> None:
    assert keepable(read_mail(raw, mail_from))


@settings(max_examples=200)
@given(st.text(max_size=200), st.sampled_from(["From", "Subject", "Content-Type", "Auto-Submitted", "In-Reply-To"]))
def test_any_header_is_read(value: str, name: str) -> None:
    raw = f"{name}: {value}\r\n\r\nx".encode("utf-8", "surrogatepass")
    assert keepable(read_mail(raw, "a@b.example"))


def within_a_mail(kind: str, body: bytes) -> bytes:
    return f"From: a@b.example\r\nSubject: s\r\nContent-Type: {kind}\r\n\r\n".encode() + body


def nested(depth: int, lines: int) -> bytes:
    heads = (b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(depth))
    return b"From: a@b.example\r\nSubject: s\r\n" + b"".join(heads) + b"x\r\n" * lines


SLOW = {
    "tags that do not end": within_a_mail("text/html", b"<a " * 300_000),
    "comments that do not end": within_a_mail("text/html", b"<!--" * 300_000),
    "comments that end nowhere": within_a_mail("text/html", b"<!-- >" * 200_000),
    "marked sections": within_a_mail("text/html", b"<![CDATA[" * 100_000),
    "ends of nothing": within_a_mail("text/html", b"</" * 300_000),
    "parts": within_a_mail("multipart/mixed; boundary=b", b"--b\r\n\r\nx\r\n" * 200_000),
    "parts in parts": nested(900, 100_000),
    "a parameter in pieces": within_a_mail("text/plain" + "".join(f";\r\n a*{n}*=x" for n in range(20_000)), b"hej"),
    "a quotation that does not end": b"From: " + b'"a' * 40_000 + b"\r\nSubject: s\r\n\r\nhej",
}
"""Mails of at most two megabytes that took minutes to take apart, and their server would have sent them again."""


@pytest.mark.parametrize("what", SLOW)
def test_no_mail_takes_long_to_read(what: str) -> None:
    began = time.process_time()
    reading = read_mail(SLOW[what], "a@b.example")
    assert time.process_time() - began < 20
    assert reading.subject == "s"
    assert keepable(reading)


def test_what_is_beyond_the_bounds_is_a_letter_with_its_head_alone() -> None:
    reading = read_mail(SLOW["parts"], "a@b.example")
    assert (reading.kind, reading.sender, reading.subject) == (IncomingKind.LETTER, "a@b.example", "s")
    assert (reading.text, reading.files) == ("", ())


def test_html_that_is_in_order_reads_as_before() -> None:
    html = '<!DOCTYPE html><!-- a <b> --><p title="1">Vi &amp; ni: 1 < 2 <br/>och</p><script>x<y</script><P\n>Hej'
    made = EmailMessage()
    made.set_content(html, subtype="html")
    assert read_mail(made.as_bytes(), "a@b.example").text == "Vi & ni: 1 < 2 \noch\nHej"
