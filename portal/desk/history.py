"""The journal of a cycle for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.accounts.permissions import may_read
from engine.desk.history import history
from portal.desk.happened import HistoryWords
from portal.desk.paging import number_of

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.desk.routes import DeskRoutes
    from portal.desk.visit import Visit


def add_routes(routes: DeskRoutes) -> None:
    """`/desk/{slug}/history`."""
    routes.page("/desk/{slug}/history", show, may=may_read)


def show(visit: Visit) -> Response:
    """A page of it, the newest first."""
    shown = history(visit.register, visit.here, number_of(visit.asked("page")))
    return visit.page("desk/history.html", history=shown, told=HistoryWords(visit.say, visit.here, shown.names))
