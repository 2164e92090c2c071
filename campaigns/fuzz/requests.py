"""Requests to the portal: forms with files, tokens, and queries, cookies and headers at every address."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote_from_bytes

from campaigns.fuzz.asking import Answer, Wire, judged
from campaigns.fuzz.files import whole
from campaigns.fuzz.house import house
from campaigns.fuzz.mutating import noise, spoiled
from campaigns.fuzz.target import Target, Unclean, Verdict

if TYPE_CHECKING:
    from random import Random

BOUNDARY = b"3f9ac1"
FIELDS = {"position": "submits", "text": "Vi föreslår.\r\n\r\nAndra stycket.", "comment": "Å", "name": "x"}
ADDRESSES = (
    b"/answer/@LINK@/review", b"/answer/@LINK@/save", b"/answer/@LINK@", b"/answer/@LINK@/change",
    b"/desk/@CYCLE@/answer/review", b"/desk/@CYCLE@/publish/review", b"/desk/new/file", b"/desk/sign-in",
    b"/desk/enter",
)  # fmt: skip
COOKIES = b"cookie: samsyn_answer=@TOKEN@; samsyn-desk=@SESSION@\n"
FORM = b"content-type: application/x-www-form-urlencoded"
OPENED, SEE_OTHER = 200, 303


def part(name: str, content: bytes, more: bytes = b"") -> bytes:
    """A part of a form (RFC 7578, 4.2)."""
    return b'--%b\r\nContent-Disposition: form-data; name="%b"%b\r\n\r\n%b\r\n' % (
        BOUNDARY,
        name.encode(),
        more,
        content,
    )


@cache
def form(csrf: bytes) -> bytes:
    """A form with texts and two files."""
    texts = [part(name, value.encode()) for name, value in FIELDS.items()]
    texts.append(part("csrf", csrf))
    kind = b"\r\nContent-Type: application/pdf"
    files = [
        part("files", whole("a.pdf"), b'; filename="yttrande \xc3\xa5.pdf"' + kind),
        part("files", whole("d.txt"), b"; filename=\"b.txt\"; filename*=utf-8''b.txt"),
    ]
    return b"".join([*texts, *files]) + b"--" + BOUNDARY + b"--\r\n"


def multipart(dice: Random) -> bytes:
    """A form with files, spoiled: its body, now and then its kind."""
    kind = b"content-type: multipart/form-data; boundary=" + BOUNDARY
    if dice.random() < 0.2:
        kind = b"content-type: " + spoiled(kind[14:], dice).replace(b"\n", b" ")
    address = dice.choice(ADDRESSES)
    whole_form = form(b"@CSRF@" if address.startswith(b"/answer") else b"@DESKCSRF@")
    body = noise(dice) if dice.random() < 0.02 else spoiled(whole_form, dice, most=dice.choice((1, 3, 8)))
    return b"POST %b\n%b%b\n\n%b" % (address, COOKIES, kind, body)


def read_any(content: bytes) -> Verdict:
    """The portal answers, and not with a page of its own failing."""
    return judged(wire().ask(content))


@cache
def wire() -> Wire:
    """The portal."""
    return house().wire()


def token(dice: Random) -> bytes:
    """A token of a link, of a session or of a sign-in, spoiled, wherever tokens are brought to."""
    spoilt = spoiled(b"@TOKEN@" if dice.random() < 0.5 else house().words["TOKEN"].encode(), dice)[:3000]
    plain = spoilt.replace(b"\n", b"").replace(b";", b"")
    quoted = quote_from_bytes(spoilt, safe="/@" if dice.random() < 0.5 else "").encode()
    return dice.choice((
        b"GET /a/%b\n\n" % quoted,
        b"GET /answer/@LINK@\ncookie: samsyn_answer=%b\n\n" % plain,
        b"GET /answer/%b\ncookie: samsyn_answer=@TOKEN@\n\n" % quoted,
        b"GET /desk\ncookie: samsyn-desk=%b\n\n" % plain,
        b"GET /desk/enter/%b\n\n" % quoted,
        b"POST /answer/@LINK@/review\n%b%b\n\nposition=submits&text=x&csrf=%b" % (COOKIES, FORM, quoted),
    ))  # fmt: skip


def read_token(content: bytes) -> Verdict:
    """What opens, opened with the very token."""
    answer = wire().ask(content)
    if _opened(answer, content) and house().words["TOKEN"].encode() not in _meant(content):
        raise Unclean(f"opens with another token: {answer.status}")
    return judged(answer)


def _meant(content: bytes) -> bytes:
    """The input with its words, and with quoted signs as they are."""
    from urllib.parse import unquote_to_bytes

    for name, value in house().words.items():
        content = content.replace(f"@{name}@".encode(), value.encode())
    return unquote_to_bytes(content)


def _opened(answer: Answer, content: bytes) -> bool:
    """Whether somebody was let in."""
    where = answer.header(b"location")
    if content.startswith(b"GET /a/"):
        return answer.status == SEE_OTHER
    if content.startswith((b"GET /desk\n", b"GET /desk/enter/")):
        return answer.status == OPENED and b"csrf" in answer.body and not where
    return answer.status == OPENED


def request(dice: Random) -> bytes:
    """Any address of the portal, with a query, cookies and headers that nobody sends."""
    method, path = dice.choice(house().addresses)
    query = spoiled(dice.choice(QUERIES), dice).replace(b"\n", b"")
    lines = [b"%b: %b" % (name, spoiled(value, dice).replace(b"\n", b" ")) for name, value in dice.sample(HEADERS, k=3)]
    if dice.random() < 0.7:
        lines.append(COOKIES.strip())
    body = b""
    if method == b"POST":
        lines.append(FORM)
        body = spoiled(b"csrf=@DESKCSRF@&sealed=x.y.z&reason=R&address=a%40b.example&text=x&next=%2Fdesk", dice)
    if dice.random() < 0.2:
        path = spoiled(path, dice).replace(b"\n", b"")
    return b"%b %b?%b\n%b\n\n%b" % (method, path, query, b"\n".join(lines), body)


QUERIES = (
    b"lang=sv&next=/desk&after=1&page=2&failed=oidc", b"next=%2Fdesk%2F..%2F..%2F%2Fevil.example",
    b"lang=%ff%00&lang=da",
    b"code=x&state=y", b"view=csv&sort=-1&q=%3Cscript%3E", b"from=2013-01-01&to=9999-12-31&page=-1",
)  # fmt: skip
HEADERS = (
    (b"cookie", b"samsyn_answer=@TOKEN@; samsyn-desk=@SESSION@; samsyn-sign-in=abc; samsyn-oidc=x.y.z"),
    (b"accept-language", b"sv-SE,sv;q=0.9,en;q=0.8,da;q=x"),
    (b"if-none-match", b'"0123456789abcdef", W/"x", *'),
    (b"if-modified-since", b"Sat, 30 Jun 2013 12:00:00 GMT"),
    (b"range", b"bytes=0-1,5-,-9"),
    (b"host", b"evil.example:80"),
    (b"x-forwarded-for", b"10.0.0.1, 192.0.2.7"),
    (b"x-forwarded-host", b"evil.example"),
    (b"referer", b"http://testserver/desk/x?y=1"),
    (b"content-length", b"99999999999999999999"),
    (b"transfer-encoding", b"chunked"),
    (b"accept", b"text/html;q=x,*/*"),
    (b"x-samsyn-refresh", b"1"),
)  # fmt: skip

TARGETS = (
    Target("multipart", multipart, read_any),
    Target("token", token, read_token),
    Target("request", request, read_any, seconds=4.0),  # some pages draw plans and typeset records
)
