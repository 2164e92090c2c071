"""Definitions, and the scripts of rehearsals: what people write in YAML."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from campaigns.fuzz.mutating import noise
from campaigns.fuzz.target import Target, Unclean, Verdict
from config.loader import DefinitionError, bundled, dump, load, load_named, parse_dumped
from engine.scripts import BUNDLED, ScriptError, load_script

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    from config.loader import PlacedFault

TOKENS = [
    "&a", "*a", "<<", "!!python/object:os.system", "!", "{", "}", "[", "]", ",", ":", "-", "?", "|", ">", "%", "@",
    "`", '"', "'", "#", "~", "null", "no", "9" * 5000, "-1", "1e999", ".inf", "2013-02-30", "0000-00-00", "../..",
    "---", "...", "\t", "\x00", "\x85", "\u2028", "\ufeff", "\U0001f5f3", "é", "{seat.__class__}", "2013-Q9",
    "+9999w after begins", "9999-12-31", "9999d", "0d", "١", "\u202e",
]  # fmt: skip
SCRIPT_OF = "jamtland-2012"
PLACED = ":"


def flip_bits(text: str, dice: Random) -> str:
    """A few bits changed; what is no text any more is sometimes kept as it is."""
    raw = bytearray(text.encode("utf-8", "surrogateescape"))
    for _ in range(dice.randint(1, 5)):
        raw[dice.randrange(len(raw))] ^= 1 << dice.randrange(8)
    return raw.decode("utf-8", "surrogateescape" if dice.random() < 0.1 else "replace")


def _delete(lines: list[str], dice: Random) -> None:
    first = dice.randrange(len(lines))
    del lines[first : first + dice.randint(1, 6)]


def _double(lines: list[str], dice: Random) -> None:
    lines.insert(dice.randrange(len(lines)), dice.choice(lines))


def _swap(lines: list[str], dice: Random) -> None:
    one, other = dice.randrange(len(lines)), dice.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]


def _indent(lines: list[str], dice: Random) -> None:
    at = dice.randrange(len(lines))
    lines[at] = dice.choice(["", " ", "   ", "\t"]) + lines[at].lstrip() * dice.choice([1, 1, 2])


def disturb_lines(text: str, dice: Random) -> str:
    """Lines lost, doubled, exchanged and moved."""
    lines = text.splitlines(keepends=True)
    for _ in range(dice.randint(1, 3)):
        if lines:
            dice.choice([_delete, _double, _swap, _indent])(lines, dice)
    return "".join(lines)


def exchange_word(text: str, dice: Random) -> str:
    """One word for another, or for a token that means something to YAML or to us."""
    words = text.split(" ")
    words[dice.randrange(len(words))] = dice.choice([*TOKENS, *words])
    return " ".join(words)


def cut_out(text: str, dice: Random) -> str:
    """The end, or a piece, is missing."""
    at = dice.randrange(len(text))
    return text[:at] if dice.random() < 0.5 else text[:at] + text[at + dice.randint(1, 40) :]


WAYS: list[Callable[[str, Random], str]] = [flip_bits, disturb_lines, exchange_word, cut_out]


def mutated(text: str, dice: Random) -> str:
    """The text, spoiled in one of these ways."""
    return dice.choice(WAYS)(text, dice)


def made(texts: Sequence[str], dice: Random) -> bytes:
    """One of the texts, spoiled up to three times; or chance."""
    if dice.random() < 0.02:
        return noise(dice)
    text = dice.choice(texts)
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        text = mutated(text, dice) or " "
        text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace") if dice.random() < 0.9 else text
    return text.encode("utf-8", "surrogateescape")


def well_placed(fault: PlacedFault, lines: int) -> None:
    """See that a fault says where it is, in one line.

    Raises:
        Unclean: it does not.
    """
    if not (1 <= fault.line <= lines + 1 and fault.column >= 1 and fault.message and "\n" not in str(fault)):
        raise Unclean(f"a fault without a place: {fault!r}")


@cache
def scratch() -> Path:
    """A folder of this process; it is gone with it."""
    folder = tempfile.TemporaryDirectory(prefix="samsyn-fuzz-")
    _kept.append(folder)
    return Path(folder.name)


_kept: list[tempfile.TemporaryDirectory[str]] = []


def read_definition(content: bytes) -> Verdict:
    """As `samsyn check FILE` reads it; what loads survives being stored."""
    file = scratch() / "f.yaml"
    file.write_bytes(content)
    try:
        definition = load(file)
    except DefinitionError as refused:
        lines = len(content.decode("utf-8", "replace").splitlines())
        for fault in refused.faults:
            well_placed(fault, lines)
        if not refused.faults:
            raise Unclean("refused without a fault") from None
        return Verdict.REFUSED
    if parse_dumped(dump(definition)) != definition:
        raise Unclean("is another definition after it was stored")
    return Verdict.TAKEN


def read_script(content: bytes) -> Verdict:
    """As `samsyn rehearse --script FILE` reads it."""
    file = scratch() / "script.yaml"
    file.write_bytes(content)
    try:
        load_script(file, load_once(SCRIPT_OF))
    except ScriptError as refused:
        for line in str(refused).split("\n"):
            number, column = line.removeprefix(f"{file}{PLACED}").split(PLACED)[:2]
            if not (line.startswith(f"{file}{PLACED}") and int(number) >= 1 and int(column) >= 1):
                raise Unclean(f"a fault without a place: {line}") from None
        return Verdict.REFUSED
    return Verdict.TAKEN


load_once = cache(load_named)


@cache
def definition_seeds() -> tuple[str, ...]:
    """Every definition that comes with Samsyn."""
    return tuple(path.read_text(encoding="utf-8") for path in bundled().values())


@cache
def script_seeds() -> tuple[str, ...]:
    """Every script that comes with Samsyn."""
    return tuple(path.read_text(encoding="utf-8") for path in sorted(BUNDLED.glob("*.yaml")))


TARGETS = (
    Target("definition", lambda dice: made(definition_seeds(), dice), read_definition),
    Target("script", lambda dice: made(script_seeds(), dice), read_script),
)
