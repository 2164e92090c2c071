"""Pages: templates, the language of a page, and the responses that carry them."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse

from notifications.i18n import N_
from portal.words import Words, languages, preferred, words

if TYPE_CHECKING:
    from starlette.requests import Request

    from portal.form import Typed

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"

BAD_REQUEST, FORBIDDEN, NOT_FOUND, WRONG_METHOD = 400, 403, 404, 405
CONFLICT, GONE, TOO_LARGE, UNPROCESSABLE, TOO_MANY, BROKEN = 409, 410, 413, 422, 429, 500

PROBLEMS = {
    BAD_REQUEST: (
        N_("The page could not read what was sent"),
        N_("Go back and try again. If it does not help, open the link in the mail once more."),
    ),
    FORBIDDEN: (
        N_("Open the link in the mail"),
        N_(
            "This page only opens from the link in the mail that asked you. Open the mail again and follow its link. "
            "Your browser must allow cookies from this site."
        ),
    ),
    NOT_FOUND: (
        N_("There is no such page"),
        N_("Check that the address is whole. Some mail programs break a long link in two."),
    ),
    WRONG_METHOD: (
        N_("That cannot be done here"),
        N_("The page exists but cannot be used in that way. Go back and try again."),
    ),
    TOO_LARGE: (
        N_("The text is too long"),
        N_(
            "At most one megabyte of text can be sent at a time, and files only as large as the form says. Nothing has "
            "been recorded. Go back, shorten the text or choose smaller files, and try again."
        ),
    ),
    TOO_MANY: (
        N_("Wait a while"),
        N_(
            "Too many links that do not fit have been opened from your network. Check that your link is whole, and try "
            "again later. A link that fits opens even now."
        ),
    ),
    BROKEN: (
        N_("Something went wrong with us"),
        N_("It is not your fault. Nothing was recorded by this step. Try again in a moment."),
    ),
}
"""What the pages of problems say: a heading, and what to do about it."""


class NotPermitted(HTTPException):
    """The page does not open with what the browser brought; what was typed is given back."""

    def __init__(self, typed: Typed | None = None) -> None:
        super().__init__(FORBIDDEN)
        self.typed = typed


@cache
def stylesheet() -> str:
    """The portal's CSS."""
    return (STATIC / "samsyn.css").read_text(encoding="utf-8")


@cache
def stylesheet_address() -> str:
    """Where the CSS is served; the address changes with its content, so that it may be kept for long."""
    return f"/static/samsyn.css?v={hashlib.sha256(stylesheet().encode()).hexdigest()[:12]}"


@cache
def static_address(name: str) -> str:
    """Where a file of `static/` is served; the address changes with its content."""
    return f"/static/{name}?v={hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"


@cache
def environment() -> Environment:
    """The templates: everything is escaped, and a name that is not there is an error."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["stylesheet_address"] = stylesheet_address
    made.globals["static_address"] = static_address
    return made


def render(template: str, say: Words, **values: Any) -> str:
    """A template in a language, as HTML."""
    return environment().get_template(template).render(_=say, say=say, lang=say.language, **values)


def page(template: str, say: Words, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A response with a rendered template."""
    return HTMLResponse(render(template, say, **values), status_code=status)


def visitor_words(request: Request) -> Words:
    """The language of somebody we do not know: what `?lang=` says, otherwise what the browser asks for."""
    chosen = request.query_params.get("lang", "")
    return words(chosen if chosen in languages() else preferred(request.headers.get("accept-language", "")))


def problem(request: Request, status: int, say: Words | None = None, kept: Typed | None = None) -> HTMLResponse:
    """The page of a problem, in the house layout; with what was typed, so that it is not lost."""
    heading, advice = PROBLEMS.get(status, PROBLEMS[BAD_REQUEST])
    written = kept if kept is not None and kept.anything else None
    say = say or visitor_words(request)
    return page("problem.html", say, status=status, heading=heading, advice=advice, kept=written)
