"""The bodies of a definition as people write them: by their keys, or by their names in any language."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from config.faults import nearest

if TYPE_CHECKING:
    from config.definition import Definition

SOME = 6
"""Bodies that are named to somebody who wrote none of them."""


def body_names(definition: Definition, language: str) -> dict[str, str]:
    """What every body is called in a language, by its key."""
    return {
        key: definition.text(name, language)
        for group, body in definition.bodies.items()
        for key, name in body.parts(group).items()
    }


class BodyNames:
    """Finds the body that somebody means."""

    def __init__(self, definition: Definition, language: str) -> None:
        self._shown = body_names(definition, language)
        self._known: dict[str, set[str]] = defaultdict(set)  # several bodies may be called the same
        for group, body in definition.bodies.items():
            for key, name in body.parts(group).items():
                for called in definition.by_language(name).values():
                    self._known[called.casefold()].add(key)
        self._keys = set(self._shown)

    def name(self, key: str) -> str:
        """What a body is called."""
        return self._shown[key]

    def found(self, written: str) -> str | None:
        """The key of the body that is written so, if one is."""
        if written in self._keys or written.casefold() in self._keys:
            return written if written in self._keys else written.casefold()
        named = self._known.get(written.casefold(), set())
        return next(iter(named)) if len(named) == 1 else None

    def another(self, key: str, called: str) -> bool:
        """Whether a name is not this body's, but that of others. A name that nobody has is a remark."""
        named = self._known.get(called.casefold(), set())
        return bool(named) and key not in named

    def like(self, written: str) -> str:
        """What may have been meant: the body that is written most like it, or some."""
        near = nearest(written, [*self._keys, *self._known])
        if near is None:
            return ", ".join(sorted(self._shown.values())[:SOME])
        return near if near in self._keys else self._shown[min(self._known[near])]
