"""Numbers of pages, as they stand in addresses, and the part of a list that a page shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST = 6
PAGE = 100
"""Rows of a page."""
OneT = TypeVar("OneT")


@dataclass(frozen=True)
class Pages:
    """Which page is shown, of how many."""

    address: str  # that `page=` can follow
    page: int  # from 1
    pages: int

    @property
    def first(self) -> int:
        """How many rows come before it."""
        return (self.page - 1) * PAGE


def number_of(text: str) -> int:
    """The number of a page, from 1; anything that is none is the first."""
    plain = text.isascii() and text.isdecimal() and len(text) <= LONGEST
    return max(int(text), 1) if plain else 1


def page_of(total: int, address: str, wanted: str) -> Pages:
    """The wanted page of so many rows, or the last one where there are fewer."""
    pages = max(-(-total // PAGE), 1)
    return Pages(address, min(number_of(wanted), pages), pages)


def paged(rows: Sequence[OneT], address: str, wanted: str) -> tuple[Sequence[OneT], Pages]:
    """The rows of the wanted page, or of the last one where there are fewer."""
    pages = page_of(len(rows), address, wanted)
    return rows[pages.first : pages.first + PAGE], pages
