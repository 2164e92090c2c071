"""Pages for whoever should not answer, or cannot: the mail reached the wrong person, or somebody else answers instead.

As with answers, GET changes nothing, and what is done has been looked over on a page of its own.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.background import BackgroundTask
from starlette.requests import Request  # noqa: TC002 - FastAPI reads the annotations
from starlette.responses import HTMLResponse, RedirectResponse, Response

from engine.commands.answer import LinkUnknown, NoLongerOpen
from engine.commands.delegate import CannotHandOver, delegate, hand_back, may_take_back, take_back
from engine.commands.not_me import MOST_WORDS, not_me
from engine.commands.people import BadAddress, checked_address
from notifications.handing import called
from notifications.i18n import N_
from notifications.letter import one_line
from portal import access
from portal.answer_page import closed_page
from portal.answering import SEE_OTHER, FormFields
from portal.asked import Asked, Standing, load_asked
from portal.form import tidy
from portal.pages import UNPROCESSABLE, NotPermitted, page
from portal.responses import ANSWER_PAGE, FORM_PAGE

if TYPE_CHECKING:
    from collections.abc import Callable

    from portal.services import PortalServices

NOT_ME, SUBSTITUTE = "not-me", "substitute"
TYPED = "typed"
"""What the choice of an address of one's own is called."""
MOST_NAME = 200
NOBODY_CHOSEN = N_("Choose who is to answer.")
NO_ADDRESS = N_("Write an e-mail address, for instance anna.berg@example.se.")
ONESELF = N_("That is your own address. Write the address of whoever is to answer instead of you.")
TOO_LONG = N_("The text is too long: at most %(most)s characters.")
log = logging.getLogger("portal")


