"""A visit to the desk: who is there, to which cycle, with which form; and the ways to answer it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response

from engine.accounts.permissions import permits
from engine.accounts.sessions import say_next, take_said
from portal.desk.browser import csrf_token
from portal.desk.menu import menu_of
from portal.pages import BAD_REQUEST, render
from portal.words import words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from starlette.requests import Request

    from engine.accounts.permissions import Permission, Standing
    from models.account import Account
    from models.cycle import Cycle
    from models.register import Register
    from portal.desk.services import DeskServices
    from portal.uploads import PostedFile
    from portal.words import Words

SEE_OTHER, NOT_MODIFIED = 303, 304
CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""The desk's pages load one script of their own, which works without them and they without it."""
REFRESHING = "x-samsyn-refresh"
"""The header of a script that only looks whether a page has changed."""
REVIEW_SECONDS = 3600
"""How long a reviewed act may be confirmed."""


@dataclass(frozen=True)
class Visit:
    """One request of somebody who is signed in and may."""

    services: DeskServices
    request: Request
    session_id: str
    standing: Standing
    now: datetime  # by the cycles' clock
    cycle: Cycle | None = None
    form: Mapping[str, str] = field(default_factory=dict)
    files: tuple[PostedFile, ...] = ()  # of a route that takes them

    @property
    def register(self) -> Register:
        """The register."""
        return self.services.register

    @property
    def account(self) -> Account:
        """Whose visit it is."""
        return self.standing.account

    @property
    def actor(self) -> str:
        """Who acts, for the journal."""
        return self.account.actor

    @property
    def here(self) -> Cycle:
        """The cycle of a route with `{slug}`."""
        assert self.cycle is not None  # noqa: S101 - the router has looked it up
        return self.cycle

    @property
    def say(self) -> Words:
        """The account's language."""
        return words(str(self.account.language))

    @property
    def csrf(self) -> str:
        """The token that this session's forms carry."""
        return csrf_token(self.services.secret_key, self.session_id)

    def may(self, permission: Permission | None) -> bool:
        """Whether a button is worth showing."""
        return permits(permission, self.standing)

    def part(self, name: str) -> str:
        """A part of the address: `slug`."""
        return str(self.request.path_params[name])

    def asked(self, name: str, default: str = "") -> str:
        """A part of the address's query."""
        return self.request.query_params.get(name, default)

    def page(self, template: str, *, status: int = 200, **values: Any) -> Response:
        """A page of the desk. It has an ETag, so that a browser that only looks is told that nothing changed."""
        looks = REFRESHING in self.request.headers
        said = [] if looks else take_said(self.register, self.session_id)
        html = render(template, self.say, visit=self, said=said, menu=menu_of(self), **values)
        etag = f'"{hashlib.sha256(html.encode()).hexdigest()[:32]}"'
        headers = {"Content-Security-Policy": CSP, "ETag": etag, "X-Robots-Tag": "noindex, nofollow"}
        if looks and self.request.headers.get("if-none-match") == etag:
            return Response(status_code=NOT_MODIFIED, headers=headers)
        return HTMLResponse(html, status_code=status, headers=headers)

    def go(self, address: str) -> Response:
        """To another page, after an act (RFC 9110, 15.4.4)."""
        return RedirectResponse(address, status_code=SEE_OTHER)

    def tell(self, message: str, *, good: bool = True) -> None:
        """Say something on this session's next page, in the account's language; `message` is said already."""
        say_next(self.register, self.session_id, {"text": message, "good": good})

    def review(
        self, *, title: str, facts: Sequence[tuple[str, str]], act: str, back: str, content: dict[str, Any],
        button: str, warning: str = "",
    ) -> Response:  # fmt: skip
        """The page on which an act is looked over before it is done.

        Args:
            title: what will be done.
            facts: label and value of everything that will be recorded.
            act: the address that does it; its handler calls `reviewed`.
            back: the page to return to.
            content: what the act needs, sealed into the page.
            button: what the binding button says.
            warning: what cannot be undone, if something cannot.
        """
        sealed = self.seal(act, content)
        return self.page(
            "desk/review.html", title=title, facts=facts, act=act, back=back, sealed=sealed, button=button,
            warning=warning,
        )  # fmt: skip

    def seal(self, act: str, content: dict[str, Any]) -> str:
        """What an act needs, for the page on which it is looked over; only `reviewed` at that address reads it."""
        return str(self._serializer(act).dumps(content))

    def reviewed(self) -> dict[str, Any]:
        """What was looked over on the page that brought this act.

        Raises:
            HTTPException: 400, when it was not sealed for this act in this session within the last hour.
        """
        try:
            content = self._serializer(self.request.url.path).loads(self.form.get("sealed", ""), REVIEW_SECONDS)
        except BadData as refused:
            raise HTTPException(BAD_REQUEST) from refused
        return dict(content)

    def _serializer(self, act: str) -> URLSafeTimedSerializer:
        salt = f"samsyn-desk-review:{self.session_id}:{act}"
        return URLSafeTimedSerializer(
            self.services.secret_key, salt=salt, signer_kwargs={"digest_method": hashlib.sha256}
        )
