"""Signing in to the desk: by a link in a mail, or with the organisation's identity provider."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from engine.accounts.sessions import end_session, open_session
from engine.accounts.sign_in import ask_to_sign_in, usable_sign_in, use_sign_in
from notifications.i18n import N_
from portal.clients import client_of
from portal.desk.browser import (
    FRONT,
    SIGN_IN,
    cookie_name,
    csrf_fits,
    csrf_token,
    drop_cookie,
    form_cookie_name,
    form_secret,
    safe_wanted,
    set_cookie,
)
from portal.desk.routes import FORGED, refusal
from portal.desk.visit import SEE_OTHER
from portal.pages import FORBIDDEN, GONE, TOO_MANY, page, visitor_words
from portal.uploads import read_form

if TYPE_CHECKING:
    from starlette.requests import Request

    from portal.desk.services import DeskServices
    from portal.desk.visit import Visit

log = logging.getLogger("portal")
LONGEST_ADDRESS = 254
SIGN_INS = "sign-ins"
WAIT = (
    N_("Wait a while"),
    N_("Too many attempts to sign in have come from your network. Try again in ten minutes."),
)


class SignInPages:
    """The routes that somebody uses who is not signed in yet."""

    def __init__(self, services: DeskServices) -> None:
        self.services = services

    def router(self) -> APIRouter:
        """The routes."""
        routes = APIRouter()
        for path, method, endpoint in (
            (SIGN_IN, "GET", self.show),
            (SIGN_IN, "POST", self.ask),
            (f"{SIGN_IN}/sent", "GET", self.sent),
            (f"{FRONT}/enter/{{token}}", "GET", self.show_link),
            (f"{FRONT}/enter", "POST", self.enter),
        ):
            routes.add_route(path, endpoint, methods=[method], include_in_schema=False)
        return routes

    def show(self, request: Request) -> Response:
        """The form for an address, and the way to the identity provider."""
        wanted = safe_wanted(request.query_params.get("next", FRONT))
        return self._form_page(request, "desk/sign_in.html", wanted=wanted, failed=request.query_params.get("failed"))

    async def ask(self, request: Request) -> Response:
        """Send a link. The answer is the same for every address, and takes the same work."""
        form = await read_form(request)
        if not self._ours(request, form):
            return refusal(request, FORBIDDEN, FORGED)
        if (wait := self._too_many(request)) is not None:
            return wait
        await run_in_threadpool(self._ask, form.get("address", ""), safe_wanted(form.get("next", FRONT)))
        return RedirectResponse(f"{SIGN_IN}/sent", status_code=SEE_OTHER)

    def sent(self, request: Request) -> Response:
        """Look into your mail."""
        return page("desk/sent.html", visitor_words(request), has_mailbox=self.services.has_mailbox)

    def show_link(self, request: Request) -> Response:
        """The page of a link in a mail: a button, because programs that scan mails open links too."""
        token = str(request.path_params["token"])
        with self.services.register.read() as session:
            usable = usable_sign_in(session, token, self.services.settings.wall.now())
        if usable is None:
            return self._dead(request)
        return self._form_page(request, "desk/enter.html", token=token)

    async def enter(self, request: Request) -> Response:
        """Use the link up, and begin a session."""
        form = await read_form(request)
        if not self._ours(request, form):
            return refusal(request, FORBIDDEN, FORGED)
        return await run_in_threadpool(self._enter, request, form)

    def _enter(self, request: Request, form: dict[str, str]) -> Response:
        services = self.services
        used = use_sign_in(services.register, form.get("token", ""), services.settings.wall.now())
        if used is None or used.account_id is None:
            return self._dead(request)
        return begin_session(services, used.account_id, "link", used.wanted)

    def _ask(self, address: str, wanted: str) -> None:
        services = self.services
        now = services.settings.wall.now()
        given = address[:LONGEST_ADDRESS]
        ask_to_sign_in(services.register, given, secret_key=services.secret_key, now=now, wanted=wanted)
        self._send()

    def _too_many(self, request: Request) -> Response | None:
        """The page that says to wait, for a client that has asked too often or brought too many dead links."""
        services = self.services
        wait = services.guesses.wrong(SIGN_INS, client_of(request, services.trusted_proxies))
        if wait is None:
            return None
        response = page(
            "desk/refused.html", visitor_words(request), status=TOO_MANY, heading=WAIT[0], advice=WAIT[1], signed=False
        )
        response.headers["Retry-After"] = str(wait)
        return response

    def _dead(self, request: Request) -> Response:
        """Wrong, used and expired links look the same; they are counted."""
        return self._too_many(request) or page("desk/dead_link.html", visitor_words(request), status=GONE)

    def _send(self) -> None:
        """The mail is queued; whatever fails here, the worker sends it."""
        if self.services.settings.send_system_mail is None:
            return
        try:
            self.services.settings.send_system_mail()
        except Exception:
            log.exception("sending a sign-in mail")

    def _ours(self, request: Request, form: dict[str, str]) -> bool:
        """Whether the form was opened in this browser: nobody is to sign somebody else in as himself."""
        held = request.cookies.get(form_cookie_name(https=self.services.https), "")
        return csrf_fits(form.get("csrf", ""), self.services.secret_key, held)

    def _form_page(self, request: Request, template: str, **values: Any) -> Response:
        https = self.services.https
        secret, new = form_secret(request, https=https)
        oidc = self.services.settings.oidc
        response = page(
            template, visitor_words(request), csrf=csrf_token(self.services.secret_key, secret), oidc=oidc,
            has_mailbox=self.services.has_mailbox, **values,
        )  # fmt: skip
        if new:
            set_cookie(response, form_cookie_name(https=https), secret, https=https)
        return response


def begin_session(services: DeskServices, account_id: str, via: str, wanted: str) -> Response:
    """Let somebody in, and go on to the page that was wanted. The cookie is always a new one."""
    now, limits = services.settings.wall.now(), services.settings.limits
    token = open_session(services.register, account_id, via=via, now=now, limits=limits)
    response = RedirectResponse(safe_wanted(wanted), status_code=SEE_OTHER)
    set_cookie(response, cookie_name(https=services.https), token, https=services.https)
    drop_cookie(response, form_cookie_name(https=services.https), https=services.https)
    return response


def sign_out(visit: Visit) -> Response:
    """End the session."""
    end_session(visit.register, visit.session_id, visit.services.settings.wall.now())
    response = RedirectResponse(SIGN_IN, status_code=SEE_OTHER)
    drop_cookie(response, cookie_name(https=visit.services.https), https=visit.services.https)
    return response
