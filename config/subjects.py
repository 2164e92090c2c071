"""What a consultation asks about: subjects, such as a plan's strategies, each with the activities that it leads to."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Discriminator, Field

from config.base import MAPPING, ONE, Key, Shape, Strict, Text

OWN_KEYS = {"title", "activities"}


class Subject(Strict):
    """A subject that consultees take a position on, and its prioritised activities, each with a position of its own."""

    title: Text
    """What people call the subject."""
    activities: dict[Key, Text] = Field(default_factory=dict, max_length=20)
    """The activities that it leads to, with what people call them."""


def _written(value: Any) -> str:
    """Whether a subject is written out or only named; a name may be a mapping too, by language."""
    out = isinstance(value, Subject) or (isinstance(value, dict) and not OWN_KEYS.isdisjoint(value))
    return (Shape.MAPPING if out else Shape.ONE).value


AnySubject = Annotated[Annotated[Text, ONE] | Annotated[Subject, MAPPING], Discriminator(_written)]
Subjects = Annotated[dict[Key, AnySubject], Field(max_length=40)]
"""Subjects by their keys: named, or written out with their activities."""


def spelled_out(subject: AnySubject) -> Subject:
    """The subject with its activities, of which one that is only named has none."""
    return subject if isinstance(subject, Subject) else Subject(title=subject)
