"""Who may see an answer page: the token in the mail, the cookie that it becomes, and what forms carry.

A link is a capability and no identification (see `models.tokens`). The cookie holds the token itself, and no script can
read it. Over TLS it has the prefix `__Host-` (RFC 6265bis, 4.1.3.2): no other site of the same domain can set it. That
prefix wants the whole site as its path, so there each link has a cookie of its own name.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Any

from itsdangerous import BadData, URLSafeSerializer

from models.assignment import Link
from models.rows import row_by_key
from models.tokens import token_hash

if TYPE_CHECKING:
    from sqlmodel import Session
    from starlette.requests import Request
    from starlette.responses import Response

COOKIE = "samsyn_answer"
HOST_COOKIE = "__Host-samsyn-"
"""What the cookies are called over TLS, before the link's id."""


def answer_path(link_id: str) -> str:
    """The clean address of an answer page."""
    return f"/answer/{link_id}"


def let_in(response: Response, link_id: str, token: str, *, https: bool) -> None:
    """Set the cookie that opens one assignment, until the browser is closed."""
    path = "/" if https else answer_path(link_id)
    response.set_cookie(
        cookie_name(link_id, https=https), token, path=path, httponly=True, secure=https, samesite="lax"
    )  # fmt: skip


def cookie_name(link_id: str, *, https: bool) -> str:
    """What the cookie of a link is called."""
    return f"{HOST_COOKIE}{link_id}" if https else COOKIE


def token_of(request: Request) -> str:
    """The token in the cookie of the link that the request's address names, or nothing."""
    link_id = str(request.path_params.get("link_id", ""))
    return request.cookies.get(cookie_name(link_id, https=request.app.state.https), "")


def permitted_link(session: Session, link_id: str, token: str) -> Link | None:
    """The link, if the token opens it. Missing link and wrong token look the same and take the same work."""
    link = row_by_key(session.connection(), Link, link_id)
    expected = link.token_sha256 if link else "0" * 64
    opens = hmac.compare_digest(token_hash(token), expected)
    return link if link is not None and opens else None


def csrf_token(secret_key: str, link_id: str, token: str) -> str:
    """What a form must bring back: nobody can compute it who has not got both the key and the cookie."""
    message = f"samsyn-csrf:{link_id}:{token}".encode()
    return hmac.new(secret_key.encode(), message, hashlib.sha256).hexdigest()


def csrf_fits(given: str, secret_key: str, link_id: str, token: str) -> bool:
    """Whether a form came from a page of this link, opened in this browser."""
    return hmac.compare_digest(given.encode(), csrf_token(secret_key, link_id, token).encode())


def seal(secret_key: str, link_id: str, token: str, content: dict[str, Any], *, act: str = "review") -> str:
    """What was reviewed, signed, so that what is bound is what was shown. A seal serves its own act only."""
    return str(_serializer(secret_key, link_id, token, act).dumps(content))


def unseal(secret_key: str, link_id: str, token: str, sealed: str, *, act: str = "review") -> dict[str, Any] | None:
    """The content of a seal, or None when it is not one of this act, this link and this browser."""
    try:
        content = _serializer(secret_key, link_id, token, act).loads(sealed)
    except BadData:
        return None
    return content if isinstance(content, dict) else None


def _serializer(secret_key: str, link_id: str, token: str, act: str) -> URLSafeSerializer:
    salt = f"samsyn-{act}:{link_id}:{token_hash(token)}"
    return URLSafeSerializer(secret_key, salt=salt, signer_kwargs={"digest_method": hashlib.sha256})
