"""Whatever somebody calls himself or an item: a mail has the headers and the address that it was given, no other."""

from __future__ import annotations

from base64 import b64encode
from email import message_from_string, policy
from email.utils import getaddresses

import pytest

from notifications.mime import ADDRESSED, Unsendable, mailbox, message

OTHER = "evil@evil.example"
ADDRESSES = ("anna@region.example", "o'brien+x@region.example", "räksmörgås@region.example")
BREAK_WORD = "=?utf-8?q?x=0D=0ABcc=3A_evil=40evil=2Eexample?="
BODY_WORD = "=?utf-8?q?x=0D=0A=0D=0AAnother_text?="
NAMES = (
    f"a, b {OTHER}", f"<{OTHER}>", f'"; {OTHER}', f"Å, {OTHER} <{OTHER}>", f"group: {OTHER};", "(comment", '"', "a\\",
    "=?utf-8?q?a=2C_evil=40evil=2Eexample=2C?=", "=?utf-8?q?=3Cevil=40evil=2Eexample=3E?=", BREAK_WORD, BODY_WORD,
    f"=?utf-8?b?{b64encode(f'{OTHER}, '.encode()).decode()}?=", "Å =?utf-8?q?a=2C_evil=40evil=2Eexample=2C?=",
    f"{'x' * 70}, {OTHER}", f"{'Å' * 70}, {OTHER}", f"=?utf-8?q?{'=2C' * 40}?= {OTHER}", "\u202eanna\u202c <x>",
)  # fmt: skip
"""Lists of addresses, and what would become one when it is decoded, folded or written anew."""


def written(name: str, value: str, *, utf8: bool = False) -> bytes:
    """A mail with one header that somebody has chosen."""
    return message([(name, value), ("X-End", "1")], "Text", "<p>Text</p>", utf8=utf8)


@pytest.mark.parametrize("header", ADDRESSED)
@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_name_adds_no_address_and_no_header(header: str, address: str, name: str) -> None:
    raw = written(header, mailbox(name, address), utf8=not address.isascii()).decode()
    read = message_from_string(raw, policy=policy.SMTPUTF8)
    assert read.keys() == [header, "X-End", "MIME-Version", "Content-Type"]
    [seen] = read[header].addresses
    assert seen.addr_spec == address
    assert "".join(seen.display_name.split()) == "".join(name.split())  # the reader puts blanks between encoded words
    [(_, plainly_read)] = getaddresses([raw.partition("\r\nX-End")[0].partition(": ")[2]])
    assert plainly_read == address


@pytest.mark.parametrize("subject", [*NAMES, "=?utf-8?q?plain?="], ids=range(len(NAMES) + 1))
def test_a_subject_is_what_it_says_and_nothing_more(subject: str) -> None:
    for utf8 in (False, True):
        read = message_from_string(written("Subject", subject, utf8=utf8).decode(), policy=policy.SMTPUTF8)
        assert read.keys() == ["Subject", "X-End", "MIME-Version", "Content-Type"]
        assert read["Subject"].strip() == subject
        assert read.get_body(("plain",)).get_content().strip() == "Text"


@pytest.mark.parametrize("sign", ["\r", "\n", "\r\n", "\0", "\r\nBcc: ", "\n "])
def test_a_line_break_is_refused(sign: str) -> None:
    for header in (*ADDRESSED, "Subject"):
        with pytest.raises(Unsendable):
            written(header, f"a{sign}b <anna@region.example>")
