"""What texts, phases and dates are called in a cycle: a definition that is begun again speaks of other years."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from config.base import Text
    from config.definition import Definition
    from config.terms import Language

LONGEST = 200
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


class TitleKind(StrEnum):
    """What is called so."""

    TEXT = "texts"
    PHASE = "phases"
    MILESTONE = "milestones"


@dataclass(frozen=True)
class Title:
    """One title of a definition; `where` is its place."""

    where: str
    kind: TitleKind
    given: str  # as the definition says it

    @property
    def dated(self) -> bool:
        """Whether it names a year, which may be another one now."""
        return YEAR.search(self.given) is not None


def titles_of(definition: Definition, language: Language) -> list[Title]:
    """Every title that a definition writes, in a language: of texts, phases and milestones, in their order."""
    return [Title(f"{kind}.{key}", kind, definition.text(words, language)) for kind, key, words in _written(definition)]


def _written(definition: Definition) -> Iterator[tuple[TitleKind, str, Text]]:
    for key, words in definition.texts.items():
        yield TitleKind.TEXT, key, words
    for key, phase in definition.phases.items():
        if phase.title:
            yield TitleKind.PHASE, key, phase.title
    for key, milestone in definition.milestones.items():
        if milestone.title:
            yield TitleKind.MILESTONE, key, milestone.title


def title_fault(typed: str) -> bool:
    """Whether it is none: empty, of several lines, or too long."""
    return not typed or len(typed) > LONGEST or not typed.isprintable()


def with_titles(said: dict[str, Any], titles: Mapping[str, str], language: Language) -> None:
    """Write titles into a definition's plain values, in a language; what it said in others would say the old."""
    for where, words in titles.items():
        kind, _, key = where.partition(".")
        if key not in said.get(kind, {}):
            continue  # of a text that has been mended since
        if kind == TitleKind.TEXT:
            said[kind][key] = {str(language): words}
        else:
            said[kind][key]["title"] = {str(language): words}
