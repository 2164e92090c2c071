"""What the pages answer with, for the OpenAPI description."""

from __future__ import annotations

from typing import Any

Responses = dict[int | str, dict[str, Any]]
HTML = {"text/html": {"schema": {"type": "string"}}}


def _html(*described: tuple[int, str]) -> Responses:
    return {status: {"description": words, "content": HTML} for status, words in described}


TOO_MANY = _html((429, "Too many wrong tokens from one client; Retry-After says how long to wait"))
BROKEN = _html(
    (500, "Something went wrong"),
    (503, "Nothing can be saved just now; everything that was sent comes back; Retry-After says when to try again"),
)
MOVED_ON: Responses = {303: {"description": "Go on to another page"}}
FOUND = _html((404, "There is no such page"))
UNREADABLE = _html((400, "What was sent cannot be read"))
OPENED = _html((403, "The page opens from the link in the mail only"), (410, "Answers are no longer taken"))
HELD = _html((409, "The process is on hold"))
LINK: Responses = {**MOVED_ON, **FOUND, **UNREADABLE, **TOO_MANY, **BROKEN}
ANSWER_PAGE: Responses = {**MOVED_ON, **OPENED, **HELD, **FOUND, **UNREADABLE, **TOO_MANY, **BROKEN}
FORM_PAGE: Responses = {
    **ANSWER_PAGE,
    **_html((413, "What was sent is too large"), (422, "Something in the form is missing or does not fit")),
}
PUBLIC_PAGE: Responses = {**FOUND, **UNREADABLE, **BROKEN}
