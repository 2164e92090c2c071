"""Parts of a definition in sentences: by their keys in the file, by their titles to people."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from config.base import in_language
from config.edtf_words import written_words
from config.i18n import N_, tongue
from config.terms import Force

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from config.definition import Definition

FORCES = {
    Force.NOTED: N_("noted"),
    Force.ENDORSES: N_("endorses"),
    Force.RECOMMENDS: N_("recommends"),
    Force.ADOPTS: N_("adopts"),
}


@dataclass(frozen=True)
class Titled:
    """A part of a definition: its key in the file, its title to people."""

    key: str
    title: str | Mapping[Any, str]
    own: str

    def __str__(self) -> str:
        """The key."""
        return self.key

    def told(self, language: str) -> str:
        """The title; in the definition's own language where it has none in this."""
        return in_language(self.title, language, self.own)


@dataclass(frozen=True)
class Written:
    """A date of a definition: EDTF, or counted from an event."""

    date: str
    called: Callable[[str, str], str] = field(compare=False, repr=False)

    def __str__(self) -> str:
        """As it is written."""
        return self.date

    def told(self, language: str) -> str:
        """In words."""
        return written_words(self.date, language, lambda anchor: self.called(anchor, language))


@dataclass(frozen=True)
class Binding:
    """How a decision binds, as something that a body decides to do."""

    force: Force

    def __str__(self) -> str:
        """As the file has it."""
        return self.force.value

    def told(self, language: str) -> str:
        """In a language: `rekommendera`."""
        return tongue(language)(FORCES[self.force])


def phase_named(definition: Definition, key: str) -> Titled:
    """A phase by its title."""
    return Titled(key, definition.phases[key].title or definition.phase_title(key), definition.language)


def milestone_named(definition: Definition, key: str) -> Titled:
    """A milestone by its title."""
    return Titled(key, definition.milestones[key].title or definition.milestone_title(key), definition.language)


def text_named(definition: Definition, key: str) -> Titled:
    """A text by its title."""
    return Titled(key, definition.texts.get(key) or definition.text_title(key), definition.language)


def body_named(definition: Definition, key: str) -> Titled:
    """An entry of `bodies` by its name."""
    return Titled(key, definition.bodies[key].name, definition.language)


def parts_named(definition: Definition, key: str, parts: Iterable[str]) -> list[Titled]:
    """Some of the bodies that an entry of `bodies` stands for, by their names."""
    names = definition.bodies[key].parts(key)
    return [Titled(part, names[part], definition.language) for part in parts]


def date_written(definition: Definition, text: str) -> Written:
    """A date of a definition; what it is counted from goes by its title."""

    def called(anchor: str, language: str) -> str:
        key, event, _ = anchor.partition(".")
        return (phase_named if event else milestone_named)(definition, key).told(language)

    return Written(text, called)
