"""What every response says to the browser, and what every request has to keep within.

Pure ASGI, so that nothing is buffered: a HEAD is a GET without its body (RFC 9110, 9.3.2), a body has a limit, and the
security headers are on every response, also on errors.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_LIMIT = 1024 * 1024
"""Bytes in a request without files. The longest text that is taken fits; longer ones are handed in as documents."""
MULTIPART = "multipart/form-data"
WITH_FILES = re.compile(r"/answer/[^/]+/(?:review|save)|/desk/[^/]+/(?:answer|publish)/review")
"""Where forms with files go to."""
TOO_LARGE = 413
ERROR = 400

CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
CSP_WITH_FRAME = f"{CSP}; frame-src 'self'"
CSP_OF_A_MAIL = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"
"""A mail is styled in place, and must not do anything but be looked at."""

NOTHING_MORE = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
"""What no page asks a browser for, so that nothing that is slipped into one can (Permissions Policy, W3C)."""

INDEXED = re.compile(r"/|/accessibility|/(record|static)/.+")
"""What search engines may keep: the public pages. Everything else asks them not to."""


def security_headers(path: str, status: int, *, https: bool) -> dict[str, str]:
    """The headers of a response at `path`, where the page itself has not chosen others."""
    chosen = {
        "Content-Security-Policy": CSP,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": NOTHING_MORE,
    }
    if status >= ERROR or not INDEXED.fullmatch(path):
        chosen["X-Robots-Tag"] = "noindex, nofollow"
    if https:
        chosen["Strict-Transport-Security"] = "max-age=31536000"
    return chosen


class SecurityHeaders:
    """Puts the headers on every response."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self.app = app
        self.https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in security_headers(scope["path"], message["status"], https=self.https).items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, with_headers)


class HeadAsGet:
    """Answers HEAD as GET, without the body."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self.app({**scope, "method": "GET"}, receive, without_body)


class BodyLimit:
    """Stops reading a request that is too large; the page that says so is made like every other error page."""

    def __init__(self, app: ASGIApp, *, limit: int = BODY_LIMIT, with_files: int = BODY_LIMIT) -> None:
        self.app = app
        self.limit = limit
        self.with_files = with_files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self._limit(scope)
        too_large = _announced(scope, limit)
        came = 0

        async def within_limit() -> Message:
            nonlocal came
            if too_large:
                raise HTTPException(TOO_LARGE)
            message = await receive()
            came += len(message.get("body", b""))
            if came > limit:
                raise HTTPException(TOO_LARGE)
            return message

        await self.app(scope, within_limit, send)

    def _limit(self, scope: Scope) -> int:
        kind = Headers(scope=scope).get("content-type", "")
        return self.with_files if takes_files(scope["method"], scope["path"], kind) else self.limit


def _announced(scope: Scope, limit: int) -> bool:
    """Whether the request itself says that it is too large."""
    announced = Headers(scope=scope).get("content-length", "0").lstrip("0")
    return len(announced) > len(str(limit)) or (announced.isdecimal() and int(announced) > limit)


def takes_files(method: str, path: str, content_type: str) -> bool:
    """Whether a request is a form with files, which may be as large as files are."""
    form = content_type.partition(";")[0].strip().lower() == MULTIPART
    return method == "POST" and form and WITH_FILES.fullmatch(path) is not None
