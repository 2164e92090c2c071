"""The portal as an ASGI application. It reads and writes the register, and knows nothing of Prefect."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.staticfiles import StaticFiles

from portal.accessibility import AccessibilityPage
from portal.answering import AnswerPages
from portal.desk.app import desk_router
from portal.failures import not_permitted
from portal.handing import HandingPages
from portal.headers import BodyLimit, HeadAsGet, SecurityHeaders, security_headers
from portal.health import HealthPages
from portal.logs import mask_logs
from portal.mailbox import MailboxPages
from portal.openapi import describe
from portal.pages import BAD_REQUEST, BROKEN, STATIC, NotPermitted, problem
from portal.public import PublicPages
from portal.public_files import PublicFilePages
from portal.punctual import PunctualBodies
from portal.record_formats import RecordFormats
from portal.reminders import ReminderPages
from portal.services import PortalServices
from portal.unavailable import add_unavailable_page
from portal.unstorable import NoNul

if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from typing import Any

    from starlette.requests import Request
    from starlette.responses import HTMLResponse, Response

log = logging.getLogger("portal")
A_YEAR = 365 * 24 * 3600


class KeptFiles(StaticFiles):
    """Files whose address changes with their content, so that browsers may keep them."""

    async def get_response(self, path: str, scope: MutableMapping[str, Any]) -> Response:
        """The file, with leave to keep it."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = f"public, max-age={A_YEAR}"
        return response


def create_app(services: PortalServices) -> FastAPI:
    """The portal over these services. Nothing is global: two portals may live in one process."""
    mask_logs()
    # The pages that browse the OpenAPI document load scripts from elsewhere, so they are off.
    app = FastAPI(title="Samsyn", docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.https = services.https
    app.include_router(AnswerPages(services).router())
    app.include_router(HandingPages(services).router())
    app.include_router(AccessibilityPage(services).router())
    app.include_router(RecordFormats(services).router())
    app.include_router(PublicPages(services).router())
    app.include_router(HealthPages(services).router())
    app.include_router(PublicFilePages(services).router())
    app.include_router(ReminderPages(services).router())
    app.include_router(desk_router(services))
    if services.mailbox is not None:
        app.include_router(MailboxPages(services.mailbox).router())
    app.mount("/static", KeptFiles(directory=STATIC), name="static")
    _add_problem_pages(app, services)
    describe(app)
    app.state.services = services
    app.add_middleware(PunctualBodies)
    app.add_middleware(BodyLimit, with_files=services.uploads.read_bytes)
    app.add_middleware(NoNul)
    app.add_middleware(HeadAsGet)
    app.add_middleware(SecurityHeaders, https=services.https)
    return app


def _add_problem_pages(app: FastAPI, services: PortalServices) -> None:
    def refused(request: Request, refusal: Exception) -> HTMLResponse:
        assert isinstance(refusal, HTTPException)  # noqa: S101 - it is registered for nothing else
        if isinstance(refusal, NotPermitted):
            return not_permitted(services, request, refusal)
        response = problem(request, refusal.status_code)
        response.headers.update(refusal.headers or {})
        return response

    def broken(request: Request, fault: Exception) -> HTMLResponse:  # noqa: ARG001 - the server logs it
        response = problem(request, BROKEN)
        # This response is made outside all middleware.
        response.headers.update(security_headers(request.url.path, BROKEN, https=services.https))
        return response

    def unread(request: Request, refusal: Exception) -> HTMLResponse:  # noqa: ARG001 - what came is not repeated
        return problem(request, BAD_REQUEST)

    add_unavailable_page(app, services)
    app.add_exception_handler(HTTPException, refused)
    app.add_exception_handler(RequestValidationError, unread)
    app.add_exception_handler(ClientDisconnect, unread)  # nobody sees it; it is no fault of ours to be logged as one
    app.add_exception_handler(Exception, broken)


__all__ = ["PortalServices", "create_app"]
