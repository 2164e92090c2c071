"""A cycle on the desk: its time line, what is waited for, what comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.accounts.permissions import may_read
from engine.desk.cycle import cycle_view
from engine.record.access import is_public
from portal.desk.menu import cycle_acts
from portal.desk.needed import needed_now
from portal.desk.words import DeskWords
from portal.record_page import FORMATS

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.desk.routes import DeskRoutes
    from portal.desk.visit import Visit

COMING = 12
"""Lines of what comes that are shown at once."""


def add_routes(routes: DeskRoutes) -> None:
    """`/desk/{slug}`."""
    routes.page("/desk/{slug}", show, may=may_read)


def show(visit: Visit) -> Response:
    """The cycle as it stands."""
    view = cycle_view(visit.register, visit.here, visit.now)
    return visit.page(
        "desk/cycle.html", view=view, desk=DeskWords(visit.say, visit.here), acts=cycle_acts(visit), most=COMING,
        needed=needed_now(visit, view), formats=FORMATS if is_public(visit.here) else {},
    )  # fmt: skip
