"""Tokens of answer links.

A token is HMAC-SHA-256 of a random link id under the installation's secret key: 256 bits that nobody without the
key can compute. It is derived when a mail is written and stored nowhere; the register holds its SHA-256 only. So a
reminder carries the same link as the first mail, and a copy of the database opens no link.

Codes are made likewise for addresses that programs see (where replies and bounces go, where reminders are turned
off). Each purpose has a key space of its own: no code opens a link, and none serves another purpose.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from enum import StrEnum

CODE_BYTES = 20
"""160 bits: 32 letters and figures, with none left over in base32."""


class CodePurpose(StrEnum):
    """What a code is for."""

    REPLY = "reply"  # to an assignment's mails
    BOUNCE = "bounce"  # of one notice's mail
    REMINDERS = "reminders"  # a person's choice to have none


def token_for(link_id: str, secret_key: str) -> str:
    """The token of a link: 43 characters, URL-safe."""
    return _derived(f"samsyn-link:{link_id}", secret_key)


def sign_in_token(sign_in_id: str, secret_key: str) -> str:
    """The token of a sign-in link, derived in the same way and never the same as an answer link's."""
    return _derived(f"samsyn-sign-in:{sign_in_id}", secret_key)


def _derived(what: str, secret_key: str) -> str:
    mac = hmac.new(secret_key.encode(), what.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def token_hash(token: str) -> str:
    """What the register stores of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def code_for(purpose: CodePurpose, subject: str, secret_key: str) -> str:
    """A code of 32 small letters and figures: mail servers may change the case of an address, and it still fits."""
    mac = hmac.new(secret_key.encode(), f"samsyn-mail-{purpose}:{subject}".encode(), hashlib.sha256).digest()
    return base64.b32encode(mac[:CODE_BYTES]).decode().lower()
