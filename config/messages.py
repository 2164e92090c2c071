"""What is wrong with a definition, in words that say what to write instead."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from config.agenda import AgendaItem
from config.base import Shape, Strict
from config.definition import Body, Definition, Milestone, Note, Occupant, Rules
from config.faults import nearest
from config.phases import MODELS, Alternatives, EachOf, Extend, GoalSettingOutcome, Terms
from config.publicity import Record
from config.subjects import Subject
from config.terms import PhaseKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from pydantic_core import ErrorDetails

    from config.faults import Path

SHOWN = 60
NO_KIND = ("union_tag_invalid", "union_tag_not_found")
PHASE_DEPTH = 2
SHAPES = frozenset(member.value for member in Shape)
SHAPE_WORDS = {
    Shape.ONE.value: "a word or number",
    Shape.LIST.value: "a list",
    Shape.MAPPING.value: "keys with values",
}
QUOTED = re.compile(r"'([^']*)'")

HOLDERS: Mapping[tuple[str, ...], type[Strict]] = {
    (): Definition,
    ("bodies", "*"): Body,
    ("bodies", "*", "rules"): Rules,
    ("bodies", "*", "seats", "*", "*"): Occupant,
    ("milestones", "*"): Milestone,
    ("notes", "*"): Note,
    ("record",): Record,
    ("phases", "*", "missing"): Extend,
    ("phases", "*", "subjects", "*"): Subject,
    ("phases", "*", "outcome"): GoalSettingOutcome,
    ("phases", "*", "adopted_when"): EachOf,
    ("phases", "*", "agenda", "*"): AgendaItem,
    ("phases", "*", "alternatives"): Alternatives,
    ("phases", "*", "terms"): Terms,
}
"""Which model a mapping is read as, by its place; phases go by their kind."""


@dataclass(frozen=True)
class SchemaFault:
    """A fault of one value; `on_key` when it is the key that is wrong."""

    path: Path
    message: str
    on_key: bool = False


def schema_fault(error: ErrorDetails, document: Any) -> SchemaFault:
    """What the schema refused, as a person would say it. `document` is what was read, in plain values."""
    path, on_key = _path(error["loc"], document)
    kind = error["type"]
    if kind == "missing":
        return SchemaFault(path, f"the key '{error['loc'][-1]}' is missing")
    if kind == "extra_forbidden":
        return SchemaFault(path, _unknown_key(path, document), on_key=True)
    if kind in NO_KIND and _is_phase(path) and isinstance(error["input"], dict):
        return _kind_fault(path, error["input"])
    return SchemaFault(path, value_message(error), on_key)


def _path(loc: tuple[str | int, ...], document: Any) -> tuple[Path, bool]:
    """The part of a schema's location that stands in the document, and whether it means the key."""
    path: list[str | int] = []
    value = document
    for step in loc:
        label = step in SHAPES or (_is_phase(path) and step in MODELS)
        inside = isinstance(value, dict) and step in value
        inside = inside or (isinstance(value, list) and isinstance(step, int) and step < len(value))
        if inside and not label:
            path.append(step)
            value = value[step]
    return tuple(path), loc[-1:] == ("[key]",)


def _is_phase(path: Sequence[str | int]) -> bool:
    return len(path) == PHASE_DEPTH and path[0] == "phases"


def _unknown_key(path: Path, document: Any) -> str:
    name = str(path[-1])
    known = known_keys(path[:-1], document)
    near = nearest(name, known)
    hint = f"did you mean '{near}'?" if near else f"the keys here are: {', '.join(known)}"
    return f"unknown key '{short(name)}'; {hint}"


def known_keys(path: Path, document: Any) -> list[str]:
    """The keys that a mapping may have, by its place in the document."""
    model: type[Strict] | None = None
    if _is_phase(path):
        kind = document["phases"][path[1]].get("kind")
        model = MODELS.get(kind) if isinstance(kind, str) else None  # type: ignore[call-overload]
    for pattern, holder in HOLDERS.items():
        if len(pattern) == len(path) and all(a in ("*", b) for a, b in zip(pattern, path, strict=True)):
            model = holder
    return [field.alias or name for name, field in model.model_fields.items()] if model else []


