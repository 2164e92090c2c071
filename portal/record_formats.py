"""The record in the forms that are not a page: for print, for programs, for calendars and for feed readers."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from fastapi import APIRouter
from starlette.requests import Request  # noqa: TC002 - FastAPI reads the annotations
from starlette.responses import Response

from engine.record.access import public_cycle
from engine.record.atom import record_atom
from engine.record.facts import journal_head, public_record_of
from engine.record.feed_calendar import record_calendar
from engine.record.matrix_csv import record_csv
from engine.record.news import news_of
from engine.record.popolo import record_json
from models.register import UnknownCycle
from portal.pages import NOT_FOUND, problem, stylesheet_address
from portal.record_page import FORMATS, render_record
from portal.record_pdf import record_pdf
from portal.words import languages

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.record.parts import Record
    from models.register import Register
    from portal.services import PortalServices

NOT_MODIFIED = 304
KEPT = 32
"""Documents in memory: one is set anew only when the register has changed."""
SAVED = ("pdf", "csv")
"""Formats that a browser saves under a name; the others are taken in by programs."""


class Edition(NamedTuple):
    """Which state of a cycle's record, in which language."""

    head: str  # of the journal
    language: str

    def tag(self, ending: str) -> str:
        """The entity tag (RFC 9110, 8.8.3): weak, because two renderings of one state mean the same."""
        covered = f"{self.head}:{self.language}:{ending}:{stylesheet_address()}"
        return f'W/"{hashlib.sha256(covered.encode()).hexdigest()[:32]}"'


class RecordFormats:
    """The routes of the formats."""

    def __init__(self, services: PortalServices) -> None:
        self.services = services
        self.written = lru_cache(maxsize=KEPT)(self._write)

    def router(self) -> APIRouter:
        """The routes; before that of the page, whose pattern fits these addresses too."""
        routes = APIRouter(tags=["public"])
        for ending, (media, _) in FORMATS.items():
            described = {
                200: {"content": {media: {}}, "description": "The record"},
                404: {"description": "No such record"},
            }
            routes.add_api_route(
                f"/record/{{slug}}.{ending}", self._give(ending), methods=["GET"], response_class=Response,
                responses=described, name=f"record_{ending}",  # type: ignore[arg-type]
            )  # fmt: skip
        return routes

    def _give(self, ending: str) -> Callable[..., Response]:
        def give(request: Request, slug: str, lang: str = "") -> Response:
            return self.give(request, slug, lang, ending)

        give.__doc__ = f"The record of a cycle as {ending.upper()}."
        return give

    def give(self, request: Request, slug: str, lang: str, ending: str) -> Response:
        """The record in a format; nothing but its tag where the client has this state already."""
        found = edition(self.services.register, slug, lang)
        if found is None:
            return problem(request, NOT_FOUND)
        headers = kept_headers(found.tag(ending))
        if not_modified(request, headers["etag"]):
            return Response(status_code=NOT_MODIFIED, headers=headers)
        if ending in SAVED:
            headers["content-disposition"] = f'attachment; filename="{slug}.{ending}"'
        media = FORMATS[ending][0]
        return Response(self.written(slug, found, ending), media_type=media, headers=headers)

    def _write(self, slug: str, found: Edition, ending: str) -> bytes:
        register = self.services.register
        return written(register, public_record_of(register, slug), found.language, ending, self.services.base_url)


def written(register: Register, record: Record, language: str, ending: str, base_url: str) -> bytes:
    """A record in a format. Only the feed asks the register more: when each thing became public."""
    if ending == "html":
        return render_record(record, language).encode()
    if ending == "pdf":
        return record_pdf(record, language, base_url)
    if ending == "json":
        return record_json(record, base_url).encode()
    if ending == "csv":
        return record_csv(record, language).encode()
    if ending == "ics":
        return record_calendar(record, language, base_url)
    return record_atom(record, news_of(register, record.slug), language, base_url)


def edition(register: Register, slug: str, lang: str) -> Edition | None:
    """The state of a cycle's record and the language to show it in; None where nobody may read it."""
    try:
        with register.read() as session:
            cycle = public_cycle(session, slug)
            _, head, _ = journal_head(session, slug)
    except UnknownCycle:
        return None
    return Edition(head, lang if lang in languages() else str(cycle.language))


def kept_headers(tag: str) -> dict[str, str]:
    """Anybody may keep it, and asks before showing it again: what is public can be withheld a minute later."""
    return {"etag": tag, "cache-control": "public, no-cache"}


def not_modified(request: Request, tag: str) -> bool:
    """Whether the client has this state (RFC 9110, 13.1.2)."""
    asked = request.headers.get("if-none-match", "")
    return tag in [one.strip() for one in asked.split(",")] or asked.strip() == "*"
