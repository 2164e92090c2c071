"""Addresses with a NUL in them: no row is called so, and PostgreSQL refuses to look. They end here, with a page.

Forms lose theirs in `portal.form.tidy`, with other signs that nobody sees.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request

from portal.pages import BAD_REQUEST, NOT_FOUND, problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

NUL, ESCAPED = "\0", b"%00"


class NoNul:
    """404 for a path with a NUL in it, 400 for a query."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        status = refused_with(scope) if scope["type"] == "http" else None
        if status is None:
            await self.app(scope, receive, send)
        else:
            await problem(Request(scope), status)(scope, receive, send)


def refused_with(scope: Scope) -> int | None:
    """The status that an address is refused with, if it is."""
    if NUL in scope["path"]:
        return NOT_FOUND
    return BAD_REQUEST if ESCAPED in scope.get("query_string", b"") else None
