"""What the desk keeps in a browser, and what its forms carry: the session's cookie and tokens against forgery."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

SIGN_IN = "/desk/sign-in"
FRONT = "/desk"
LONGEST = 500


def cookie_name(*, https: bool) -> str:
    """The session's cookie. `__Host-` binds it to this host and to TLS (RFC 6265bis, 4.1.3.2)."""
    return "__Host-samsyn-desk" if https else "samsyn-desk"


def form_cookie_name(*, https: bool) -> str:
    """The cookie of somebody who is about to sign in."""
    return "__Host-samsyn-sign-in" if https else "samsyn-sign-in"


def set_cookie(response: Response, name: str, value: str, *, https: bool, seconds: int | None = None) -> None:
    """A cookie that no script reads and no other site sends along with a form."""
    response.set_cookie(name, value, path="/", httponly=True, secure=https, samesite="lax", max_age=seconds)


def drop_cookie(response: Response, name: str, *, https: bool) -> None:
    """Take a cookie back."""
    response.delete_cookie(name, path="/", httponly=True, secure=https, samesite="lax")


def form_secret(request: Request, *, https: bool) -> tuple[str, bool]:
    """What ties a sign-in form to its browser, and whether it is new and has to be set."""
    held = request.cookies.get(form_cookie_name(https=https), "")
    return (held, False) if held else (secrets.token_urlsafe(32), True)


def csrf_token(secret_key: str, bound_to: str) -> str:
    """What a form must bring back; `bound_to` is the session's id, or the sign-in cookie."""
    return hmac.new(secret_key.encode(), f"samsyn-desk-csrf:{bound_to}".encode(), hashlib.sha256).hexdigest()


def csrf_fits(given: str, secret_key: str, bound_to: str) -> bool:
    """Whether a form came from a page of this browser."""
    return bool(bound_to) and hmac.compare_digest(given.encode(), csrf_token(secret_key, bound_to).encode())


def safe_wanted(wanted: str) -> str:
    """A page of the desk to go on to: nothing else is, or the sign-in would lead to other sites."""
    plain = wanted.isprintable() and "\\" not in wanted and "//" not in wanted and len(wanted) <= LONGEST
    inside = wanted == FRONT or wanted.startswith((f"{FRONT}/", f"{FRONT}?"))
    return wanted if plain and inside and not wanted.startswith((SIGN_IN, f"{FRONT}/enter")) else FRONT


def sign_in_address(request: Request, back: str = FRONT) -> str:
    """Where somebody goes who is not signed in; a page is remembered, after a form the page `back`."""
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    kept = safe_wanted(wanted) if request.method == "GET" else back
    return SIGN_IN if kept == FRONT else f"{SIGN_IN}?next={quote(kept, safe='')}"
