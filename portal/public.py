"""The pages that anybody may read: the cycles, and the record of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter
from sqlmodel import col, select
from starlette.requests import Request  # noqa: TC002 - FastAPI reads the annotations
from starlette.responses import HTMLResponse, Response

from engine.compilation import NoConsultation
from engine.compilation_csv import compilation_csv
from engine.compilation_xlsx import compilation_xlsx
from engine.record.access import is_public
from engine.record.consultations import public_compilation
from engine.record.facts import public_record_of
from engine.record.meetings import NoMinutes, minutes_of
from models.cycle import Cycle
from models.register import UnknownCycle
from portal.compilation_page import CompilationWords
from portal.desk.paging import page_of
from portal.pages import NOT_FOUND, page, problem, stylesheet_address, visitor_words
from portal.record_formats import NOT_MODIFIED, edition, kept_headers, not_modified
from portal.record_page import render_record
from portal.words import languages, words

if TYPE_CHECKING:
    from portal.services import PortalServices

MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class PublicPages:
    """The routes that need no link; they only read."""

    def __init__(self, services: PortalServices) -> None:
        self.services = services

    def router(self) -> APIRouter:
        """The routes."""
        routes = APIRouter(default_response_class=HTMLResponse, tags=["public"])
        routes.add_api_route("/", self.show_start, methods=["GET"])
        routes.add_api_route("/record/{slug}", self.show_record, methods=["GET"])
        routes.add_api_route("/record/{slug}/minutes/{key}", self.show_minutes, methods=["GET"])
        routes.add_api_route("/record/{slug}/consultation/{phase}.csv", self.give_csv, methods=["GET"])
        routes.add_api_route("/record/{slug}/consultation/{phase}.xlsx", self.give_xlsx, methods=["GET"])
        routes.add_api_route("/record/{slug}/consultation/{phase}", self.show_compilation, methods=["GET"])
        return routes

    def show_start(self, request: Request) -> Response:
        """The cycles, those that run first."""
        with self.services.register.read() as session:
            cycles = session.exec(select(Cycle).order_by(col(Cycle.started_at).desc(), col(Cycle.id))).all()
        public = [cycle for cycle in cycles if is_public(cycle)]
        running = [cycle for cycle in public if cycle.ended_at is None]
        ended = [cycle for cycle in public if cycle.ended_at is not None]
        has_mailbox = self.services.mailbox is not None
        return page("start.html", visitor_words(request), running=running, ended=ended, has_mailbox=has_mailbox)

    def show_record(self, request: Request, slug: str, lang: str = "") -> Response:
        """The public record of a cycle, in its own language or in another with `?lang=`."""
        found = edition(self.services.register, slug, lang)
        if found is None:
            return problem(request, NOT_FOUND)
        headers = kept_headers(found.tag("html"))
        if not_modified(request, headers["etag"]):
            return Response(status_code=NOT_MODIFIED, headers=headers)
        record = public_record_of(self.services.register, slug, replies=False)
        return HTMLResponse(render_record(record, found.language, stylesheet=stylesheet_address()), headers=headers)

    def show_minutes(self, request: Request, slug: str, key: str, lang: str = "") -> Response:
        """Minutes in full, when they have been attested."""
        try:
            minutes = minutes_of(self.services.register, slug, key)
        except (UnknownCycle, NoMinutes):
            return problem(request, NOT_FOUND)
        say = words(lang if lang in languages() else minutes.language)
        return page("minutes.html", say, minutes=minutes)

    def show_compilation(self, request: Request, slug: str, phase: str, lang: str = "") -> Response:
        """Who said what in a consultation, subject by subject, and what became of each remark."""
        try:
            compilation = public_compilation(self.services.register, slug, phase)
        except NoConsultation:
            return problem(request, NOT_FOUND)
        say = words(lang if lang in languages() else compilation.language)
        pages = page_of(
            len(compilation.consultees), f"/record/{slug}/consultation/{phase}", request.query_params.get("page", ""),
            kept={"lang": say.language},
        )  # fmt: skip
        helper = CompilationWords(say, compilation, pages)
        return page("compilation.html", say, compilation=compilation, helper=helper)

    def give_csv(self, request: Request, slug: str, phase: str, lang: str = "") -> Response:
        """The same as comma-separated values, to be saved."""
        return self._give(request, slug, phase, lang, "csv")

    def give_xlsx(self, request: Request, slug: str, phase: str, lang: str = "") -> Response:
        """The same as a workbook, to be saved."""
        return self._give(request, slug, phase, lang, "xlsx")

    def _give(self, request: Request, slug: str, phase: str, lang: str, ending: str) -> Response:
        try:
            compilation = public_compilation(self.services.register, slug, phase)
        except NoConsultation:
            return problem(request, NOT_FOUND)
        language = lang if lang in languages() else compilation.language
        written: str | bytes
        written = (compilation_csv if ending == "csv" else compilation_xlsx)(compilation, language)
        saved = {"content-disposition": f'attachment; filename="{slug}-{phase}.{ending}"'}
        return Response(written, media_type=MEDIA[ending], headers=saved)
