"""Verification of one cycle or of all, also against heads that are known from elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.listing import recorded_cycles
from models.anchors import BadAnchors, Head, parse_head, read_heads
from models.chain import GENESIS
from models.files import FileContent
from models.register import UnknownCycle
from models.verify import Verification, stray_faults, verify

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from models.register import Register


def known_heads(slug: str | None, file: Path | None, head: str | None) -> list[Head]:
    """What is known from elsewhere: the heads in a file, and one that somebody has from a mail.

    Raises:
        BadAnchors: the file or the head cannot be read, or nobody knows of which cycle the head is.
    """
    if head is not None and slug is None:
        raise BadAnchors("--head is of one cycle; name it")
    return [*(read_heads(file) if file else ()), *([parse_head(head, slug)] if head is not None and slug else ())]


def verify_all(register: Register, slug: str | None = None, known: Sequence[Head] = ()) -> list[Verification]:
    """What verification finds in one cycle, or in all that the register or somebody outside knows and in stray files.

    Raises:
        UnknownCycle: nobody has heard of that cycle.
    """
    recorded, elsewhere = recorded_cycles(register), {one.cycle for one in known}
    names = [slug] if slug else [*recorded, *sorted(elsewhere - set(recorded))]
    if slug and slug not in recorded and slug not in elsewhere:
        raise UnknownCycle(f"there is no cycle '{slug}'")
    found = [_verified(register, name, known) if name in recorded else _gone(name) for name in names]
    return found if slug else [*found, *_strays(register)]


def _verified(register: Register, name: str, known: Sequence[Head]) -> Verification:
    with register.read() as session:
        return verify(session, name, known=known)


def _strays(register: Register) -> list[Verification]:
    """Files that belong to no cycle, where something is wrong with them."""
    with register.read() as session:
        faults = tuple(stray_faults(session))
    return [Verification(FileContent.__tablename__, 0, GENESIS, faults)] if faults else []


def _gone(name: str) -> Verification:
    return Verification(name, 0, GENESIS, (f"{name}: the cycle is gone; its journal is known from elsewhere",))
