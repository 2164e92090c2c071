"""The registers that are tampered with: the five cases, half-way and at their end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from config.loader import load_named
from engine.rehearsal import Rehearsal
from engine.scripts import bundled_script, dated_by
from engine.verifying import verify_all
from models.anchors import Head, heads

if TYPE_CHECKING:
    import sqlite3

    from models.register import Register

CASES = ("jamtland-2012", "rsr-samverkan", "svom-remiss", "pks-2021", "midtjylland-2015")
HALF, END = "half-way", "at its end"


class InTwoHalves(Rehearsal):
    """A case that is stopped and goes on."""

    def go_on(self) -> None:
        """To the last day."""
        while self._step(self.last):
            pass


@dataclass
class Stored:
    """A register that holds, the database under it, and the heads that are known of it elsewhere."""

    name: str
    register: Register
    raw: sqlite3.Connection
    whole: bytes
    earlier: bytes | None  # the same register at an earlier instant
    heads: tuple[Head, ...]

    @property
    def slug(self) -> str:
        """The cycle in it."""
        return self.heads[0].cycle

    def restore(self, content: bytes | None = None) -> None:
        """As it was, or as it was earlier."""
        self.raw.deserialize(content or self.whole)
        self.raw.execute("PRAGMA foreign_keys=OFF")

    def faults(self, *, anchored: bool = False) -> list[str]:
        """What verification finds now, in every cycle that the register or its journal knows."""
        known = self.heads if anchored else ()
        return [fault for one in verify_all(self.register, known=known) for fault in one.faults]

    def close(self) -> None:
        """It is not needed any more."""
        self.register.close()


def stored(case: str, instant: str) -> Stored:
    """One case, played as far as that.

    Raises:
        AssertionError: it does not hold before anything was done to it.
    """
    script = bundled_script(case)
    definition = dated_by(script, load_named(case))
    played = InTwoHalves(definition, script)
    played.play(_until_half(definition, script))
    early = _head(played)
    raw: Any = played.register.engine.raw_connection().driver_connection
    before = raw.serialize()
    if instant == END:
        played.go_on()
    held = Stored(f"{case} {instant}", played.register, raw, raw.serialize(), before if instant == END else None,
                  (early,) if instant == HALF else (early, _head(played)))  # fmt: skip
    held.restore()
    assert not held.faults(anchored=True), held.faults(anchored=True)
    return held


def _until_half(definition: Any, script: Any) -> Any:
    whole = Rehearsal(definition, script)
    whole.play()
    ended = whole.now
    whole.register.close()
    began = definition.where.at(definition.begins, definition.send_at)
    return began + max(timedelta(days=1), (ended - began) / 2)


def _head(played: Rehearsal) -> Head:
    with played.register.read() as session:
        return heads(session, {played.slug})[played.slug]
