"""To the identity provider and back."""

from __future__ import annotations

import hashlib
import logging
from typing import TYPE_CHECKING

from fastapi import APIRouter
from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.responses import RedirectResponse, Response

from config.terms import Language
from engine.accounts.openid import Attempt, OpenId, OpenIdError, account_for
from portal.desk.browser import FRONT, SIGN_IN, drop_cookie, safe_wanted, set_cookie
from portal.desk.signing_in import begin_session
from portal.desk.visit import SEE_OTHER
from portal.pages import visitor_words

if TYPE_CHECKING:
    from starlette.requests import Request

    from config.identity import OpenIdProvider
    from portal.desk.services import DeskServices

log = logging.getLogger("portal")
RETURN = f"{SIGN_IN}/oidc/return"
SECONDS = 600
"""How long somebody may take at the provider."""


class OidcPages:
    """The routes of the identity provider; there are none where no provider is named."""

    def __init__(self, services: DeskServices, provider: OpenIdProvider) -> None:
        self.services = services
        self.openid = OpenId(provider, f"{services.base_url.rstrip('/')}{RETURN}")
        self.cookie = "__Host-samsyn-oidc" if services.https else "samsyn-oidc"

    def router(self) -> APIRouter:
        """The routes."""
        routes = APIRouter()
        routes.add_route(f"{SIGN_IN}/oidc", self.leave, methods=["GET"], include_in_schema=False)
        routes.add_route(RETURN, self.come_back, methods=["GET"], include_in_schema=False)
        return routes

    def leave(self, request: Request) -> Response:
        """To the provider; what it has to bring back is sealed into a cookie."""
        try:
            address, attempt = self.openid.begin(safe_wanted(request.query_params.get("next", FRONT)))
        except OpenIdError as away:
            return self._failed(f"cannot be asked: {away}")
        response = RedirectResponse(address, status_code=SEE_OTHER)
        sealed = self._serializer().dumps(attempt.to_json())
        set_cookie(response, self.cookie, str(sealed), https=self.services.https, seconds=SECONDS)
        return response

    def come_back(self, request: Request) -> Response:
        """From the provider: who is it, and has it an account?"""
        services = self.services
        try:
            attempt = Attempt(**self._serializer().loads(request.cookies.get(self.cookie, ""), SECONDS))
            came = f"{self.openid.return_to}?{request.url.query}"
            vouched = self.openid.finish(attempt, came)
        except (BadData, OpenIdError, TypeError) as refused:
            return self._failed(f"did not vouch: {refused}")
        account = account_for(
            services.register, vouched, readers=self.openid.provider.readers,
            language=Language(visitor_words(request).language), now=services.settings.wall.now(),
        )  # fmt: skip
        if account is None:
            return self._failed("vouched for somebody without an account", why="unknown")
        response = begin_session(services, account.id, "oidc", attempt.wanted)
        drop_cookie(response, self.cookie, https=services.https)
        return response

    def _failed(self, what: str, why: str = "oidc") -> Response:
        log.warning("sign-in: the identity provider %s", what)
        response = RedirectResponse(f"{SIGN_IN}?failed={why}", status_code=SEE_OTHER)
        drop_cookie(response, self.cookie, https=self.services.https)
        return response

    def _serializer(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(
            self.services.secret_key, salt="samsyn-oidc", signer_kwargs={"digest_method": hashlib.sha256}
        )
