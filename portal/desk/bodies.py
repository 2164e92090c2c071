"""A body across the cycles that somebody may see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from engine.accounts.permissions import signed_in
from engine.desk.body import body_view
from portal.desk.words import DeskWords
from portal.pages import NOT_FOUND

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.desk.routes import DeskRoutes
    from portal.desk.visit import Visit


def add_routes(routes: DeskRoutes) -> None:
    """`/desk/bodies/{name}`; a name may have a slash in it."""
    routes.page("/desk/bodies/{name:path}", show, may=signed_in)


def show(visit: Visit) -> Response:
    """What the body has been asked, cycle by cycle."""
    name = visit.part("name")
    found = body_view(visit.register, visit.account, name)
    if not found:
        raise HTTPException(NOT_FOUND)
    helpers = [(one, DeskWords(visit.say, one.cycle)) for one in found]
    return visit.page("desk/body.html", name=name, found=helpers)
