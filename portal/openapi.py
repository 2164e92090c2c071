"""The OpenAPI description, made true: every answer that a page can give, and the kinds of content that files have.

The framework knows the addresses and what goes well. What goes wrong is the same for all pages of a kind, so it is
said here once and not at every route.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portal.responses import ANSWER_PAGE, FORM_PAGE, HTML, LINK, PUBLIC_PAGE

if TYPE_CHECKING:
    from fastapi import FastAPI

    from portal.responses import Responses

FORM = {"content": {"application/x-www-form-urlencoded": {"schema": {"type": "object"}}}}
BINARY = {"schema": {"type": "string", "format": "binary"}}
ENDINGS = {
    "/record/{slug}.json": "application/ld+json",
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".ics": "text/calendar",
    ".json": "application/json",
}
"""Addresses that give files, by how they end."""
METHODS = frozenset({"get", "post", "put", "delete", "patch", "head", "options"})


def describe(app: FastAPI) -> None:
    """Let the app describe itself with these answers too."""
    plain = app.openapi

    def whole() -> dict[str, Any]:
        if app.openapi_schema is None:
            described = plain()
            for path, operations in described["paths"].items():
                for method, operation in operations.items():
                    if method in METHODS:
                        _complete(path, method, operation)
        return plain()

    app.openapi = whole  # type: ignore[method-assign]


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    responses.pop("422", None)  # the framework's own shape of it; ours are pages
    for status, response in _usual(path, method).items():
        responses.setdefault(str(status), response)
    if method == "post":
        operation.setdefault("requestBody", FORM)
    kind = next((kind for ending, kind in ENDINGS.items() if path.endswith(ending)), None)
    if kind is not None:
        responses["200"]["content"] = {kind: {}}
    elif "/file/" in path:
        responses["200"]["content"] = {"*/*": BINARY}
    elif set(responses["200"].get("content", {})) == set(HTML):
        responses["200"]["content"] = HTML


def _usual(path: str, method: str) -> Responses:
    """What pages of a kind answer with."""
    if path.startswith("/a/"):
        return LINK
    if path.startswith(("/answer/", "/desk")):
        return FORM_PAGE if method == "post" else ANSWER_PAGE
    return FORM_PAGE if method == "post" else PUBLIC_PAGE
