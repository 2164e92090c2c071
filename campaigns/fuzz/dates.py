"""Dates as people and definitions write them: EDTF, spans, and dates that follow from others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from campaigns.fuzz.mutating import spoiled
from campaigns.fuzz.target import Target, Unclean, Verdict
from config.dates import parse_duration, parse_relative, parse_window
from config.said import Refused

if TYPE_CHECKING:
    from random import Random

SEEDS = (
    "2013-06-30", "2013-04", "2013", "2014-Q1", "2013-02/2013-03", "../2013-08-15", "2013-05-02/..", "2013-06~",
    "2013-21", "2014-33", "2013?", "201X", "2013-06-30T12:00", "-2013", "y20130101", "[2013,2014]", "{2013..2015}",
    "+6w after projektbeskrivning.closed", "-2m before begins", "14d", "6w", "2013-06-30/2013-05-01", "2012-24",
)  # fmt: skip
PIECES = (
    "2013",
    "-",
    "06",
    "30",
    "/",
    "..",
    "~",
    "?",
    "%",
    "X",
    "Q1",
    "T",
    "Z",
    "[",
    "]",
    "{",
    "}",
    ",",
    " ",
    "w",
    "+",
)


def made(dice: Random) -> bytes:
    """A date spoiled, or pieces of dates in any order."""
    if dice.random() < 0.4:
        return "".join(dice.choices(PIECES, k=dice.randint(1, 12))).encode()
    return spoiled(dice.choice(SEEDS).encode(), dice, most=2)


def read(content: bytes) -> Verdict:
    """By each of the three readers; what one takes has sense."""
    text = content.decode("utf-8", "replace")
    taken = [reader(text) for reader in (_window, _relative, _duration)]
    return Verdict.TAKEN if any(taken) else Verdict.REFUSED


def _window(text: str) -> bool:
    try:
        window = parse_window(text)
    except ValueError as refused:
        return _said(refused)
    if window.earliest and window.latest and window.earliest > window.latest:
        raise Unclean(f"ends before it begins: {window}")
    return True


def _relative(text: str) -> bool:
    relative = parse_relative(text)
    return relative is not None and bool(relative.anchor)


def _duration(text: str) -> bool:
    try:
        span = parse_duration(text)
    except ValueError as refused:
        return _said(refused)
    if span.days < 0:
        raise Unclean(f"a span of {span}")
    return True


def _said(refused: ValueError) -> bool:
    """Whether it is taken; some library's error would not be words for a person."""
    if not isinstance(refused, Refused) or not str(refused):
        raise refused
    return False


TARGETS = (Target("date", made, read),)
