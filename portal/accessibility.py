"""The accessibility statement, after the model of Commission Implementing Decision (EU) 2018/1523."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastapi import APIRouter
from starlette.requests import Request  # noqa: TC002 - FastAPI reads the annotations
from starlette.responses import HTMLResponse, Response

from notifications.i18n import N_
from portal.pages import page, visitor_words
from portal.responses import PUBLIC_PAGE

if TYPE_CHECKING:
    from portal.services import PortalServices

PATH = "/accessibility"


class Enforcement(NamedTuple):
    """Whom people turn to when an answer does not satisfy them."""

    name: str
    address: str
    country: str


BODIES = (
    Enforcement("Myndigheten för digital förvaltning (Digg)", "https://www.digg.se/tdosanmalan", N_("in Sweden")),
    Enforcement("Digitaliseringsstyrelsen", "https://digst.dk", N_("in Denmark")),
)
"""Under förordning (2018:1938) in Sweden, and lov nr. 692 af 8. juni 2018 in Denmark."""


class AccessibilityPage:
    """The statement, in the visitor's language."""

    def __init__(self, services: PortalServices) -> None:
        self.services = services

    def router(self) -> APIRouter:
        """The route."""
        routes = APIRouter(default_response_class=HTMLResponse, tags=["public"])
        routes.add_api_route(PATH, self.show, methods=["GET"], responses=PUBLIC_PAGE)
        return routes

    def show(self, request: Request) -> Response:
        """What is known of how accessible the pages are, and how to complain."""
        say = visitor_words(request)
        return page("accessibility.html", say, operator=self.services.operator, bodies=BODIES, path=PATH)
