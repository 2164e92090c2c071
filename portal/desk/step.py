"""A question on the desk: whom it was put to, and who has answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from engine.accounts.permissions import may_coordinate, may_read
from engine.desk.step import Filter, step_view
from portal.desk.paging import Pages, number_of, wanted_in
from portal.desk.words import DeskWords
from portal.pages import NOT_FOUND

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.desk.routes import DeskRoutes
    from portal.desk.visit import Visit


def add_routes(routes: DeskRoutes) -> None:
    """`/desk/{slug}/{phase}/{step}`, with `?show=silent`, `?find=anna` and `?page=2`."""
    routes.page("/desk/{slug}/question/{phase}/{step}", show, may=may_read)


def show(visit: Visit) -> Response:
    """A page of assignments."""
    wanted = visit.asked("show", Filter.ALL)
    shown = Filter(wanted) if wanted in set(Filter) else Filter.ALL
    step_id = f"{visit.here.id}/{visit.part('phase')}/{visit.part('step')}"
    view = step_view(visit.register, step_id, shown, number_of(visit.asked("page")), wanted_in(visit))
    if view is None:
        raise HTTPException(NOT_FOUND)
    words = DeskWords(visit.say, visit.here)
    pages = Pages(words.question_address(view.step), view.page, view.pages, {"show": str(shown)}, view.wanted)
    return visit.page("desk/step.html", view=view, desk=words, pages=pages, can=visit.may(may_coordinate))
