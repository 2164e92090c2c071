"""The register cannot be written to just now: others write to it, its disk is full, or its server is away.

Nothing of the request has been recorded, because a change is one transaction. Everything that was sent comes back on
the page, to be sent once more with one button; the same review confirmed twice is recorded once.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection

from models.register import RegisterBusy
from portal import access
from portal.form import Typed
from portal.pages import page, visitor_words

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import HTMLResponse

    from portal.services import PortalServices

log = logging.getLogger("portal")

UNAVAILABLE = 503
RETRY_AFTER = 60
"""Seconds."""
REASONS = (RegisterBusy, NoConnection, DBAPIError)
"""What the register raises then. Of the driver's errors those that are the program's own fault are not meant."""
OUR_FAULTS = ("IntegrityError", "ProgrammingError", "DataError", "NotSupportedError")
UNWRITTEN = frozenset(("csrf", "sealed", "do", "revision", "position", "decided_on"))
"""Fields that are sent again, and are no text that somebody would miss."""


def is_unavailable(fault: Exception) -> bool:
    """Whether it is the register's state, which passes, and not a fault of the program."""
    return isinstance(fault, REASONS) and type(fault).__name__ not in OUR_FAULTS


def add_unavailable_page(app: FastAPI, services: PortalServices) -> None:
    """The page for whichever of them is raised."""

    def unavailable(request: Request, fault: Exception) -> HTMLResponse:
        if not is_unavailable(fault):
            raise fault
        log.warning("the register cannot be used: %s", str(fault).partition("\n")[0])
        return unavailable_page(services, request)

    for reason in REASONS:
        app.add_exception_handler(reason, unavailable)


def unavailable_page(services: PortalServices, request: Request) -> HTMLResponse:
    """What has happened, all that was written, and the button that sends it again."""
    sent: list[tuple[str, str]] = getattr(request.state, "sent", [])
    typed = _typed(services, request, dict(sent))
    response = page(
        "unavailable.html", visitor_words(request), status=UNAVAILABLE,
        kept=typed if typed and typed.anything else None, sent=sent, address=request.url.path,
        written=[] if typed else [text for name, text in sent if text and name not in UNWRITTEN],
        files=getattr(request.state, "files", []), posted=request.method == "POST",
    )  # fmt: skip
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def _typed(services: PortalServices, request: Request, fields: dict[str, str]) -> Typed | None:
    """An answer as it was typed, or as it was reviewed; None for other forms."""
    link_id = request.path_params.get("link_id")
    if link_id is None or not fields:
        return None
    token = access.token_of(request)
    reviewed = access.unseal(services.secret_key, str(link_id), token, fields.get("sealed", ""))
    if reviewed is not None and "typed" in reviewed:
        return Typed.from_json(reviewed["typed"])
    return Typed.from_form(fields)
