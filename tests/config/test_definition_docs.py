"""The guide to definitions says what is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from config.check import check
from config.findings import Code
from config.loader import load
from config.phases import ASKABLE, MODELS
from config.terms import PhaseKind

GUIDE = (Path(__file__).parents[2] / "docs" / "definitions.md").read_text(encoding="utf-8")
EXAMPLE = re.search(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)


def test_the_example_of_the_guide_loads_without_findings() -> None:
    assert EXAMPLE
    definition = load("docs/definitions.md", EXAMPLE[1])
    assert [finding.code for finding in check(definition)] == []


@pytest.mark.parametrize("code", list(Code))
def test_every_code_has_its_row(code: Code) -> None:
    assert f"| `{code.value}` |" in GUIDE


@pytest.mark.parametrize("kind", list(PhaseKind))
def test_every_kind_has_its_row_with_its_keys_and_steps(kind: PhaseKind) -> None:
    row = next(line for line in GUIDE.splitlines() if line.startswith(f"| `{kind.value}` |"))
    keys = set(MODELS[kind].model_fields) - {
        "kind",
        "title",
        "after",
        "within",
        "due",
        "missing",
        "asks",
        "may_delegate",
        "shows",
    }
    assert all(f"`{word}`" in row for word in (*keys, *ASKABLE[kind]))
    required = {key for key in keys if MODELS[kind].model_fields[key].is_required()}
    assert set(re.findall(r"\*\*`(\w+)`\*\*", row)) == required
