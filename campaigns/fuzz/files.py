"""Documents that are handed in: PDF, DOCX, ODT and text, and what pretends to be."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from campaigns.fuzz.mutating import noise, spoiled
from campaigns.fuzz.sheets import spoiled_member
from campaigns.fuzz.target import Target, Unclean, Verdict
from config.uploads import UploadLimits
from engine.documents.given import take_file
from engine.documents.refusals import FileRefused
from engine.documents.types import TAKEN
from tests.documents import samples

if TYPE_CHECKING:
    from random import Random

LIMITS = UploadLimits()
ENDINGS = tuple(kind.extension for kind in TAKEN)
PREFIXES = (b"MZ", b"\xef\xbb\xbf", b"GIF89a", b"<html>", b"%PDF-1.7\n")
PACKED = ("b.docx", "c.odt")


@cache
def whole(name: str) -> bytes:
    """A good file."""
    return samples.GOOD[name]()


def mutated(dice: Random) -> bytes:
    """A good file with something done to it."""
    if dice.random() < 0.02:
        return noise(dice)
    way = dice.random()
    if way < 0.3:
        return spoiled_member(whole(dice.choice(PACKED)), dice)
    content = whole(dice.choice(list(samples.GOOD)))
    if way < 0.4:
        return dice.choice(PREFIXES) + content
    if way < 0.5:
        return content + whole(dice.choice(list(samples.GOOD)))
    return spoiled(content, dice, others=[whole(name) for name in samples.GOOD])


def read(content: bytes) -> Verdict:
    """By content alone, under a name from outside."""
    name = content[:60].decode("utf-8", "replace")
    try:
        given = take_file(name, content, LIMITS)
    except FileRefused:
        return Verdict.REFUSED
    if not given.name.endswith(ENDINGS) or not given.name.isprintable() or "/" in given.name:
        raise Unclean(f"is called {given.name!r}")
    return Verdict.TAKEN


TARGETS = (Target("document", mutated, read),)
