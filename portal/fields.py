"""A step's form as pages show it: to fill in, and filled in. Which kind of form it is makes no difference here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from models.forms.base import FieldKind
from models.forms.checking import is_day
from notifications.i18n import N_
from portal.words import Said

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from models.forms.base import Field, Label, Section
    from portal.asked import Asked
    from portal.form import Fault

YES = N_("Yes")


@dataclass(frozen=True)
class Choice:
    """One of the answers to choose from."""

    value: str
    words: Said


@dataclass(frozen=True)
class ShownField:
    """A field with its words, what stands in it, and what is wrong with that."""

    id: str
    name: str
    kind: FieldKind
    label: Said
    hint: Said | None
    choices: tuple[Choice, ...]
    required: bool
    optional: bool  # to be marked so; a field that is required with some answers is not
    value: str
    fault: str


@dataclass(frozen=True)
class ShownSection:
    """A section with its words and fields."""

    title: Said
    lead: Said | None
    fields: tuple[ShownField, ...]


@dataclass(frozen=True)
class Filled:
    """What somebody has filled in, in words."""

    label: Said
    words: Said
    long: bool = False  # a text of its own


@dataclass(frozen=True)
class FilledSection:
    """The fields of a section that are filled in."""

    title: Said
    fields: tuple[Filled, ...]


def shown_form(asked: Asked, values: Mapping[str, str], faults: Sequence[Fault] = ()) -> list[ShownSection]:
    """The form to be filled in; no choice is made beforehand."""
    wrong = {fault.field: fault_words(asked, fault) for fault in faults if fault.of_form}
    sections = asked.form.sections() if asked.form else ()
    return [_shown(asked, section, values, wrong) for section in sections]


def filled_form(asked: Asked, content: Mapping[str, object]) -> list[FilledSection]:
    """What has been filled in, by section; sections without anything are left out."""
    sections = asked.form.sections() if asked.form else ()
    found = [
        FilledSection(_said(asked, section.title), tuple(_filled(asked, section, content))) for section in sections
    ]
    return [section for section in found if section.fields]


def anchor(asked: Asked, fault: Fault) -> str:
    """The id of the field that a fault is in."""
    return asked.field_ids[fault.field] if fault.of_form else fault.field


def fault_words(asked: Asked, fault: Fault) -> str:
    """What is wrong, at the field: the page's own words, or those of the forms."""
    say = asked.say.terms if fault.of_form else asked.say
    return say(fault.message, **dict(fault.values))


def summed_up(asked: Asked, fault: Fault) -> str:
    """What is wrong, at the top of the page: there it also says where, because many fields may be alike."""
    words = fault_words(asked, fault)
    sections = asked.form.sections() if asked.form and fault.of_form else ()
    pairs = ((section, field) for section in sections for field in section.fields)
    where = next(((s.title, f.label) for s, f in pairs if f.name == fault.field), None)
    place = " – ".join(_said(asked, label).text for label in where or ())
    return f"{place}{' ' if place.endswith('?') else ': '}{words}" if place else words


def _said(asked: Asked, label: Label) -> Said:
    return asked.say.label(label, str(asked.cycle.language))


def _shown(asked: Asked, section: Section, values: Mapping[str, str], wrong: Mapping[str, str]) -> ShownSection:
    fields = tuple(_field(asked, field, values.get(field.name, ""), wrong) for field in section.fields)
    return ShownSection(_said(asked, section.title), _said(asked, section.lead) if section.lead else None, fields)


def _field(asked: Asked, field: Field, value: str, wrong: Mapping[str, str]) -> ShownField:
    return ShownField(
        id=asked.field_ids[field.name], name=field.name, kind=field.kind, label=_said(asked, field.label),
        hint=_said(asked, field.hint) if field.hint else None,
        choices=tuple(Choice(value, _said(asked, words)) for value, words in field.choices),
        required=field.required, optional=not field.required and not field.sometimes,
        value=value, fault=wrong.get(field.name, ""),
    )  # fmt: skip


def _filled(asked: Asked, section: Section, content: Mapping[str, object]) -> Iterator[Filled]:
    for field in section.fields:
        value = str(content.get(field.name, "")).strip()
        if value:
            yield Filled(_said(asked, field.label), _words(asked, field, value), field.kind is FieldKind.TEXT)


def _words(asked: Asked, field: Field, value: str) -> Said:
    """What stands in a field, as it is read: a choice by its words, a day with its weekday."""
    say = asked.say
    if field.kind is FieldKind.CHOICE and value in dict(field.choices):
        return _said(asked, dict(field.choices)[value])
    if field.kind is FieldKind.CHECK:
        return Said(say(YES), say.language)
    if field.kind is FieldKind.DAY and is_day(value):
        return Said(say.long_day(date.fromisoformat(value)), say.language)
    return Said(value, str(asked.cycle.language))
