"""The desk's routes: each says who may use it, and nothing is done before that is seen to.

Not signed in: to the sign-in page. A cycle that the account may not see: as if there were none. A page or an act that
it may not use: refused. A form without this session's token: refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse, Response

from engine.accounts.accounts import standing_in
from engine.accounts.permissions import Standing, may_read, permits, signed_in
from engine.accounts.sessions import find_session
from models.cycle import Cycle
from notifications.i18n import N_
from portal.desk.browser import cookie_name, csrf_fits, safe_wanted, sign_in_address
from portal.desk.visit import SEE_OTHER, Visit
from portal.pages import FORBIDDEN, NOT_FOUND, page, visitor_words
from portal.uploads import Posted, read_files, read_form
from portal.words import words

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from config.uploads import UploadLimits
    from engine.accounts.permissions import Permission
    from engine.accounts.sessions import SignedIn
    from portal.desk.services import DeskServices

    Handler = Callable[[Visit], Response]

UNWRITTEN = frozenset(("csrf", "sealed", "do"))
"""Fields of a form that nobody has typed."""
REFUSED = (
    N_("You may not do that"),
    N_("Your account has no right to this page or act. A coordinator of the process or an administrator can give it."),
)
FORGED = (
    N_("The form could not be used"),
    N_("It came from another page or from before you signed in. Nothing was done. Go back, refresh, try again."),
)
UNKNOWN = (
    N_("There is no such page"),
    N_("It may have been moved, or the process is not one of yours."),
)


@dataclass(frozen=True)
class DeskRoute:
    """One route, for the tests that walk through all of them."""

    method: str
    path: str
    may: Permission | None


class DeskRoutes:
    """Collects the routes that need somebody signed in."""

    def __init__(self, services: DeskServices) -> None:
        self.services = services
        self.router = APIRouter()
        self.listed: list[DeskRoute] = []

    def page(self, path: str, handler: Handler, *, may: Permission | None = None) -> None:
        """A page to look at; it changes nothing."""
        self._add("GET", path, handler, may)

    def act(self, path: str, handler: Handler, *, may: Permission | None = None, files: bool = False) -> None:
        """A form that does something, or that is reviewed before something is done; `files` may come with it."""
        self._add("POST", path, handler, may, files=files)

    def _add(self, method: str, path: str, handler: Handler, may: Permission | None, *, files: bool = False) -> None:
        self.listed.append(DeskRoute(method, path, may))
        endpoint = self._guarded(handler, may, files=files)
        self.router.add_route(path, endpoint, methods=[method], include_in_schema=False)

    def _guarded(
        self, handler: Handler, may: Permission | None, *, files: bool
    ) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            posted = Posted({})
            if request.method == "POST":
                posted = await self._posted(request, may) if files else Posted(await read_form(request))
            return await run_in_threadpool(self._answer, handler, may, request, posted)

        return endpoint

    async def _posted(self, request: Request, may: Permission | None) -> Posted:
        """A form with its files; those only of who may use it."""
        limits: UploadLimits = request.app.state.services.uploads
        return await read_files(request, limits, keep=await run_in_threadpool(self._lets_in, request, may))

    def _lets_in(self, request: Request, may: Permission | None) -> bool:
        found = self._session(request)
        visit = self._visit(request, found, Posted({})) if found else None
        return visit is not None and permits(may, visit.standing)

    def _session(self, request: Request) -> SignedIn | None:
        services = self.services
        token, wall = request.cookies.get(cookie_name(https=services.https), ""), services.settings.wall.now()
        return find_session(services.register, token, now=wall, limits=services.settings.limits)

    def _answer(self, handler: Handler, may: Permission | None, request: Request, posted: Posted) -> Response:
        found = self._session(request)
        if found is None:
            return session_ended(request, posted) or RedirectResponse(sign_in_address(request), status_code=SEE_OTHER)
        csrf = posted.fields.get("csrf", "")
        if request.method == "POST" and not csrf_fits(csrf, self.services.secret_key, found.session_id):
            return refusal(request, FORBIDDEN, FORGED, found)
        visit = self._visit(request, found, posted)
        if visit is None:
            return refusal(request, NOT_FOUND, UNKNOWN, found)
        if not permits(may, visit.standing):
            return refusal(request, FORBIDDEN, REFUSED, found)
        return handler(visit)

    def _visit(self, request: Request, found: SignedIn, posted: Posted) -> Visit | None:
        """The visit; None when it is to a cycle that is not there, or not for this account's eyes."""
        services, slug = self.services, request.path_params.get("slug")
        standing, cycle = Standing(found.account), None
        if slug is not None:
            with services.register.read() as session:
                cycle = session.get(Cycle, slug)
                standing = standing_in(session, found.account, slug)
            if cycle is None or not permits(may_read, standing):
                return None
        return Visit(
            services, request, found.session_id, standing, services.clock.now(), cycle, posted.fields, posted.files
        )


def session_ended(request: Request, posted: Posted) -> HTMLResponse | None:
    """The page for a form that came too late: what was written, and which files to choose again; None if nothing."""
    written = [value for name, value in posted.fields.items() if value and name not in UNWRITTEN]
    if not written and not posted.dropped:
        return None
    back = safe_wanted(_page_before(request))
    say = visitor_words(request)
    return page(
        "desk/session_ended.html", say, status=FORBIDDEN, written=written, files=posted.dropped,
        sign_in=sign_in_address(request, back),
    )  # fmt: skip


def _page_before(request: Request) -> str:
    """The path of the page that a form was on; nothing where the browser does not say it, or says nonsense."""
    try:
        return urlsplit(request.headers.get("referer", "")).path
    except ValueError:
        return ""


def refusal(request: Request, status: int, why: tuple[str, str], found: SignedIn | None = None) -> HTMLResponse:
    """The page that says why nothing was shown or done."""
    say = words(str(found.account.language)) if found else visitor_words(request)
    heading, advice = why
    signed = found is not None and permits(signed_in, Standing(found.account))
    return page("desk/refused.html", say, status=status, heading=heading, advice=advice, signed=signed)