class HandingPages:
    """The routes under `/answer/…` that are not about an answer."""

    def __init__(self, services: PortalServices) -> None:
        self.services = services

    def router(self) -> APIRouter:
        """The routes."""
        routes = APIRouter(default_response_class=HTMLResponse, tags=["who answers"])
        home = "/answer/{link_id}"
        for path, form, review, act in (
            (NOT_ME, self.show_not_me, self.review_not_me, self.report_not_me),
            (SUBSTITUTE, self.show_substitutes, self.review_substitute, self.hand_over),
        ):
            routes.add_api_route(f"{home}/{path}", form, methods=["GET"], responses=ANSWER_PAGE)
            routes.add_api_route(f"{home}/{path}/review", review, methods=["POST"], responses=FORM_PAGE)
            routes.add_api_route(f"{home}/{path}", act, methods=["POST"], responses=FORM_PAGE)
        routes.add_api_route(f"{home}/return", self.show_return, methods=["GET"], responses=ANSWER_PAGE)
        routes.add_api_route(f"{home}/return", self.give_back, methods=["POST"], responses=FORM_PAGE)
        routes.add_api_route(f"{home}/done", self.show_done, methods=["GET"], responses=ANSWER_PAGE)
        return routes

    def show_not_me(self, request: Request, link_id: str) -> Response:
        """The form of somebody whom the mail should not have reached."""
        asked = self._asked(request, link_id)
        if asked.standing is not Standing.OPEN:
            return closed_page(asked)
        return self._page(request, "not_me.html", asked, words="", fault="")

    def review_not_me(self, request: Request, link_id: str, form: FormFields) -> Response:
        """What will happen. Writes nothing."""
        asked = self._asked_with_form(request, link_id, form)
        if asked.standing is not Standing.OPEN:
            return closed_page(asked)
        words = tidy(form.get("words", ""))
        if len(words) > MOST_WORDS:
            fault = asked.say(TOO_LONG, most=MOST_WORDS)
            return self._page(request, "not_me.html", asked, status=UNPROCESSABLE, words=words, fault=fault)
        sealed = self._seal(request, link_id, NOT_ME, {"words": words})
        return self._page(request, "not_me_review.html", asked, words=words, sealed=sealed)

    def report_not_me(self, request: Request, link_id: str, form: FormFields) -> Response:
        """Withdraw the link and tell the coordinator."""
        asked = self._asked_with_form(request, link_id, form)
        words = self._sealed(request, link_id, form, NOT_ME)["words"]
        services = self.services
        return self._do(
            asked, lambda: not_me(services.register, link_id=link_id, words=words, now=services.clock.now())
        )

    def show_substitutes(self, request: Request, link_id: str) -> Response:
        """Who may answer instead."""
        asked = self._asked(request, link_id)
        if asked.standing is not Standing.OPEN or not asked.around.handing:
            return closed_page(asked) if asked.standing is not Standing.OPEN else _back(link_id)
        return self._choice(request, asked, {}, {})

    def review_substitute(self, request: Request, link_id: str, form: FormFields) -> Response:
        """What will happen. Writes nothing."""
        asked = self._asked_with_form(request, link_id, form)
        if asked.standing is not Standing.OPEN or not asked.around.handing:
            return closed_page(asked) if asked.standing is not Standing.OPEN else _back(link_id)
        chosen, faults = _chosen(asked, form)
        if faults:
            return self._choice(request, asked, form, faults)
        sealed = self._seal(request, link_id, SUBSTITUTE, chosen)
        return self._page(request, "substitute_review.html", asked, who=_who(asked, chosen), sealed=sealed)

    def hand_over(self, request: Request, link_id: str, form: FormFields) -> Response:
        """Hand the question over."""
        asked = self._asked_with_form(request, link_id, form)
        chosen = self._sealed(request, link_id, form, SUBSTITUTE)
        services = self.services
        return self._do(
            asked,
            lambda: delegate(
                services.register, link_id=link_id, **chosen, now=services.clock.now(), secret_key=services.secret_key
            ),
        )

    def show_return(self, request: Request, link_id: str) -> Response:
        """What it means to give a question back, or to take it back."""
        asked = self._asked(request, link_id)
        if not _returnable(asked):
            return closed_page(asked) if asked.standing is not Standing.OPEN else _back(link_id)
        return self._page(request, "return.html", asked)

    def give_back(self, request: Request, link_id: str, form: FormFields) -> Response:
        """Give the question back, or take it back, whichever this link's holder can do."""
        asked = self._asked_with_form(request, link_id, form)
        services, act = self.services, take_back if asked.link.revoked_at else hand_back
        return self._do(
            asked,
            lambda: act(
                services.register, link_id=link_id, now=services.clock.now(), secret_key=services.secret_key
            ),
        )  # fmt: skip

    def show_done(self, request: Request, link_id: str) -> Response:
        """What has happened to the question that the link led to."""
        asked = self._asked(request, link_id)
        if asked.link.revoked_at is None:
            return _back(link_id)
        return page("done.html", asked.say, asked=asked)

    def _do(self, asked: Asked, act: Callable[[], None]) -> Response:
        """Do it and show what became of it; mails go out at once."""
        link_id = asked.link.id
        try:
            act()
        except (NoLongerOpen, LinkUnknown, CannotHandOver, BadAddress) as refused:
            log.info("refused for %s: %s", asked.assignment.id, refused)
            return _back(link_id)
        sending = BackgroundTask(self._send, asked.cycle.id)
        return RedirectResponse(f"{access.answer_path(link_id)}/done", status_code=SEE_OTHER, background=sending)

    def _send(self, cycle_id: str) -> None:
        try:
            if self.services.after_answer is not None:
                self.services.after_answer(cycle_id)
        except Exception:
            log.exception("after a question changed hands in %s", cycle_id)

    def _choice(self, request: Request, asked: Asked, typed: dict[str, str], faults: dict[str, str]) -> Response:
        given = {name: typed.get(name, "") for name in ("who", "address", "name")}
        status = UNPROCESSABLE if faults else 200
        return self._page(
            request, "substitute.html", asked, status=status, typed=given, faults=faults, called=called
        )  # fmt: skip

    def _page(self, request: Request, template: str, asked: Asked, *, status: int = 200, **values: object) -> Response:
        key, token = self.services.secret_key, access.token_of(request)
        csrf = access.csrf_token(key, asked.link.id, token)
        return page(template, asked.say, status=status, asked=asked, csrf=csrf, **values)

    def _asked(self, request: Request, link_id: str) -> Asked:
        with self.services.register.read() as session:
            link = access.permitted_link(session, link_id, access.token_of(request))
            if link is None:
                raise NotPermitted
            now, read = self.services.clock.now(), self.services.register.read
            return load_asked(session, link, now, self.services.link_grace, read=read)

    def _asked_with_form(self, request: Request, link_id: str, form: dict[str, str]) -> Asked:
        asked = self._asked(request, link_id)
        token = access.token_of(request)
        if not access.csrf_fits(form.get("csrf", ""), self.services.secret_key, link_id, token):
            raise NotPermitted
        return asked

    def _seal(self, request: Request, link_id: str, act: str, content: dict[str, str]) -> str:
        return access.seal(self.services.secret_key, link_id, access.token_of(request), content, act=act)

    def _sealed(self, request: Request, link_id: str, form: dict[str, str], act: str) -> dict[str, str]:
        key, token = self.services.secret_key, access.token_of(request)
        content = access.unseal(key, link_id, token, form.get("sealed", ""), act=act)
        if content is None:
            raise NotPermitted
        return content


def _back(link_id: str) -> Response:
    return RedirectResponse(access.answer_path(link_id), status_code=SEE_OTHER)


def _returnable(asked: Asked) -> bool:
    """Whether the question can be given back, or taken back."""
    if asked.link.revoked_at is not None:
        return may_take_back(asked.assignment, asked.link)
    return asked.standing is Standing.OPEN and asked.assignment.delegated_from is not None and asked.answer is None


def _chosen(asked: Asked, form: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Who was chosen, as `delegate` takes it; or what is wrong, by field."""
    say, who = asked.say, form.get("who", "")
    substitutes = {person.id for person in asked.around.handing.substitutes}
    if who in substitutes:
        return {"substitute": who}, {}
    if not asked.around.handing.anyone or (substitutes and who != TYPED):
        return {}, {"who": say(NOBODY_CHOSEN)}
    try:
        address = checked_address(form.get("address", ""))
    except BadAddress:
        return {}, {"address": say(NO_ADDRESS)}
    if address.lower() == asked.person.address.lower():
        return {}, {"address": say(ONESELF)}
    return {"address": address, "name": one_line(form.get("name", ""), MOST_NAME)}, {}


def _who(asked: Asked, chosen: dict[str, str]) -> str:
    """Who was chosen, in words."""
    known = {person.id: called(person) for person in asked.around.handing.substitutes}
    if "substitute" in chosen:
        return known[chosen["substitute"]]
    return f"{chosen['name']} ({chosen['address']})" if chosen["name"] else chosen["address"]
