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
from engine.commands.draft import content_of
from notifications.i18n import N_
from portal import access
from portal.answer_page import closed_page, form_page, items_of, read_first, shown
from portal.asked import SHUT, Asked, Standing, load_asked
from portal.drafting import files_to_bind, keep_draft, place_of
from portal.failures import wrong_token
from portal.fields import filled_form
from portal.files import give_out
from portal.form import Typed, lines_of, read_reply
from portal.headers import BODY_LIMIT
from portal.pages import (
    BAD_REQUEST,
    NOT_FOUND,
    TOO_LARGE,
    NotPermitted,
    page,
    problem,
)
from portal.uploads import PostedForm, read_form

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.commands.answer import Reply
    from engine.documents.given import GivenFile
    from portal.form import Fault
    from portal.services import PortalServices
    from portal.uploads import Posted

SEE_OTHER = 303
FILES_CHANGED = N_("The files have changed since you looked the answer over. Look it over again.")
OWN_FIELDS = 20
"""How many fields a page has at most beside those of the step's form."""
"""How many are read before it is known which form they belong to; the size of a request has its own limit."""
ROOM = 10_000
"""Bytes of a request beside the sealed answer."""
log = logging.getLogger("portal")


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
        routes.add_api_route("/answer/{link_id}/file/{sha256}", self.give_file, methods=["GET"])
        routes.add_api_route("/answer/{link_id}/save", self.save, methods=["POST"])
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
            return wrong_token(self.services, request, NOT_FOUND)
        response = RedirectResponse(access.answer_path(link.id), status_code=SEE_OTHER)
        access.let_in(response, link.id, token, https=self.services.https)
        return response

    def show_form(self, request: Request, link_id: str, saved: str = "") -> Response:
        """The question, what is needed to answer it, and the form; `saved` is the place where it was just saved."""
        asked = self._asked(request, link_id)
        if asked.standing is not Standing.OPEN:
            return closed_page(asked)
        return self._form_page(request, asked, Typed.first(asked), saved=saved)

    def show_document(self, request: Request, link_id: str, number: str) -> Response:
        """One of the documents to read first, on a page of its own."""
        asked = self._asked(request, link_id)
        if asked.standing in SHUT:
            return closed_page(asked)
        chosen = int(number) if number.isascii() and number.isdecimal() and len(number) <= len("999") else 0
        if not 1 <= chosen <= len(asked.documents):
            return problem(request, NOT_FOUND, asked.say)
        document = asked.documents[chosen - 1]
        return page("document.html", asked.say, asked=asked, document=document, files=read_first(asked)[document.id])

    def give_file(self, request: Request, link_id: str, sha256: str) -> Response:
        """A file that belongs to the question, to the answer or to the draft, to be saved."""
        asked = self._asked(request, link_id)
        own = {file.sha256: file for file in asked.papers.unsent}
        found = own.get(sha256) if asked.standing in SHUT else asked.papers.find(sha256)
        with self.services.register.read() as session:
            content = content_of(session, asked.assignment.id, asked.person.id, sha256) if found else None
        if found is None or content is None:
            return problem(request, NOT_FOUND, asked.say)
        return give_out(request, found, content, public=False)

    def save(self, request: Request, link_id: str, posted: PostedForm) -> Response:
        """Keep what has been typed and attached, to go on with it now or on another day."""
        kept = self._keep(request, link_id, posted)
        if isinstance(kept, Response):
            return kept
        asked, typed, refused = kept
        if refused:
            return self._form_page(request, asked, typed, refused=refused)
        place = place_of(posted.fields.get("do", ""), asked)
        return RedirectResponse(f"{access.answer_path(link_id)}?saved={place}#{place}", status_code=SEE_OTHER)

    def review(self, request: Request, link_id: str, posted: PostedForm) -> Response:
        """Everything that will be recorded, to be looked over. Nothing but the draft is written."""
        kept = self._keep(request, link_id, posted)
        if isinstance(kept, Response):
            return kept
        asked, typed, refused = kept
        reply, faults = read_reply(asked, typed)
        if reply is None or refused:
            return self._form_page(request, asked, typed, faults, refused=refused)
        content = {"typed": typed.to_json(), "nonce": secrets.token_urlsafe(18), "files": _hashes(reply.files)}
        sealed = access.seal(self.services.secret_key, link_id, access.token_of(request), content)
        if len(sealed) > BODY_LIMIT - ROOM:  # it would be shown, and refused when it is confirmed
            return problem(request, TOO_LARGE, asked.say, typed)
        return page(
            "review.html", asked.say, asked=asked, reply=reply, items=lines_of(typed.items), sealed=sealed,
            filled=filled_form(asked, reply.content), csrf=self._csrf(request, link_id),
            files=shown(asked, reply.files),
        )  # fmt: skip

    def change(self, request: Request, link_id: str, form: FormFields) -> Response:
        """Back from the review page to the form, with everything still in it."""
        asked = self._asked(request, link_id)
        typed, _, _ = self._sealed(request, link_id, form)
        if asked.standing is not Standing.OPEN:
            return closed_page(asked, typed)
        return self._form_page(request, asked, typed)

    def bind(self, request: Request, link_id: str, form: FormFields) -> Response:
        """Record the answer that was looked over. The same nonce again records nothing more."""
        asked = self._asked(request, link_id)
        typed, nonce, hashes = self._sealed(request, link_id, form)
        files = files_to_bind(self.services, asked)
        if _hashes(files) != hashes:
            asked = self._asked(request, link_id)  # the draft is gone where the same press has been recorded meanwhile
        receipt = f"{access.answer_path(link_id)}/receipt"
        if any(given.nonce == nonce for given in asked.answers):
            return RedirectResponse(receipt, status_code=SEE_OTHER)
        if asked.standing is not Standing.OPEN:
            return closed_page(asked, typed)
        if _hashes(files) != hashes:
            return self._form_page(request, asked, typed, refused=[asked.say(FILES_CHANGED)])
        reply, faults = read_reply(asked, typed, files)
        if reply is None:
            return self._form_page(request, asked, typed, faults)
        try:
            self._record(link_id, reply, nonce, typed)
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
        if asked.standing in SHUT:
            return closed_page(asked)
        if asked.answer is None:
            return RedirectResponse(access.answer_path(link_id), status_code=SEE_OTHER)
        filled = filled_form(asked, asked.answer.content)
        return page(
            "receipt.html", asked.say, asked=asked, given=asked.answer, items=items_of(asked), filled=filled,
            files=shown(asked, asked.papers.given),
        )  # fmt: skip

    def _record(self, link_id: str, reply: Reply, nonce: str, typed: Typed) -> None:
        register, now = self.services.register, self.services.clock.now()
        answer(register, link_id=link_id, reply=reply, nonce=nonce, now=now, typed=typed.to_json())

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
            now, read = self.services.clock.now(), self.services.register.read
            return load_asked(session, link, now, self.services.link_grace, read=read)

    def _keep(self, request: Request, link_id: str, posted: Posted) -> Response | tuple[Asked, Typed, list[str]]:
        """Save what a form brought; returns why files are not taken, or the page that says why nothing can be saved."""
        typed = Typed.from_form(posted.fields)
        asked = self._asked(request, link_id, typed)
        self._see_that_form_is_ours(request, link_id, posted.fields)
        if len(posted.fields) > OWN_FIELDS + len(asked.field_ids):
            raise HTTPException(BAD_REQUEST)
        if asked.standing not in (Standing.OPEN, Standing.HELD):
            return closed_page(asked, typed)
        refused = keep_draft(self.services, asked, posted, typed)
        asked = asked.with_papers()
        return (asked, typed, refused) if asked.standing is Standing.OPEN else closed_page(asked, typed)

    def _csrf(self, request: Request, link_id: str) -> str:
        return access.csrf_token(self.services.secret_key, link_id, access.token_of(request))

    def _see_that_form_is_ours(self, request: Request, link_id: str, form: dict[str, str]) -> None:
        key, token = self.services.secret_key, access.token_of(request)
        if not access.csrf_fits(form.get("csrf", ""), key, link_id, token):
            raise NotPermitted(Typed.from_form(form))

    def _sealed(self, request: Request, link_id: str, form: dict[str, str]) -> tuple[Typed, str, list[str]]:
        """What was reviewed, the nonce that lets it count once, and the files' hashes."""
        self._see_that_form_is_ours(request, link_id, form)
        key, token = self.services.secret_key, access.token_of(request)
        content = access.unseal(key, link_id, token, form.get("sealed", ""))
        if content is None:
            raise NotPermitted
        return Typed.from_json(content["typed"]), str(content["nonce"]), list(content.get("files", ()))

    def _form_page(
        self, request: Request, asked: Asked, typed: Typed, faults: Sequence[Fault] = (), *,
        refused: Sequence[str] = (), saved: str = "",
    ) -> Response:  # fmt: skip
        csrf = self._csrf(request, asked.link.id)
        return form_page(self.services, asked, typed, csrf, faults, refused=refused, saved=saved)


def _hashes(files: Sequence[GivenFile]) -> list[str]:
    return [file.sha256 for file in files]
