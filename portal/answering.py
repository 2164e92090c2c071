"""The answer pages: open the link, read, answer, look it over, bind it, get a receipt.

GET changes nothing, because mail scanners follow links. Binding takes a second page, a token against forgery and a
nonce that counts once.
"""

from __future__ import annotations

import logging
import secrets
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.requests import Request  # noqa: TC002 - FastAPI reads the annotations
from starlette.responses import HTMLResponse, RedirectResponse, Response

from engine.commands.answer import BadAnswer, LinkUnknown, NoLongerOpen, answer, link_by_token
from portal import access
from portal.asked import Asked, Standing, load_asked
from portal.fields import anchor, fault_words, filled_form, shown_form, summed_up
from portal.form import Typed, lines_of, read_reply, reasoned, tidy
from portal.headers import BODY_LIMIT
from portal.pages import (
    BAD_REQUEST,
    CONFLICT,
    GONE,
    NOT_FOUND,
    TOO_LARGE,
    UNPROCESSABLE,
    NotPermitted,
    page,
    problem,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.commands.answer import Reply
    from portal.form import Fault
    from portal.services import PortalServices

SEE_OTHER = 303
OWN_FIELDS = 20
"""How many fields a page has at most beside those of the step's form."""
MOST_FIELDS = 10_000
"""How many are read before it is known which form they belong to; the size of a request has its own limit."""
ROOM = 10_000
"""Bytes of a request beside the sealed answer."""
log = logging.getLogger("portal")


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a form that are texts; files are not taken here."""
    async with request.form(max_fields=MOST_FIELDS, max_files=1) as form:
        return {name: tidy(value) for name, value in form.items() if isinstance(value, str)}


FormFields = Annotated[dict[str, str], Depends(read_form)]


class AnswerPages:
    """The routes under `/a` and `/answer`."""

    def __init__(self, services: PortalServices) -> None:
        self.services = services

    def router(self) -> APIRouter:
        """The routes."""
        routes = APIRouter(default_response_class=HTMLResponse, tags=["answers"])
        routes.add_api_route("/a/{token}", self.open_link, methods=["GET"])
        routes.add_api_route("/answer/{link_id}", self.show_form, methods=["GET"])
        routes.add_api_route("/answer/{link_id}/document/{number}", self.show_document, methods=["GET"])
        routes.add_api_route("/answer/{link_id}/review", self.review, methods=["POST"])
        routes.add_api_route("/answer/{link_id}/change", self.change, methods=["POST"])
        routes.add_api_route("/answer/{link_id}", self.bind, methods=["POST"])
        routes.add_api_route("/answer/{link_id}/receipt", self.show_receipt, methods=["GET"])
        return routes

    def open_link(self, request: Request, token: str) -> Response:
        """Exchange the token in a mail for a cookie, and go on to a clean address."""
        try:
            with self.services.register.read() as session:
                link = link_by_token(session, token)
        except LinkUnknown:
            return problem(request, NOT_FOUND)
        response = RedirectResponse(access.answer_path(link.id), status_code=SEE_OTHER)
        access.let_in(response, link.id, token, https=self.services.https)
        return response

    def show_form(self, request: Request, link_id: str) -> Response:
        """The question, what is needed to answer it, and the form."""
        asked = self._asked(request, link_id)
        if asked.standing is not Standing.OPEN:
            return closed_page(asked)
        return self._form_page(request, asked, Typed.first(asked))

    def show_document(self, request: Request, link_id: str, number: str) -> Response:
        """One of the documents to read first, on a page of its own."""
        asked = self._asked(request, link_id)
        chosen = int(number) if number.isascii() and number.isdecimal() and len(number) <= len("999") else 0
        if not 1 <= chosen <= len(asked.documents):
            return problem(request, NOT_FOUND, asked.say)
        return page("document.html", asked.say, asked=asked, document=asked.documents[chosen - 1])

    def review(self, request: Request, link_id: str, form: FormFields) -> Response:
        """Everything that will be recorded, to be looked over. Writes nothing."""
        typed = Typed.from_form(form)
        asked = self._asked(request, link_id, typed)
        self._see_that_form_is_ours(request, link_id, form)
        if len(form) > OWN_FIELDS + len(asked.field_ids):
            raise HTTPException(BAD_REQUEST)
        if asked.standing is not Standing.OPEN:
            return closed_page(asked, typed)
        reply, faults = read_reply(asked, typed)
        if reply is None:
            return self._form_page(request, asked, typed, faults)
        content = {"typed": typed.to_json(), "nonce": secrets.token_urlsafe(18)}
        sealed = access.seal(self.services.secret_key, link_id, access.token_of(request), content)
        if len(sealed) > BODY_LIMIT - ROOM:  # it would be shown, and refused when it is confirmed
            return problem(request, TOO_LARGE, asked.say, typed)
        return page(
            "review.html", asked.say, asked=asked, reply=reply, items=lines_of(typed.items), sealed=sealed,
            filled=filled_form(asked, reply.content), csrf=self._csrf(request, link_id),
        )  # fmt: skip

    def change(self, request: Request, link_id: str, form: FormFields) -> Response:
        """Back from the review page to the form, with everything still in it."""
        asked = self._asked(request, link_id)
        typed, _ = self._sealed(request, link_id, form)
        if asked.standing is not Standing.OPEN:
            return closed_page(asked, typed)
        return self._form_page(request, asked, typed)

    def bind(self, request: Request, link_id: str, form: FormFields) -> Response:
        """Record the answer that was looked over. The same nonce again records nothing more."""
        asked = self._asked(request, link_id)
        typed, nonce = self._sealed(request, link_id, form)
        reply, faults = read_reply(asked, typed)
        if reply is None:
            return self._form_page(request, asked, typed, faults)
        try:
            self._record(link_id, reply, nonce)
        except NoLongerOpen:
            return closed_page(self._asked(request, link_id), typed)
        except (BadAnswer, LinkUnknown) as refused:
            raise NotPermitted(typed) from refused
        receipt = f"{access.answer_path(link_id)}/receipt"
        sending = BackgroundTask(self._after_answer, asked.cycle.id)
        return RedirectResponse(receipt, status_code=SEE_OTHER, background=sending)

    def show_receipt(self, request: Request, link_id: str) -> Response:
        """What has been recorded."""
        asked = self._asked(request, link_id)
        if asked.answer is None:
            return RedirectResponse(access.answer_path(link_id), status_code=SEE_OTHER)
        filled = filled_form(asked, asked.answer.content)
        return page("receipt.html", asked.say, asked=asked, given=asked.answer, items=items_of(asked), filled=filled)

    def _record(self, link_id: str, reply: Reply, nonce: str) -> None:
        services = self.services
        answer(services.register, link_id=link_id, reply=reply, nonce=nonce, now=services.clock.now())

    def _after_answer(self, cycle_id: str) -> None:
        """The answer is on disk; whatever fails from here on must not look as if it were not."""
        if self.services.after_answer is None:
            return
        try:
            self.services.after_answer(cycle_id)
        except Exception:
            log.exception("after an answer in %s", cycle_id)

    def _asked(self, request: Request, link_id: str, typed: Typed | None = None) -> Asked:
        """What the cookie's token opens.

        Raises:
            NotPermitted: it does not open this link.
        """
        with self.services.register.read() as session:
            link = access.permitted_link(session, link_id, access.token_of(request))
            if link is None:
                raise NotPermitted(typed)
            return load_asked(session, link, self.services.clock.now())

    def _csrf(self, request: Request, link_id: str) -> str:
        return access.csrf_token(self.services.secret_key, link_id, access.token_of(request))

    def _see_that_form_is_ours(self, request: Request, link_id: str, form: dict[str, str]) -> None:
        key, token = self.services.secret_key, access.token_of(request)
        if not access.csrf_fits(form.get("csrf", ""), key, link_id, token):
            raise NotPermitted(Typed.from_form(form))

    def _sealed(self, request: Request, link_id: str, form: dict[str, str]) -> tuple[Typed, str]:
        """What was reviewed, and the nonce that lets it count once."""
        self._see_that_form_is_ours(request, link_id, form)
        key, token = self.services.secret_key, access.token_of(request)
        content = access.unseal(key, link_id, token, form.get("sealed", ""))
        if content is None:
            raise NotPermitted
        return Typed(**content["typed"]), str(content["nonce"])

    def _form_page(self, request: Request, asked: Asked, typed: Typed, faults: Sequence[Fault] = ()) -> Response:
        return page(
            "answer.html", asked.say, status=UNPROCESSABLE if faults else 200, asked=asked, typed=typed,
            faults={anchor(asked, fault): fault_words(asked, fault) for fault in faults},
            summary=[(anchor(asked, fault), summed_up(asked, fault)) for fault in faults],
            sections=shown_form(asked, typed.fields, faults), reasoned=reasoned(asked),
            csrf=self._csrf(request, asked.link.id),
        )  # fmt: skip


def items_of(asked: Asked) -> list[str]:
    """The names in the answer that counts."""
    return lines_of(str(asked.answer.content.get("items", ""))) if asked.answer else []


def closed_page(asked: Asked, typed: Typed | None = None) -> Response:
    """Why nothing can be answered any more, what became of the matter, and what was just typed."""
    status = CONFLICT if asked.standing is Standing.HELD else GONE
    written = typed if typed is not None and typed.anything else None
    return page(
        "closed.html", asked.say, status=status, asked=asked, given=asked.answer, items=items_of(asked), kept=written,
        filled=filled_form(asked, written.fields) if written else [],
    )  # fmt: skip
