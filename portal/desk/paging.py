"""Numbers of pages, as they stand in addresses."""

from __future__ import annotations

LONGEST = 6


def number_of(text: str) -> int:
    """The number of a page, from 1; anything that is none is the first."""
    plain = text.isascii() and text.isdecimal() and len(text) <= LONGEST
    return max(int(text), 1) if plain else 1
