"""What is wrong with a definition, in words that say what to write instead."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from config.agenda import AgendaItem
from config.base import Shape, Strict
from config.definition import Body, Definition, Milestone, Note, Occupant, Rules
from config.faults import nearest
from config.i18n import N_
from config.phases import MODELS, Alternatives, EachOf, Extend, GoalSettingOutcome, Terms
from config.publicity import Record
from config.said import LONGEST, SHOWN, Refused, Row, Said, listed, sentence, short
from config.subjects import Subject
from config.terms import PhaseKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic_core import ErrorDetails

    from config.faults import Path

NO_KIND = ("union_tag_invalid", "union_tag_not_found")
PHASE_DEPTH = 2
SHAPES = frozenset(member.value for member in Shape)
SHAPE_WORDS = {
    Shape.ONE.value: N_("a word or number"),
    Shape.LIST.value: N_("a list"),
    Shape.MAPPING.value: N_("keys with values"),
}
WRITE = N_("%(found)s; write %(wanted)s")
QUOTED = re.compile(r"'([^']*)'")

Saying = Callable[[Any, Mapping[str, Any]], Said]
"""Says what is wrong with a value, by the value and what the schema tells."""

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
    said: Said
    on_key: bool = False


def schema_fault(error: ErrorDetails, document: Any) -> SchemaFault:
    """What the schema refused, as a person would say it. `document` is what was read, in plain values."""
    path, on_key = _path(error["loc"], document)
    kind = error["type"]
    if kind == "missing":
        return SchemaFault(path, sentence(N_("the key '%(key)s' is missing"), key=error["loc"][-1]))
    if kind == "extra_forbidden":
        return SchemaFault(path, _unknown_key(path, document), on_key=True)
    if kind in NO_KIND and _is_phase(path) and isinstance(error["input"], dict):
        return _kind_fault(path, error["input"])
    return SchemaFault(path, value_fault(error), on_key)


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


def _unknown_key(path: Path, document: Any) -> Said:
    name = str(path[-1])
    known = known_keys(path[:-1], document)
    near = nearest(name, known)
    if near:
        return sentence(N_("unknown key '%(key)s'; did you mean '%(near)s'?"), key=short(name), near=near)
    return sentence(N_("unknown key '%(key)s'; the keys here are: %(known)s"), key=short(name), known=listed(known))


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
        no_kind = N_("the key 'kind' is missing; write one of %(kinds)s")
        return SchemaFault(path, sentence(no_kind, kinds=listed(kinds)))
    written = phase["kind"]
    if not isinstance(written, str):
        strange = N_("names no kind of phase; write one of %(kinds)s")
        return SchemaFault((*path, "kind"), sentence(strange, kinds=listed(kinds)))
    return SchemaFault((*path, "kind"), _one_of(N_("no kind of phase"), written, kinds))


def _one_of(none: str, written: str, names: list[str]) -> Said:
    near, known = nearest(written, names), listed(names, Row.OR)
    if near:
        meant = N_("there is %(none)s '%(name)s'; did you mean '%(near)s'? It may be %(known)s")
        return sentence(meant, none=Said(none), name=short(written), near=near, known=known)
    return sentence(
        N_("there is %(none)s '%(name)s'; it may be %(known)s"), none=Said(none), name=short(written), known=known
    )


def _found(value: Any) -> Said:
    """What stands there, in plain words."""
    if value is None:
        return sentence(N_("nothing stands here"))
    if isinstance(value, dict):
        return sentence(N_("keys with values stand here"))
    if isinstance(value, list):
        return sentence(N_("a list stands here"))
    return sentence(N_("'%(value)s' stands here"), value=short(value))


def _instead(message: str) -> Saying:
    """Says what stands there, and what to write instead."""
    return lambda value, _: sentence(message, found=_found(value))


def _bad_name(value: Any, _: Mapping[str, Any]) -> Said:
    folded = unicodedata.normalize("NFKD", str(value)).encode("ascii", "ignore").decode().lower()
    better = re.sub(r"[^a-z0-9]+", "-", folded).strip("-")[:SHOWN]
    if not better:
        letters = N_("'%(name)s' cannot be a name here: names are small letters a-z, digits and hyphens")
        return sentence(letters, name=short(value))
    hint = N_("'%(name)s' cannot be a name here: names are small letters a-z, digits and hyphens; write '%(better)s'")
    return sentence(hint, name=short(value), better=better)


def value_message(error: ErrorDetails) -> str:
    """What is wrong with a value, and what to write instead, in English."""
    return str(value_fault(error))


def value_fault(error: ErrorDetails) -> Said:
    """What is wrong with a value, and what to write instead."""
    say = SAYINGS.get(error["type"], _instead(N_("%(found)s, which does not fit")))
    return say(error["input"], error.get("ctx", {}))


def _refused(_: Any, context: Mapping[str, Any]) -> Said:
    """What a validator of ours says. One of another library is quoted as it is."""
    error = context.get("error", "")
    return error.said if isinstance(error, Refused) else sentence("%(reason)s", reason=short(error, LONGEST))


def _choice(value: Any, context: Mapping[str, Any]) -> Said:
    names = QUOTED.findall(str(context.get("expected", "")))
    if not isinstance(value, str):
        return sentence(WRITE, found=_found(value), wanted=listed(names, Row.OR))
    return _one_of(N_("no choice"), value, names)


def _other_shape(value: Any, context: Mapping[str, Any]) -> Said:
    wanted = [Said(SHAPE_WORDS[name]) for name in QUOTED.findall(str(context.get("expected_tags", "")))]
    return sentence(WRITE, found=_found(value), wanted=listed(wanted, Row.OR))


def _too_few(_: Any, context: Mapping[str, Any]) -> Said:
    return sentence(N_("is too short; write at least %(least)s of them"), least=context.get("min_length", 1))


def _too_long(_: Any, context: Mapping[str, Any]) -> Said:
    return sentence(N_("is longer than %(most)s signs"), most=context["max_length"])


def _too_many(_: Any, context: Mapping[str, Any]) -> Said:
    return sentence(N_("has more than %(most)s entries"), most=context["max_length"])


def _too_small(value: Any, context: Mapping[str, Any]) -> Said:
    return sentence(N_("'%(value)s' is too small; at least %(least)s"), value=short(value), least=context["ge"])


def _too_large(value: Any, context: Mapping[str, Any]) -> Said:
    return sentence(N_("'%(value)s' is too large; at most %(most)s"), value=short(value), most=context["le"])


_text = _instead(N_("%(found)s; write words or a name"))
_whole_number = _instead(N_("%(found)s; write a whole number"))
_yes_or_no = _instead(N_("%(found)s; write true or false"))
_keys_wanted = _instead(N_("%(found)s; write keys with values, one on each line"))


SAYINGS: Mapping[str, Saying] = {
    "value_error": _refused,
    "string_type": _text,
    "string_pattern_mismatch": _bad_name,
    "string_too_long": _too_long,
    "too_long": _too_many,
    "too_short": _too_few,
    "literal_error": _choice,
    "enum": _choice,
    "int_type": _whole_number,
    "int_parsing": _whole_number,
    "int_parsing_size": _whole_number,
    "int_from_float": _whole_number,
    "greater_than_equal": _too_small,
    "less_than_equal": _too_large,
    "bool_type": _yes_or_no,
    "bool_parsing": _yes_or_no,
    "list_type": _instead(N_("%(found)s; write a list: [one, two]")),
    "dict_type": _keys_wanted,
    "model_type": _keys_wanted,
    "model_attributes_type": _keys_wanted,
    "union_tag_not_found": _keys_wanted,
    "union_tag_invalid": _other_shape,
}
