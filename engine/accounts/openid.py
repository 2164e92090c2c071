"""Signing in with an OpenID provider (OpenID Connect Core 1.0): the authorization code flow with PKCE, state and nonce.

Authlib speaks OAuth, joserfc verifies the token. What the provider says of an address counts only if it says that it
has verified it.
"""

from __future__ import annotations

import warnings
from dataclasses import asdict, dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.common.security import generate_token
from authlib.deprecate import AuthlibDeprecationWarning
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization

from engine.accounts.accounts import BadAccount, add_account, find_account, normal_address, was_revoked
from models.register import AlreadyThere

if TYPE_CHECKING:
    from datetime import datetime
    from ssl import SSLContext

    from config.identity import OpenIdProvider
    from config.terms import Language
    from models.account import Account
    from models.register import Register

with warnings.catch_warnings():  # it would rather have a successor of httpx, and works with httpx until then
    warnings.simplefilter("ignore", AuthlibDeprecationWarning)
    from authlib.integrations.httpx_client import OAuth2Client

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]
"""Signatures with a private key only: with a shared one, whoever knows the public key could sign (RFC 8725, 2.1)."""
TIMEOUT = 10.0
LEEWAY = 60
"""Seconds by which the provider's clock may be wrong."""
SCOPE = "openid email profile"


UNVOUCHED = (AuthlibBaseError, JoseError, httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError)
"""What the libraries raise for tokens, and for the addresses in a provider's description, that are none."""


@cache
def trusted() -> SSLContext:
    """Whose certificates a provider may have. Reading them takes longer than asking, so it is done once."""
    return httpx.create_ssl_context()


class OpenIdError(Exception):
    """The provider could not be asked, or did not say who it is; the message is for the log."""


@dataclass(frozen=True)
class Attempt:
    """What is remembered between leaving for the provider and coming back."""

    state: str
    nonce: str
    verifier: str
    wanted: str

    def to_json(self) -> dict[str, str]:
        """For a sealed cookie."""
        return asdict(self)


@dataclass(frozen=True)
class Vouched:
    """Whom the provider vouches for."""

    address: str
    name: str


class OpenId:
    """One provider, as one installation uses it."""

    def __init__(self, provider: OpenIdProvider, return_to: str) -> None:
        self.provider = provider
        self.return_to = return_to

    def begin(self, wanted: str) -> tuple[str, Attempt]:
        """Where to send the browser, and what to remember until it is back.

        Raises:
            OpenIdError: the provider cannot be reached.
        """
        attempt = Attempt(generate_token(40), generate_token(40), generate_token(64), wanted)
        metadata = self.metadata()
        with self._client() as client:
            address, _ = client.create_authorization_url(
                metadata["authorization_endpoint"], state=attempt.state, nonce=attempt.nonce,
                code_verifier=attempt.verifier,
            )  # fmt: skip
        return str(address), attempt

    def finish(self, attempt: Attempt, came: str) -> Vouched:
        """Who has come back to the address `came`.

        Raises:
            OpenIdError: nobody whom the provider vouches for.
        """
        metadata = self.metadata()
        try:
            with self._client() as client:
                token = client.fetch_token(
                    metadata["token_endpoint"], authorization_response=came, state=attempt.state,
                    code_verifier=attempt.verifier,
                )  # fmt: skip
                claims = self._claims(metadata, token, attempt.nonce)
        except UNVOUCHED as refused:
            raise OpenIdError(f"{type(refused).__name__}: {refused}") from refused
        if claims.get("email_verified") is not True or not isinstance(claims.get("email"), str):
            raise OpenIdError("the provider names no verified address")
        return Vouched(normal_address(claims["email"]), str(claims.get("name", "")))

    def _claims(self, metadata: dict[str, Any], token: dict[str, Any], nonce: str) -> dict[str, Any]:
        """The claims of the ID token, all of it verified (Core 1.0, 3.1.3.7)."""
        signed = jwt.decode(str(token["id_token"]), key=self.keys(metadata), algorithms=ALGORITHMS)
        client_id = self.provider.client_id
        options = {
            "iss": {"essential": True, "value": metadata["issuer"]},
            "aud": {"essential": True, "value": client_id},
        }
        params = {"nonce": nonce, "client_id": client_id, "access_token": token["access_token"]}
        claims = CodeIDToken(signed.claims, signed.header, options, params)
        claims.validate(leeway=LEEWAY)
        return dict(claims)

    def metadata(self) -> dict[str, Any]:
        """What the provider says of itself (OpenID Connect Discovery 1.0, 4.2).

        Raises:
            OpenIdError: it cannot be read, or lacks what signing in needs.
        """
        metadata = _fetched(self.provider.discovery_url)
        wanted = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
        if missing := [name for name in wanted if not isinstance(metadata.get(name), str)]:
            raise OpenIdError(f"{self.provider.discovery_url} lacks {', '.join(missing)}")
        return metadata

    def keys(self, metadata: dict[str, Any]) -> KeySet:
        """The keys that the provider signs with.

        Raises:
            OpenIdError: they cannot be read.
        """
        try:
            return KeySet.import_key_set(cast("KeySetSerialization", _fetched(metadata["jwks_uri"])))
        except (JoseError, ValueError, KeyError, TypeError) as unread:
            raise OpenIdError(f"{metadata['jwks_uri']} holds no keys: {type(unread).__name__}: {unread}") from unread

    def _client(self) -> OAuth2Client:
        return OAuth2Client(
            self.provider.client_id, self.provider.client_secret, scope=SCOPE, redirect_uri=self.return_to,
            code_challenge_method="S256", timeout=TIMEOUT,
            verify=trusted(),
        )  # fmt: skip


def _fetched(address: str) -> dict[str, Any]:
    try:
        found = httpx.get(address, timeout=TIMEOUT, verify=trusted()).raise_for_status().json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as away:
        raise OpenIdError(f"{address}: {type(away).__name__}: {away}") from away
    if not isinstance(found, dict):
        raise OpenIdError(f"{address} holds no JSON object")
    return found


def account_for(
    register: Register, vouched: Vouched, *, readers: bool, language: Language, now: datetime
) -> Account | None:
    """The account of somebody whom the provider vouches for; with `readers`, a new reader's where there is none.

    None where there is none; an account that was revoked does not come back this way.
    """
    with register.read() as session:
        account = find_account(session, vouched.address)
        known = account is not None or was_revoked(session, vouched.address)
    if known or not readers:
        return account
    try:
        return add_account(
            register, vouched.address, now=now, name=vouched.name[:200], language=language, reads_all=True
        )  # fmt: skip
    except AlreadyThere:  # another browser of the same person was quicker
        with register.read() as session:
            return find_account(session, vouched.address)
    except BadAccount:
        return None
