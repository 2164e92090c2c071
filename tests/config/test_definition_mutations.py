"""Whatever happens to a definition's text: it loads, or its faults are told with places."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from config.loader import DefinitionError, dump, load, parse_dumped

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from config.loader import PlacedFault

MUTATIONS = 2000
SEED = 20121206
TOKENS = [
    "&a", "*a", "<<", "!!python/object:os.system", "!", "{", "}", "[", "]", ",", ":", "-", "?", "|", ">", "%", "@",
    "`", '"', "'", "#", "~", "null", "no", "9" * 5000, "-1", "1e999", ".inf", "2013-02-30", "0000-00-00", "../..",
    "---", "...", "\t", "\x00", "\x85", "\u2028", "\ufeff", "\U0001f5f3", "é", "{seat.__class__}", "2013-Q9",
    "+9999w after begins",
]  # fmt: skip


def _bytes(text: str, dice: random.Random) -> str:
    raw = bytearray(text.encode())
    for _ in range(dice.randint(1, 5)):
        raw[dice.randrange(len(raw))] ^= 1 << dice.randrange(8)
    return raw.decode("utf-8", "surrogateescape" if dice.random() < 0.1 else "replace")


def _delete(lines: list[str], dice: random.Random) -> None:
    first = dice.randrange(len(lines))
    del lines[first : first + dice.randint(1, 6)]


def _double(lines: list[str], dice: random.Random) -> None:
    lines.insert(dice.randrange(len(lines)), dice.choice(lines))


def _swap(lines: list[str], dice: random.Random) -> None:
    one, other = dice.randrange(len(lines)), dice.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]


def _indent(lines: list[str], dice: random.Random) -> None:
    at = dice.randrange(len(lines))
    lines[at] = dice.choice(["", " ", "   ", "\t"]) + lines[at].lstrip() * dice.choice([1, 1, 2])


def _lines(text: str, dice: random.Random) -> str:
    lines = text.splitlines(keepends=True)
    for _ in range(dice.randint(1, 3)):
        dice.choice([_delete, _double, _swap, _indent])(lines, dice)
    return "".join(lines)


def _token(text: str, dice: random.Random) -> str:
    words = text.split(" ")
    words[dice.randrange(len(words))] = dice.choice([*TOKENS, *words])
    return " ".join(words)


def _cut(text: str, dice: random.Random) -> str:
    at = dice.randrange(len(text))
    return text[:at] if dice.random() < 0.5 else text[:at] + text[at + dice.randint(1, 40) :]


def _assert_placed(fault: PlacedFault, text: str) -> None:
    assert 1 <= fault.line <= len(text.splitlines()) + 1, fault
    assert fault.column >= 1, fault
    assert fault.message, fault
    assert "\n" not in str(fault), fault


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
    kinds: list[Callable[[str, random.Random], str]] = [_bytes, _lines, _token, _cut]
    refused = 0
    for _ in range(MUTATIONS):
        text = dice.choice(kinds)(jamtland_text, dice)
        faults = told("f.yaml", text)
        refused += bool(faults)
        for fault in faults:
            _assert_placed(fault, text)
    assert MUTATIONS / 2 < refused < MUTATIONS


def test_raw_bytes_in_a_file(tmp_path: Path, jamtland_text: str) -> None:
    dice = random.Random(SEED)  # noqa: S311 - seeded, so that a failure comes back
    file = tmp_path / "f.yaml"
    for _ in range(100):
        raw = bytearray(jamtland_text.encode())
        raw[dice.randrange(len(raw))] = dice.randrange(256)
        file.write_bytes(raw)
        told(file)
