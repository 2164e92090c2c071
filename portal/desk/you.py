"""What somebody chooses for the own account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from config.terms import Language
from engine.accounts.accounts import set_language
from engine.accounts.permissions import signed_in
from notifications.i18n import N_
from portal.pages import BAD_REQUEST
from portal.words import words

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.desk.routes import DeskRoutes
    from portal.desk.visit import Visit

NAMES = {Language.SV: "Svenska", Language.DA: "Dansk", Language.EN: "English"}
"""The languages in themselves."""


def add_routes(routes: DeskRoutes) -> None:
    """`/desk/you`."""
    routes.page("/desk/you", show, may=signed_in)
    routes.act("/desk/you", change, may=signed_in)


def show(visit: Visit) -> Response:
    """The settings."""
    return visit.page("desk/you.html", languages=[(str(code), name) for code, name in NAMES.items()])


def change(visit: Visit) -> Response:
    """Another language, from the next page on."""
    chosen = visit.form.get("language", "")
    if chosen not in set(Language):
        raise HTTPException(BAD_REQUEST)
    set_language(visit.register, visit.account, Language(chosen))
    visit.tell(words(chosen)(N_("Your language has been changed.")))
    return visit.go("/desk/you")
