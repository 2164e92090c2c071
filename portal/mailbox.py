"""The development mailbox in the browser: every mail that was sent, without a mail server to set up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from starlette.requests import Request  # noqa: TC002 - FastAPI reads the annotations
from starlette.responses import HTMLResponse, JSONResponse, Response

from portal.headers import CSP_OF_A_MAIL, CSP_WITH_FRAME
from portal.pages import NOT_FOUND, page, problem, visitor_words

if TYPE_CHECKING:
    from engine.mailbox import Mailbox, StoredMail

ADDRESS = re.compile(r"https?://[^\s<>\"')]+")
ANSWER_LINK = re.compile(r"https?://[^\s<>\"')]+/a/[A-Za-z0-9_-]+")
SHOWN = 200
"""Mails on one page; older ones are found by address."""


@dataclass(frozen=True)
class Listing:
    """What the list shows: the newest mails first, and how many there are in all."""

    mails: list[StoredMail]
    total: int
    address: str


class MailboxPages:
    """The routes under `/mailbox`; they only read."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox

    def router(self) -> APIRouter:
        """The routes."""
        routes = APIRouter(default_response_class=HTMLResponse, tags=["mailbox"])
        routes.add_api_route("/mailbox", self.show_list, methods=["GET"])
        routes.add_api_route("/mailbox.json", self.list_json, methods=["GET"], response_class=JSONResponse)
        routes.add_api_route("/mailbox/{mail_id}", self.show_mail, methods=["GET"])
        routes.add_api_route("/mailbox/{mail_id}/html", self.show_html, methods=["GET"])
        return routes

    def show_list(self, request: Request, to: str = "") -> Response:
        """The mails, newest first; `to` keeps those to one address."""
        mails = self.mailbox.messages(address=to.strip() or None)
        listing = Listing(mails[::-1][:SHOWN], len(mails), to.strip())
        return page("mailbox.html", visitor_words(request), listing=listing)

    def list_json(self, to: str = "", after: str = "") -> Response:
        """The mails for programs, oldest first; `after` is the id of the last mail that is known already."""
        mails = self.mailbox.messages(address=to.strip() or None, after=after or None)
        return JSONResponse([as_json(mail) for mail in mails])

    def show_mail(self, request: Request, mail_id: str) -> Response:
        """One mail: its headers, its text, its links, and its HTML in a frame that can do nothing."""
        mail = self.mailbox.get(mail_id)
        if mail is None:
            return problem(request, NOT_FOUND)
        links = [link for link in links_of(mail) if link.startswith(("http://", "https://"))]
        shown = page("mail.html", visitor_words(request), mail=mail, headers=headers_of(mail), links=links)
        shown.headers["Content-Security-Policy"] = CSP_WITH_FRAME
        return shown

    def show_html(self, request: Request, mail_id: str) -> Response:
        """A mail's HTML as it was sent, for the frame."""
        mail = self.mailbox.get(mail_id)
        if mail is None or not mail.html:
            return problem(request, NOT_FOUND)
        return HTMLResponse(mail.html, headers={"Content-Security-Policy": CSP_OF_A_MAIL})


def as_json(mail: StoredMail) -> dict[str, Any]:
    """A mail for programs; `links` are the answer links in its text."""
    return {
        "id": mail.id,
        "to": list(mail.to),
        "date": mail.date.isoformat() if mail.date else None,
        "kind": mail.kind,
        "subject": mail.subject,
        "message_id": mail.message_id,
        "links": list(dict.fromkeys(ANSWER_LINK.findall(mail.text))),
    }


def links_of(mail: StoredMail) -> list[str]:
    """The addresses in a mail's text, each once."""
    return list(dict.fromkeys(found.rstrip(".,;:") for found in ADDRESS.findall(mail.text)))


def headers_of(mail: StoredMail) -> list[tuple[str, str]]:
    """A mail's headers in their order, decoded."""
    return [(name, str(value)) for name, value in message_from_bytes(mail.raw, policy=policy.default).items()]
