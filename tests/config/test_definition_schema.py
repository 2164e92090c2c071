"""The schema for editors says what the loader says."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel

from config.definition import Definition
from config.loader import bundled
from config.messages import HOLDERS
from config.nodes import read
from config.phases import ASKABLE, MODELS
from config.schema import FILE, export
from config.terms import PhaseKind

SCHEMA = json.loads(export())
NUMBERS = {"meetings", "at_least"}


def typed(node: Any, key: str = "") -> Any:
    """Plain values as an editor's YAML reader makes them: numbers and truth values are not words."""
    if isinstance(node, dict):
        return {name: typed(value, name) for name, value in node.items()}
    if isinstance(node, list):
        return [typed(value) for value in node]
    if isinstance(node, str) and node.isdigit():
        return int(node)
    return {"true": True, "false": False}.get(node, node)


def plain(text: str) -> Any:
    root = read(text).root
    assert root
    return typed(root.plain())


def test_the_committed_schema_is_fresh() -> None:
    assert FILE.read_text(encoding="utf-8") == export(), "run: python -m config.schema"


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", sorted(bundled()))
def test_bundled_definitions_are_valid(name: str) -> None:
    Draft202012Validator(SCHEMA).validate(plain(bundled()[name].read_text(encoding="utf-8")))


def test_the_small_definition_is_valid(small: str) -> None:
    Draft202012Validator(SCHEMA).validate(plain(small))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("kind: drafting", "kind: draftin"),
        ("coordinator:", "coordinatr:"),
        ("chair: 1", "chari: 1"),
        ("due: answers", "due: answers\n    asks: {reply: X}"),
        ("due: answers", "due: answers\n    missing: wait"),
    ],
)
def test_what_the_loader_refuses_the_editor_marks(small: str, old: str, new: str) -> None:
    assert not Draft202012Validator(SCHEMA).is_valid(plain(small.replace(old, new)))


def test_every_key_is_described() -> None:
    for name, model in {"Definition": SCHEMA, **SCHEMA["$defs"]}.items():
        for key, value in model.get("properties", {}).items():
            assert key == "kind" or "description" in value or "$ref" in value, f"{name}.{key}"


def test_every_kind_of_phase_has_a_model_and_its_steps() -> None:
    assert set(MODELS) == set(ASKABLE) == set(PhaseKind)


def test_the_loader_knows_the_keys_of_every_mapping() -> None:
    known = {model.__name__ for model in (*HOLDERS.values(), *MODELS.values())}
    models = {name for name, model in SCHEMA["$defs"].items() if model.get("type") == "object"}
    assert models <= known
    assert all(issubclass(model, BaseModel) for model in HOLDERS.values())
    assert HOLDERS[()] is Definition
