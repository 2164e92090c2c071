"""Tokens of answer links.

A token is HMAC-SHA-256 of a random link id under the installation's secret key: 256 bits that nobody without the
key can compute. It is derived when a mail is written and stored nowhere; the register holds its SHA-256 only. So a
reminder carries the same link as the first mail, and a copy of the database opens no link.
"""

from __future__ import annotations

import base64
import hashlib
import hmac


def token_for(link_id: str, secret_key: str) -> str:
    """The token of a link: 43 characters, URL-safe."""
    mac = hmac.new(secret_key.encode(), f"samsyn-link:{link_id}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def token_hash(token: str) -> str:
    """What the register stores of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
