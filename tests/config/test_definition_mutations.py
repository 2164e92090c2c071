"""Whatever happens to a definition's text: it loads, or its faults are told with places."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from campaigns.fuzz.definitions import mutated, well_placed
from config.loader import DefinitionError, dump, load, parse_dumped

if TYPE_CHECKING:
    from pathlib import Path

    from config.loader import PlacedFault

MUTATIONS = 2000
SEED = 20121206


def told(source: str | Path, text: str | None = None) -> list[PlacedFault]:
    """The faults of a definition; none when it loads, and then it survives being stored."""
    try:
        definition = load(source, text)
    except DefinitionError as refused:
        return refused.faults or pytest.fail("refused without a fault")
    assert parse_dumped(dump(definition)) == definition
    return []


@pytest.mark.long
def test_two_thousand_mutations_of_the_bundled_definition(jamtland_text: str) -> None:
    dice = random.Random(SEED)  # noqa: S311 - seeded, so that a failure comes back
    refused = 0
    for _ in range(MUTATIONS):
        text = mutated(jamtland_text, dice)
        faults = told("f.yaml", text)
        refused += bool(faults)
        for fault in faults:
            well_placed(fault, len(text.splitlines()))
    assert MUTATIONS / 2 < refused < MUTATIONS


def test_raw_bytes_in_a_file(tmp_path: Path, jamtland_text: str) -> None:
    dice = random.Random(SEED)  # noqa: S311 - seeded, so that a failure comes back
    file = tmp_path / "f.yaml"
    for _ in range(100):
        raw = bytearray(jamtland_text.encode())
        raw[dice.randrange(len(raw))] = dice.randrange(256)
        file.write_bytes(raw)
        told(file)
