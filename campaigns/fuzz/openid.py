"""What an identity provider answers: its description, its keys, its tokens; read through the desk's own pages."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import threading
import warnings
from dataclasses import asdict
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from itsdangerous import URLSafeTimedSerializer
from joserfc import jwt
from joserfc.jwk import RSAKey

from campaigns.fuzz.asking import Wire, judged
from campaigns.fuzz.house import house
from campaigns.fuzz.mutating import spoiled
from campaigns.fuzz.target import Target, Verdict
from config.identity import OpenIdProvider
from engine.accounts.openid import Attempt
from portal.desk.services import DeskSettings
from tests.portal.conftest import SECRET

if TYPE_CHECKING:
    from random import Random

os.environ.setdefault("AUTHLIB_INSECURE_TRANSPORT", "1")  # the provider here speaks plain HTTP on loopback

CLIENT = "samsyn"
BETWEEN = b"\n--8<--\n"
PATHS = ("/discovery", "/token", "/keys")
ATTEMPT = Attempt("state", "nonce", "v" * 64, "/desk")
FAR = 4_000_000_000
EVIL: tuple[Any, ...] = (
    None, True, 0, -1, 1e308, "", "x" * 5000, [], {}, [[]], {"a": {"b": []}}, "\x00", "a\r\nb", "\u202e", "\ud800",
    ["RS256"],
    "none", "HS256", "http://127.0.0.1:1/", "file:///etc/passwd", "//x", "é@ö.example", "A@B.EXAMPLE", 9**50, "null", "http://[",
    "http://127.0.0.1:99999/", "http://127.0.0.1:x/", "http:///", "ftp://127.0.0.1/",
)  # fmt: skip


class Provider:
    """A provider on loopback that answers with whatever it has been given."""

    def __init__(self) -> None:
        self.answers: dict[str, bytes] = {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = provider.answers.get(self.path.partition("?")[0], b"{}")
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", "0")))
                self.do_GET()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def base(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server.server_address[1]}"


@cache
def provider() -> Provider:
    """The one of this process."""
    return Provider()


@cache
def key() -> Any:
    """What the provider signs with."""
    return RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})


def description() -> dict[str, Any]:
    """A whole discovery document."""
    return {
        "issuer": "@BASE@", "authorization_endpoint": "@BASE@/authorize", "token_endpoint": "@BASE@/token",
        "jwks_uri": "@BASE@/keys",
    }  # fmt: skip


def claims() -> dict[str, Any]:
    """Somebody for whom the provider vouches; the issuer is the only word that belongs to one run alone."""
    return {
        "iss": provider().base, "aud": [CLIENT], "sub": "4711", "nonce": ATTEMPT.nonce, "iat": 1_700_000_000,
        "exp": FAR,
        "email": "anna@region.example", "email_verified": True, "name": "Anna Berg",
    }  # fmt: skip


def twisted(values: dict[str, Any], dice: Random) -> dict[str, Any]:
    """An object with a value lost, or one that no provider says."""
    made = dict(values)
    for _ in range(dice.randint(0, 2)):
        name = dice.choice(list(values))
        if dice.random() < 0.3:
            made.pop(name, None)
        else:
            made[name] = dice.choice(EVIL)
    return made


def signed(said: dict[str, Any], dice: Random) -> str:
    """The claims under the provider's signature; text that no encoder takes is signed as it is."""
    head: dict[str, Any] = {"alg": "RS256", "kid": "one"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            token = jwt.encode(head, said, key())
        except (ValueError, TypeError):
            token = jwt.encode(head, claims(), key())
    if dice.random() < 0.2:
        parts = token.split(".")
        at = dice.randrange(len(parts))
        parts[at] = (
            base64.urlsafe_b64encode(spoiled(base64.urlsafe_b64decode(parts[at] + "=="), dice)).decode().rstrip("=")
        )
        token = ".".join(parts)
    return token


def made(dice: Random) -> bytes:
    """Three answers and the address that the browser comes back to."""
    given = twisted({"access_token": "x", "token_type": "Bearer", "expires_in": 300, "id_token": ""}, dice)
    if given.get("id_token") == "":
        given["id_token"] = signed(twisted(claims(), dice), dice)
    keys = {
        "keys": [twisted(key().as_dict(private=False), dice) if dice.random() < 0.3 else key().as_dict(private=False)]
    }
    parts = [json.dumps(twisted(description(), dice)).encode(), json.dumps(given).encode()]
    parts += [json.dumps(twisted(keys, dice) if dice.random() < 0.2 else keys).encode(), b"code=x&state=state"]
    if dice.random() < 0.4:
        at = dice.randrange(len(parts))
        parts[at] = spoiled(parts[at], dice)
    return BETWEEN.join(parts)


@cache
def wire() -> Wire:
    """A portal whose desk asks that provider, and lets whoever it vouches for read."""
    known = OpenIdProvider(f"{provider().base}/discovery", CLIENT, "hush", readers=True)
    desk = DeskSettings(limits=house().desk.limits, wall=house().desk.wall, oidc=known)
    return Wire(house().app(desk=desk), {})


def read(content: bytes) -> Verdict:
    """Somebody comes back from the provider: let in, or told that it failed."""
    parts = [*content.split(BETWEEN), b"", b"", b""][:4]
    base = provider().base.encode()
    provider().answers = {path: part.replace(b"@BASE@", base) for path, part in zip(PATHS, parts, strict=False)}
    serializer = URLSafeTimedSerializer(SECRET, salt="samsyn-oidc", signer_kwargs={"digest_method": hashlib.sha256})
    cookie = serializer.dumps(asdict(ATTEMPT))
    query = parts[3].replace(b"\n", b"")
    answer = wire().ask(b"GET /desk/sign-in/oidc/return?%b\ncookie: samsyn-oidc=%b\n\n" % (query, cookie.encode()))
    judged(answer)
    return Verdict.TAKEN if answer.header(b"location") == b"/desk" else Verdict.REFUSED


TARGETS = (Target("openid", made, read),)
