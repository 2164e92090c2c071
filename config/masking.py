"""Texts without secrets and addresses, for logs: whoever reads one must not be able to answer for somebody else."""

from __future__ import annotations

import re

HIDDEN = "***"
EDGE = r"(?<![A-Za-z0-9_-]){}(?![A-Za-z0-9_-])"
IN_PATH = re.compile(r"/(desk/enter|a|calendar|reminders)/[^\s/?#\"'\\<>]+")
"""What follows these in an address opens something, whatever it looks like."""
TOKEN = re.compile(EDGE.format(r"(?=[A-Za-z0-9_-]*[A-Z])(?=[A-Za-z0-9_-]*[a-z])[A-Za-z0-9_-]{32,}"))
"""256 bits in base64url have great and small letters; a UUID, a hash in hexadecimal and a name of ours have not."""
CODE = re.compile(EDGE.format(r"[A-Za-z2-7]{32}"))
"""A code in an address that replies come back to; see `models.tokens`."""
ADDRESS = re.compile(r"[\w.!#$%&*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)+")
CREDENTIALS = re.compile(r"://[^\s/@\"'\\]+@")
"""The user and password of an URL."""


def mask(text: str) -> str:
    """The text with tokens, codes, credentials and e-mail addresses blotted out."""
    text = CREDENTIALS.sub(f"://{HIDDEN}@", text)
    text = IN_PATH.sub(rf"/\1/{HIDDEN}", text)
    text = ADDRESS.sub(f"{HIDDEN}@{HIDDEN}", text)
    return CODE.sub(HIDDEN, TOKEN.sub(HIDDEN, text))
