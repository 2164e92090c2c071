"""What is too large, or no form at all, is refused in words."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from portal.form import tidy
from portal.headers import BODY_LIMIT
from tests.portal.conftest import Browser, World, hidden

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, MutableMapping

DECISION = "antagande-inriktning/decision"


def test_too_large_a_form_gets_a_clear_page(deciding: World, browser: Browser) -> None:
    link = deciding.link(DECISION, "berg")
    form = browser.open(link)
    fields = {"csrf": hidden(form, "csrf"), "comment": "a" * BODY_LIMIT}
    page = browser.post(f"/answer/{link}/review", fields)
    assert page.status_code == 413
    assert "Texten är för lång" in page.text


def test_length_need_not_be_announced(deciding: World, browser: Browser) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"comment=" + b"a" * 100_000

    link = deciding.link(DECISION, "berg")
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert browser.request("POST", f"/answer/{link}/review", content=endless(), headers=headers).status_code == 413


def test_longest_text_goes_all_the_way(deciding: World, browser: Browser) -> None:
    link = deciding.link(DECISION, "berg")
    assert browser.answer(link, position="adopts", comment="ö" * 100_000).status_code == 200


@pytest.mark.parametrize("announced", ["9" * 5000, "1" * 16, str(BODY_LIMIT + 1)])
def test_absurd_length_is_refused(deciding: World, browser: Browser, announced: str) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded", "content-length": announced}
    link = deciding.link(DECISION, "berg")
    assert browser.request("POST", f"/answer/{link}/review", content=b"x", headers=headers).status_code == 413


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("multipart/form-data; boundary=x", b"--x\r\nnot a part"),
        ("multipart/form-data", b""),
        ("application/x-www-form-urlencoded", b"&".join(b"f%d=1" % n for n in range(1000))),
        ("application/x-www-form-urlencoded", b"position=%ff%00&comment=\xff\xfe&csrf=%C3%A5"),
        ("application/json", b'{"position": "adopts"}'),
        ("text/plain", b"x"),
    ],
)
def test_strange_bodies_are_refused_in_words(deciding: World, browser: Browser, kind: str, content: bytes) -> None:
    link = deciding.link(DECISION, "berg")
    browser.open(link)
    for address in (f"/answer/{link}", f"/answer/{link}/review", f"/answer/{link}/change"):
        response = browser.request("POST", address, content=content, headers={"content-type": kind})
        assert response.status_code in (400, 403)
        assert "<h1>" in response.text


@pytest.mark.parametrize("charset", ["undefined", "punycode", "idna", "hex", "utf-16", "no-such"])
def test_encoding_that_nothing_can_be_read_in_is_no_fault_of_ours(
    deciding: World, browser: Browser, charset: str
) -> None:  # fmt: skip
    link = deciding.link(DECISION, "berg")
    browser.open(link)
    part = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n\xff\xc3\xa5\r\n'
    content = part % b"csrf" + part % b"comment" + b"--x--\r\n"
    kind = {"content-type": f"multipart/form-data; boundary=x; charset={charset}"}
    for address in (f"/answer/{link}", f"/answer/{link}/save", f"/answer/{link}/review", f"/answer/{link}/not-me"):
        response = browser.request("POST", address, content=content, headers=kind)
        assert response.status_code in (400, 403), address
        assert "<h1>" in response.text


def test_a_file_where_a_word_belongs_gets_a_page(browser: Browser) -> None:
    response = browser.post("/reminders/none", files=[("reminders", ("on.txt", b"on"))])
    assert response.status_code == 400
    assert "<h1>" in response.text
    assert "on.txt" not in response.text


def test_signs_that_xml_refuses_are_left_out() -> None:
    """One of them in an answer would make every feed and workbook that quotes it unreadable (XML 1.0, 2.2)."""
    assert tidy("a\ufffe\uffff\x00\x0bb\u202fc") == "ab\u202fc"


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_whoever_goes_away_in_the_middle_of_a_form_breaks_nothing(world: World, kind: str) -> None:
    sent: list[int] = []

    async def receive() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message.get("status", 0))

    headers = [(b"content-type", kind.encode()), (b"content-length", b"100")]
    scope = {
        "type": "http", "method": "POST", "path": "/answer/x/review", "headers": headers, "query_string": b"",
        "root_path": "", "scheme": "http", "server": ("x", 80), "client": ("127.0.0.1", 1), "http_version": "1.1",
    }  # fmt: skip
    asyncio.run(world.app()(scope, receive, send))
    assert sent[0] == 400
