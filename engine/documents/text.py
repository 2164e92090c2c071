"""Plain text: UTF-8, and nothing that no text needs."""

from __future__ import annotations

import re

from engine.documents.refusals import FileRefused, Refusal

CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
"""Control characters that are neither tab, line feed, form feed nor carriage return."""


def check_text(content: bytes) -> None:
    """See that a text is one.

    Raises:
        FileRefused: it is in another encoding, holds control characters, or holds nothing but space.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as unread:
        raise FileRefused(Refusal.NOT_UTF8) from unread
    if CONTROLS.search(text):
        raise FileRefused(Refusal.TYPE)
    if not text.strip():
        raise FileRefused(Refusal.EMPTY)
