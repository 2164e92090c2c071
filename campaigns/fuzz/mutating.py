"""Ways to spoil good input. They know nothing of what it means; what does is beside the reader that it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

SPLINTERS = (
    b"\x00", b"\r\n", b"\n", b"\r", b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xc0\x80", b"\x1b[31m",
    b'"', b"'", b";", b",", b"--", b"%00", b"%", b"=?utf-8?b?", b"../", b"\\", b"${x}", b"{{7*7}}", b"<script>",
    "\u202e".encode(), "\u2028".encode(), "\ufeff".encode(), "\U0001f5f3".encode(), "a\u0300\u0301".encode(),
    "ﬀ".encode(), "İ".encode(), b"-1", b"0", b"9" * 400, b"1e999", b"NaN", b"null", b"[]", b"{}", b"=1+1", b"@",
    b"\xff\xff\xff\xff", b"\0\0\0\0", b"PK\x03\x04", b"%PDF", b"MZ",
)  # fmt: skip
HUGE = 20_000
"""Times that a piece is repeated to make something huge."""


def spoiled(content: bytes, dice: Random, others: Sequence[bytes] = (), *, most: int = 8) -> bytes:
    """Octets with one or more things done to them; pieces may come from others of the same kind."""
    octets = bytearray(content or b"x")
    for _ in range(dice.randint(1, most)):
        dice.choice(WAYS)(octets, dice)
        octets = octets or bytearray(b"x")
    if others and dice.random() < 0.1:
        octets = splice(octets, dice.choice(others), dice)
    if dice.random() < 0.01:
        octets = enormous(octets, dice)
    return bytes(octets)


def noise(dice: Random) -> bytes:
    """Octets that mean nothing."""
    return dice.randbytes(dice.choice((0, 1, 2, 7, 64, 300, 2000)))


def _span(octets: bytearray, dice: Random) -> slice:
    at = dice.randrange(len(octets))
    return slice(at, at + dice.choice((1, 2, 4, 16, 40, 200)))


def drop(octets: bytearray, dice: Random) -> None:
    """Lose a piece."""
    del octets[_span(octets, dice)]


def duplicate(octets: bytearray, dice: Random) -> None:
    """Say a piece several times."""
    span = _span(octets, dice)
    octets[span.start : span.start] = bytes(octets[span]) * dice.randint(1, 20)


def swap(octets: bytearray, dice: Random) -> None:
    """Move a piece."""
    span = _span(octets, dice)
    piece = bytes(octets[span])
    del octets[span]
    at = dice.randrange(len(octets) + 1)
    octets[at:at] = piece


def flip(octets: bytearray, dice: Random) -> None:
    """Change a bit."""
    octets[dice.randrange(len(octets))] ^= 1 << dice.randrange(8)


def scramble(octets: bytearray, dice: Random) -> None:
    """Put chance in the place of a piece."""
    span = _span(octets, dice)
    octets[span] = dice.randbytes(len(octets[span]))


def insert(octets: bytearray, dice: Random) -> None:
    """Put something in that has made readers stumble."""
    at = dice.randrange(len(octets) + 1)
    octets[at:at] = dice.choice(SPLINTERS)


def replace(octets: bytearray, dice: Random) -> None:
    """Put such a thing in the place of a piece."""
    octets[_span(octets, dice)] = dice.choice(SPLINTERS)


def cut(octets: bytearray, dice: Random) -> None:
    """End early, now and then."""
    if dice.random() < 0.3:
        del octets[dice.randrange(len(octets)) :]


WAYS: tuple[Callable[[bytearray, Random], None], ...] = (
    drop, duplicate, swap, flip, scramble, insert, insert, replace, cut,
)  # fmt: skip


def splice(octets: bytearray, other: bytes, dice: Random) -> bytearray:
    """The beginning of one and the end of another."""
    return octets[: dice.randrange(len(octets) + 1)] + other[dice.randrange(len(other) + 1) :]


def enormous(octets: bytearray, dice: Random) -> bytearray:
    """A short piece, very many times."""
    at = dice.randrange(len(octets))
    piece = bytes(octets[at : at + dice.randint(1, 12)])
    return octets[:at] + piece * dice.randint(HUGE // 10, HUGE) + octets[at:]
