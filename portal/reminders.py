"""Turning reminders off and on: the page behind the link in a reminder, and the one click of mail programs (RFC 8058).

The address is the capability, and it can do nothing else; so there is no cookie, and no form that another site could
have somebody's browser send in her name. Reading the page changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request  # noqa: TC002 - FastAPI reads the annotations
from starlette.responses import HTMLResponse, RedirectResponse, Response

from engine.commands.reminders import NoSuchChoice, choice_of, turn_reminders
from portal.pages import BAD_REQUEST, NOT_FOUND, page, problem
from portal.words import words

if TYPE_CHECKING:
    from portal.services import PortalServices

ONE_CLICK = "One-Click"
SEE_OTHER = 303


class ReminderPages:
    """The routes."""

    def __init__(self, services: PortalServices) -> None:
        self.services = services

    def router(self) -> APIRouter:
        """The routes."""
        routes = APIRouter(default_response_class=HTMLResponse, tags=["reminders"])
        routes.add_api_route("/reminders/{code}", self.show, methods=["GET"])
        routes.add_api_route("/reminders/{code}", self.turn, methods=["POST"])
        return routes

    def show(self, request: Request, code: str) -> Response:
        """Whether reminders come, and a button to change it."""
        try:
            with self.services.register.read() as session:
                choice = choice_of(session, code)
        except NoSuchChoice:
            return problem(request, NOT_FOUND)
        return page("reminders.html", words(str(choice.person.language)), choice=choice, code=code)

    def turn(
        self,
        request: Request,
        code: str,
        reminders: Annotated[str, Form()] = "",
        one_click: Annotated[str, Form(alias="List-Unsubscribe")] = "",
    ) -> Response:
        """Turn them off or on: from the page with `reminders`, from a mail program with `List-Unsubscribe`."""
        wanted = "off" if one_click == ONE_CLICK else reminders
        if wanted not in ("on", "off"):
            return problem(request, BAD_REQUEST)
        try:
            turn_reminders(self.services.register, code, on=wanted == "on", now=self.services.clock.now())
        except NoSuchChoice:
            return problem(request, NOT_FOUND)
        if one_click == ONE_CLICK:
            return Response(status_code=200)  # RFC 8058, 3.1: no redirect
        return RedirectResponse(f"/reminders/{code}", status_code=SEE_OTHER)
