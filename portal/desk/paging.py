"""Numbers of pages, as they stand in addresses, the part of a list that a page shows, and what is looked for in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portal.desk.visit import Visit

LONGEST = 6
PAGE = 100
"""Rows of a page."""
LONGEST_WANTED = 200


@dataclass(frozen=True)
class Pages:
    """Which page is shown, of how many."""

    path: str
    page: int  # from 1
    pages: int
    kept: Mapping[str, str] = field(default_factory=dict)  # what else the address says
    wanted: str = ""  # what is looked for among the rows

    @property
    def first(self) -> int:
        """How many rows come before it."""
        return (self.page - 1) * PAGE

    @property
    def address(self) -> str:
        """What `page=` can follow."""
        said = urlencode({**self.kept, **self._sought})
        return f"{self.path}?{said}&" if said else f"{self.path}?"

    @property
    def searchable(self) -> bool:
        """Whether a field to look for somebody is worth showing."""
        return self.pages > 1 or bool(self.wanted)

    @property
    def place(self) -> Mapping[str, str]:
        """What a form carries along, so that it comes back with this page."""
        return {**self._sought, "page": str(self.page)}

    @property
    def _sought(self) -> Mapping[str, str]:
        return {"find": self.wanted} if self.wanted else {}


def number_of(text: str) -> int:
    """The number of a page, from 1; anything that is none is the first."""
    plain = text.isascii() and text.isdecimal() and len(text) <= LONGEST
    return max(int(text), 1) if plain else 1


def page_of(total: int, path: str, number: str, *, kept: Mapping[str, str] | None = None, wanted: str = "") -> Pages:
    """The page of that number of so many rows, or the last one where there are fewer."""
    pages = max(-(-total // PAGE), 1)
    return Pages(path, min(number_of(number), pages), pages, kept or {}, wanted)


def asked_page(visit: Visit) -> str:
    """The number of the page that an address or a form asks for."""
    return visit.form.get("page", visit.asked("page"))


def wanted_in(visit: Visit) -> str:
    """What an address or a form looks for; nobody's name is longer than what is kept of it."""
    return visit.form.get("find", visit.asked("find")).strip()[:LONGEST_WANTED]
