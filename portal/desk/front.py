"""The desk's first page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.accounts.permissions import may_start, signed_in
from engine.desk.overview import overview
from engine.starting.drafts import drafts_of
from portal.desk.menu import starts_of
from portal.desk.words import DeskWords

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.desk.routes import DeskRoutes
    from portal.desk.visit import Visit


def add_routes(routes: DeskRoutes) -> None:
    """`/desk`."""
    routes.page("/desk", show, may=signed_in)


def show(visit: Visit) -> Response:
    """What needs somebody first, then every cycle."""
    shown = overview(visit.register, visit.account, visit.now)
    drafts = drafts_of(visit.register, visit.account) if visit.may(may_start) else []
    return visit.page(
        "desk/front.html", overview=shown, desk=DeskWords(visit.say), starts=starts_of(visit), drafts=drafts
    )