def _kind_fault(path: Path, phase: Mapping[str, Any]) -> SchemaFault:
    kinds = [kind.value for kind in PhaseKind]
    if "kind" not in phase:
        return SchemaFault(path, f"the key 'kind' is missing; write one of {', '.join(kinds)}")
    written = phase["kind"]
    if not isinstance(written, str):
        return SchemaFault((*path, "kind"), f"names no kind of phase; write one of {', '.join(kinds)}")
    return SchemaFault((*path, "kind"), f"there is no kind of phase {_one_of(written, kinds)}")


def _one_of(written: Any, known: Iterable[str]) -> str:
    names = list(known)
    near = nearest(str(written), names)
    hint = f"did you mean '{near}'? " if near else ""
    return f"'{short(written)}'; {hint}{'It may be' if near else 'it may be'} {_or(names)}"


def _or(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else "".join(names)


def short(value: Any) -> str:
    """A value as it can stand in a message."""
    text = " ".join(str(value).split())
    return f"{text[:SHOWN]}…" if len(text) > SHOWN else text


def _found(value: Any) -> str:
    """What stands there, in plain words."""
    if value is None:
        return "nothing stands here"
    if isinstance(value, dict):
        return "keys with values stand here"
    return "a list stands here" if isinstance(value, list) else f"'{short(value)}' stands here"


def _bad_name(value: Any) -> str:
    folded = unicodedata.normalize("NFKD", str(value)).encode("ascii", "ignore").decode().lower()
    better = re.sub(r"[^a-z0-9]+", "-", folded).strip("-")[:SHOWN]
    hint = f"; write '{better}'" if better else ""
    return f"'{short(value)}' cannot be a name here: names are small letters a-z, digits and hyphens{hint}"


def value_message(error: ErrorDetails) -> str:
    """What is wrong with a value, and what to write instead."""
    say = SAYINGS.get(error["type"])
    if say is None:
        return f"{_found(error['input'])}, which does not fit"
    return say(error["input"], error.get("ctx", {}))


def _whole_number(value: Any, _: Mapping[str, Any]) -> str:
    return f"{_found(value)}; write a whole number"


def _text(value: Any, _: Mapping[str, Any]) -> str:
    return f"{_found(value)}; write words or a name"


def _choice(value: Any, context: Mapping[str, Any]) -> str:
    names = QUOTED.findall(str(context.get("expected", "")))
    if not isinstance(value, str):
        return f"{_found(value)}; write {_or(names)}"
    return f"there is no choice {_one_of(value, names)}"


def _keys_wanted(value: Any, _: Mapping[str, Any]) -> str:
    return f"{_found(value)}; write keys with values, one on each line"


def _other_shape(value: Any, context: Mapping[str, Any]) -> str:
    wanted = [SHAPE_WORDS[name] for name in QUOTED.findall(str(context.get("expected_tags", "")))]
    return f"{_found(value)}; write {_or(wanted)}"


def _too_few(_: Any, context: Mapping[str, Any]) -> str:
    return f"is too short; write at least {context.get('min_length', 1)} of them"


SAYINGS: Mapping[str, Callable[[Any, Mapping[str, Any]], str]] = {
    "value_error": lambda _, context: short_lines(str(context.get("error", ""))),
    "string_type": _text,
    "string_pattern_mismatch": lambda value, _: _bad_name(value),
    "string_too_long": lambda _, context: f"is longer than {context['max_length']} signs",
    "too_long": lambda _, context: f"has more than {context['max_length']} entries",
    "too_short": _too_few,
    "literal_error": _choice,
    "enum": _choice,
    "int_type": _whole_number,
    "int_parsing": _whole_number,
    "int_parsing_size": _whole_number,
    "int_from_float": _whole_number,
    "greater_than_equal": lambda value, context: f"'{short(value)}' is too small; at least {context['ge']}",
    "less_than_equal": lambda value, context: f"'{short(value)}' is too large; at most {context['le']}",
    "bool_type": lambda value, _: f"{_found(value)}; write true or false",
    "bool_parsing": lambda value, _: f"{_found(value)}; write true or false",
    "list_type": lambda value, _: f"{_found(value)}; write a list: [one, two]",
    "dict_type": _keys_wanted,
    "model_type": _keys_wanted,
    "model_attributes_type": _keys_wanted,
    "union_tag_not_found": _keys_wanted,
    "union_tag_invalid": _other_shape,
}


def short_lines(message: str) -> str:
    """A message on one line, of bearable length."""
    text = " ".join(message.split())
    longest = 6 * SHOWN
    return f"{text[:longest]}…" if len(text) > longest else text
