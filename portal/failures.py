"""Requests that bring a wrong token: always the same page, and a pause for whoever brings too many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.access import permitted_link, token_of
from portal.clients import client_of
from portal.pages import TOO_MANY, problem

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import HTMLResponse

    from portal.form import Typed
    from portal.pages import NotPermitted
    from portal.services import PortalServices

LINKS = "links"
"""What the count of wrong tokens is kept under."""


def wrong_token(
    services: PortalServices, request: Request, status: int, kept: Typed | None = None
) -> HTMLResponse:  # fmt: skip
    """The page for a token that opens nothing; or the page that asks for patience."""
    wait = services.guesses.wrong(LINKS, client_of(request, services.trusted_proxies))
    if wait is None:
        return problem(request, status, kept=kept)
    response = problem(request, TOO_MANY, kept=kept)
    response.headers["Retry-After"] = str(wait)
    return response


def not_permitted(services: PortalServices, request: Request, refusal: NotPermitted) -> HTMLResponse:
    """The page for a cookie that does not open what it was brought to.

    No cookie at all is no guess, and neither is a form that does not fit from somebody whose link does.
    """
    if (token := token_of(request)) and not _opens(services, request, token):
        return wrong_token(services, request, refusal.status_code, refusal.typed)
    return problem(request, refusal.status_code, kept=refusal.typed)


def _opens(services: PortalServices, request: Request, token: str) -> bool:
    with services.register.read() as session:
        return permitted_link(session, str(request.path_params.get("link_id", "")), token) is not None
