"""Requests as they come over the wire, given to the portal without a server in between.

An input is the text of a request: a line with method and address, headers, an empty line, a body. What belongs to one
portal alone (its links, its sessions) stands in it as a word between @ signs, so that a kept input can be tried again.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_from_bytes, unquote

from campaigns.fuzz.target import Unclean, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

BROKEN = 500
REFUSED = 400
ALWAYS = (b"content-security-policy", b"x-content-type-options", b"referrer-policy", b"cache-control")
REACHES = "".join(chr(sign) for sign in range(0x21, 0x7F))
"""Signs that servers let through in an address (RFC 9112, 3.2); the others can only come quoted."""
NEVER_SENT = bytes.maketrans(b"\0\r\n", b"   ")
"""Signs that no server lets through in a header (RFC 9110, 5.5)."""


@dataclass
class Answer:
    """What came back."""

    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""

    def header(self, name: bytes) -> bytes:
        """A header's value, or nothing."""
        return dict(self.headers).get(name, b"")


class Wire:
    """A portal that can be asked, one request after the other."""

    def __init__(self, app: Any, words: Mapping[str, str]) -> None:
        self.app = app
        self.words = {f"@{name}@".encode(): value.encode() for name, value in words.items()}
        self.runner = asyncio.Runner()

    def ask(self, content: bytes) -> Answer:
        """Send a request; a fault of the portal's comes out of here."""
        for word, value in self.words.items():
            content = content.replace(word, value)
        head, _, body = content.partition(b"\n\n")
        first, *lines = head.split(b"\n")
        method, _, address = first.partition(b" ")
        return self.runner.run(_asked(self.app, _scope(method, address, lines, len(body)), body))


def _scope(method: bytes, address: bytes, lines: list[bytes], length: int) -> dict[str, Any]:
    """ASGI's words for a request (ASGI HTTP connection scope 2.3)."""
    headers = [(name.strip().lower(), value.strip()) for name, _, value in (line.partition(b":") for line in lines)]
    headers = [(name.translate(NEVER_SENT), value.translate(NEVER_SENT)) for name, value in headers if name]
    path, _, query = quote_from_bytes(address, safe=REACHES).encode().partition(b"?")
    return {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "root_path": "",
        "method": method.decode("latin-1").upper(), "path": unquote(path.decode("latin-1")), "raw_path": path,
        "query_string": query, "client": ("192.0.2.1", 4711), "server": ("testserver", 80),
        "headers": [*headers, (b"content-length", str(length).encode())],
    }  # fmt: skip


async def _asked(app: Any, scope: dict[str, Any], body: bytes) -> Answer:
    answer, left = Answer(), [body[:70], body[70:]]  # in two pieces, as networks do

    async def receive() -> dict[str, Any]:
        piece = left.pop(0) if left else b""
        return {"type": "http.request", "body": piece, "more_body": bool(left)}

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            answer.status, answer.headers = message["status"], list(message["headers"])
        else:
            answer.body += message.get("body", b"")

    await app(scope, receive, send)
    return answer


def judged(answer: Answer) -> Verdict:
    """Whether an answer is one that a browser may see.

    Raises:
        Unclean: it is the page of our own failing, lacks a header, or repeats what came as markup.
    """
    names = {name for name, _ in answer.headers}
    if answer.status >= BROKEN or not answer.status:
        raise Unclean(f"answers {answer.status}")
    if missing := [name for name in ALWAYS if name not in names]:
        raise Unclean(f"lacks {missing}")
    if any(sign in value for _, value in answer.headers for sign in (b"\r", b"\n", b"\0")):
        raise Unclean("a header of more than a line")
    if b"text/html" in answer.header(b"content-type") and b"<script>" in answer.body:
        raise Unclean("what came is markup on the page")
    if (where := answer.header(b"location")) and not (where.startswith(b"/") and not where.startswith((b"//", b"/\\"))):
        raise Unclean(f"leads away to {where!r}")
    return Verdict.REFUSED if answer.status >= REFUSED else Verdict.TAKEN
