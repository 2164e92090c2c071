"""A real OpenID provider on loopback: Authlib's server behind uvicorn, with one client and one person signed in."""

# ruff: noqa: ARG002 - the signatures are Authlib's

from __future__ import annotations

import json
import socket
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import uvicorn
from authlib.common.security import generate_token
from authlib.oauth2 import AuthorizationServer, OAuth2Request
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, OAuth2Payload
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

if TYPE_CHECKING:
    from starlette.requests import Request

CLIENT, SECRET = "samsyn", "the client's secret"


@dataclass
class Client(ClientMixin):
    """The one application that the provider knows."""

    return_to: str = ""
    client_id: str = CLIENT

    def get_client_id(self) -> str:
        """Its name."""
        return CLIENT

    def get_default_redirect_uri(self) -> str:
        """Where it is."""
        return self.return_to

    def get_allowed_scope(self, scope: str) -> str:
        """Everything."""
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """That and nothing else."""
        return redirect_uri == self.return_to

    def check_client_secret(self, client_secret: str) -> bool:
        """The secret."""
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """HTTP Basic."""
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        """The authorization code flow."""
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        """The same."""
        return grant_type == "authorization_code"


@dataclass
class Code(AuthorizationCodeMixin):
    """A code that was given out."""

    redirect_uri: str
    scope: str
    nonce: str | None
    user: Any
    code_challenge: str | None
    code_challenge_method: str | None
    client_id: str = CLIENT

    def get_redirect_uri(self) -> str:
        """Where it was sent."""
        return self.redirect_uri

    def get_scope(self) -> str:
        """For what."""
        return self.scope

    def get_nonce(self) -> str | None:
        """Whose."""
        return self.nonce

    def get_auth_time(self) -> int:
        """Just now."""
        return int(time.time())

    def get_acr(self) -> None:
        """Nothing is said."""

    def get_amr(self) -> None:
        """Nothing is said."""


class Payload(OAuth2Payload):
    """Query and form together."""

    def __init__(self, data: dict[str, str]) -> None:
        self._data = data

    @property
    def data(self) -> dict[str, str]:
        """As one."""
        return self._data

    @property
    def datalist(self) -> dict[str, list[str]]:
        """As lists."""
        return {name: [value] for name, value in self._data.items()}


class OAuthRequest(OAuth2Request):
    """A request as Authlib's server wants it."""

    def __init__(self, request: Request, form: dict[str, str]) -> None:
        super().__init__(method=request.method, uri=str(request.url), headers=dict(request.headers.items()))
        self.headers = {"Authorization": request.headers.get("authorization", "")}
        self._query, self._form = dict(request.query_params), form
        self.payload = Payload({**self._query, **form})

    @property
    def args(self) -> dict[str, str]:
        """The query."""
        return self._query

    @property
    def form(self) -> dict[str, str]:
        """The form."""
        return self._form


class Server(AuthorizationServer):
    """Authlib's server over Starlette."""

    def __init__(self, client: Client) -> None:
        super().__init__()
        self.client = client
        self.register_token_generator("default", BearerTokenGenerator(lambda **_: generate_token(42)))

    def query_client(self, client_id: str) -> Client | None:
        """The one."""
        return self.client if client_id == CLIENT else None

    def save_token(self, token: Any, request: Any) -> None:
        """Not needed: nothing is asked with it."""

    def create_oauth2_request(self, request: Any) -> Any:
        """They are made by the endpoints."""
        return request

    def handle_response(self, status: int, payload: Any, headers: Any) -> Response:
        """A response of Starlette's."""
        text = json.dumps(payload) if isinstance(payload, dict) else payload
        return Response(text, status_code=status, headers=dict(headers))

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""


@dataclass
class Provider:
    """The provider; its answers can be twisted, to see what is refused."""

    person: dict[str, Any]
    claims: dict[str, Any] = field(default_factory=dict)  # instead of those of the ID token
    key: Any = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}))
    signs_with: Any = None
    client: Client = field(default_factory=Client)
    codes: dict[str, Code] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    port: int = 0
    named: str = ""  # how its discovery document calls it, instead of by its address

    @property
    def issuer(self) -> str:
        """Its name."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def discovery(self) -> str:
        """Where its discovery document is."""
        return f"{self.issuer}/.well-known/openid-configuration"

    def server(self) -> Server:
        """Authlib's parts put together."""
        provider = self

        class CodeGrant(AuthorizationCodeGrant):
            TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic"]  # noqa: RUF012

            def save_authorization_code(self, code: str, request: Any) -> None:
                data = request.payload.data
                provider.codes[code] = Code(
                    data["redirect_uri"], data["scope"], data.get("nonce"), request.user,
                    data.get("code_challenge"), data.get("code_challenge_method"),
                )  # fmt: skip

            def query_authorization_code(self, code: str, client: Any) -> Code | None:
                return provider.codes.get(code)

            def delete_authorization_code(self, authorization_code: Code) -> None:
                provider.codes = {name: code for name, code in provider.codes.items() if code is not authorization_code}

            def authenticate_user(self, authorization_code: Code) -> Any:
                return authorization_code.user

        class OpenId(OpenIDCode):
            def exists_nonce(self, nonce: str, request: Any) -> bool:
                return any(code.nonce == nonce for code in provider.codes.values())

            def resolve_client_private_key(self, client: Any) -> Any:
                return provider.signs_with or provider.key

            def get_encode_header(self, client: Any) -> dict[str, str]:
                return {"alg": "RS256", "kid": "one"}

            def get_client_claims(self, client: Any) -> dict[str, Any]:
                now = int(time.time())
                return {"iss": provider.issuer, "aud": [CLIENT], "iat": now, "exp": now + 300}

            def generate_user_info(self, user: Any, scope: str) -> UserInfo:
                return UserInfo({**user, **provider.claims})

        made = Server(self.client)
        made.register_grant(CodeGrant, [OpenId(require_nonce=True), CodeChallenge(required=True)])
        return made

    def app(self) -> Starlette:
        """The provider's addresses."""
        server = self.server()

        def configuration(request: Request) -> Response:
            return JSONResponse(
                {
                    "issuer": self.named or self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
                    "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/jwks",
                    "id_token_signing_alg_values_supported": ["RS256"],
                }
            )  # fmt: skip

        def jwks(request: Request) -> Response:
            return JSONResponse({"keys": [self.key.as_dict(private=False)]})

        def authorize(request: Request) -> Any:
            self.asked.append(dict(request.query_params))
            wanted = OAuthRequest(request, {})
            grant = server.get_consent_grant(wanted, end_user=self.person)
            return server.create_authorization_response(wanted, grant_user=self.person, grant=grant)

        async def token(request: Request) -> Any:
            async with request.form() as form:
                given = {name: str(value) for name, value in form.items()}
            return server.create_token_response(OAuthRequest(request, given))

        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", configuration),
                Route("/jwks", jwks),
                Route("/authorize", authorize),
                Route("/token", token, methods=["POST"]),
            ]
        )


class Running:
    """The provider as a server of its own thread, on a free port."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        provider.port = self._socket.getsockname()[1]
        self._server = uvicorn.Server(uvicorn.Config(provider.app(), log_level="warning", lifespan="off"))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]})

    def __enter__(self) -> Provider:
        self._thread.start()
        return self.provider

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()
