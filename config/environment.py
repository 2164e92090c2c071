"""The environment's variables, as far as they are text."""

from __future__ import annotations

import os


def undecoded(*prefixes: str) -> list[str]:
    """A line for each variable of such a name that is no text: no setting can be read from it."""
    ours = {name: value for name, value in os.environ.items() if name.upper().startswith(prefixes)}
    return [
        f"{ascii(name)[1:-1]} (environment): is not UTF-8 text"
        for name, value in ours.items()
        if not _is_text(name) or not _is_text(value)
    ]


def _is_text(said: str) -> bool:
    try:
        said.encode()
    except UnicodeEncodeError:  # the octets that were no UTF-8 stand in it as halves of surrogate pairs (PEP 383)
        return False
    return True
