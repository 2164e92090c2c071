"""Seats that are typed as people say them: `ledamot 3, ersättare 1`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from models.forms.attendance import Sitting

BETWEEN = re.compile(r"[,;\n]|\s(?:och|og|and|&)\s")
NO_SUCH_SEAT = "There is no seat called %(seat)s in the body. Write them as in the list of attendance, with commas."


class Seats:
    """Reads seats by what they are called, in any language, or by their names in the register."""

    def __init__(self, sittings: Iterable[Sitting]) -> None:
        self._known = {_plain(name): one.seat for one in sittings for name in _names(one)}

    def read(self, text: str) -> tuple[list[str], list[str]]:
        """The seats, each once and in their order, and the words that name none."""
        return list(self.named(text)), [word for word in _words(text) if _plain(word) not in self._known]

    def named(self, text: str) -> dict[str, str]:
        """The seats in their order, each with the word that was typed for it."""
        return {self._known[_plain(word)]: word for word in _words(text) if _plain(word) in self._known}


def _words(text: str) -> list[str]:
    return [word.strip() for word in BETWEEN.split(text) if word.strip()]


def _names(one: Sitting) -> Iterator[str]:
    yield one.seat
    yield from [one.label] if isinstance(one.label, str) else one.label.values()


def _plain(word: str) -> str:
    return " ".join(word.replace("-", " ").casefold().split()).rstrip(".")
