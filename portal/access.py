"""Who may see an answer page: the token in the mail, the cookie that it becomes, and what forms carry.

A link is a capability and no identification (see `models.tokens`). The cookie holds the token itself, is sent to the
pages of its own assignment only, and no script can read it.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Any

from itsdangerous import BadData, URLSafeSerializer

from models.assignment import Link
from models.tokens import token_hash

if TYPE_CHECKING:
    from sqlmodel import Session
    from starlette.requests import Request
    from starlette.responses import Response

COOKIE = "samsyn_answer"


def answer_path(link_id: str) -> str:
    """The clean address of an answer page."""
    return f"/answer/{link_id}"


def let_in(response: Response, link_id: str, token: str, *, https: bool) -> None:
    """Set the cookie that opens one assignment, until the browser is closed."""
    response.set_cookie(
        COOKIE, token, path=answer_path(link_id), httponly=True, secure=https, samesite="lax"
    )  # fmt: skip


def token_of(request: Request) -> str:
    """The token in the request's cookie, or nothing."""
    return request.cookies.get(COOKIE, "")


def permitted_link(session: Session, link_id: str, token: str) -> Link | None:
    """The link, if the token opens it. Missing link and wrong token look the same and take the same work."""
    link = session.get(Link, link_id)
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


def seal(secret_key: str, link_id: str, token: str, content: dict[str, Any]) -> str:
    """What was reviewed, signed, so that what is bound is what was shown."""
    return str(_serializer(secret_key, link_id, token).dumps(content))


def unseal(secret_key: str, link_id: str, token: str, sealed: str) -> dict[str, Any] | None:
    """The content of a seal, or None when it is not one of this link and this browser."""
    try:
        content = _serializer(secret_key, link_id, token).loads(sealed)
    except BadData:
        return None
    return content if isinstance(content, dict) else None


def _serializer(secret_key: str, link_id: str, token: str) -> URLSafeSerializer:
    return URLSafeSerializer(
        secret_key, salt=f"samsyn-review:{link_id}:{token_hash(token)}", signer_kwargs={"digest_method": hashlib.sha256}
    )
