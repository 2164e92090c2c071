"""The desk put together: every part adds its routes here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter

from engine.accounts.permissions import signed_in
from portal.desk import (
    accounts,
    acts_agenda,
    acts_answer,
    acts_areas,
    acts_close,
    acts_concerns,
    acts_dates,
    acts_move,
    acts_people,
    acts_proposals,
    acts_publish,
    acts_remind,
    bodies,
    cycle,
    front,
    history,
    starting,
    starting_begin,
    starting_dates,
    starting_particulars,
    starting_people,
    starting_preview,
    starting_titles,
    step,
    you,
)
from portal.desk.oidc import OidcPages
from portal.desk.routes import DeskRoutes
from portal.desk.services import DeskServices
from portal.desk.signing_in import SignInPages, sign_out

if TYPE_CHECKING:
    from portal.services import PortalServices

STARTING = (
    starting, starting_particulars, starting_titles, starting_people, starting_dates, starting_preview, starting_begin,
)  # fmt: skip
ACTS = (
    acts_agenda, acts_answer, acts_areas, acts_close, acts_concerns, acts_dates, acts_move, acts_people, acts_proposals,
    acts_publish, acts_remind,
)  # fmt: skip
PARTS = (front, you, accounts, bodies, *STARTING, history, step, *ACTS, cycle)
"""The modules with pages and acts. One whose address begins with `/desk/WORD` comes before those of a cycle."""


def desk_services(services: PortalServices) -> DeskServices:
    """The desk's part of the portal's surroundings."""
    return DeskServices(
        register=services.register,
        clock=services.clock,
        secret_key=services.secret_key,
        base_url=services.base_url,
        settings=services.desk,
        has_mailbox=services.mailbox is not None,
        guesses=services.guesses,
        trusted_proxies=services.trusted_proxies,
    )


def desk_routes(services: DeskServices) -> DeskRoutes:
    """Every route that needs somebody signed in."""
    routes = DeskRoutes(services)
    routes.act("/desk/sign-out", sign_out, may=signed_in)
    for part in PARTS:
        part.add_routes(routes)
    return routes


def desk_router(services: PortalServices) -> APIRouter:
    """Everything under `/desk`."""
    own = desk_services(services)
    router = APIRouter()
    router.include_router(SignInPages(own).router())
    if own.settings.oidc is not None:
        router.include_router(OidcPages(own, own.settings.oidc).router())
    router.include_router(desk_routes(own).router)
    return router
