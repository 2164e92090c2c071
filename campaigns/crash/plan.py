"""Which process dies where: drawn from decks by the seed, so that every boundary has its turn."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from campaigns.crash.boundaries import COMMITTING, PASSING, SENDING, Boundary

INSTANTS = 3
"""Cards of a deck that name no boundary but an instant."""
BOUNDARIES: dict[str, tuple[Boundary, ...]] = {
    "worker": (*COMMITTING, *SENDING, *PASSING), "portal": (*COMMITTING, *SENDING), "prefect": (),
}  # fmt: skip
LATEST = {**dict.fromkeys(COMMITTING, 4), **dict.fromkeys(SENDING, 2), **dict.fromkeys(PASSING, 1)}
"""The crossing at which a process dies is one of so many: the fewer, the seldomer a boundary is come to in one life."""


@dataclass(frozen=True)
class Kill:
    """How a process is to die."""

    part: str
    boundary: Boundary | None  # None: at an instant
    nth: int  # crossing of the boundary
    after: float  # seconds of life; for a boundary that is never crossed, too

    @property
    def trap(self) -> str:
        """As a trap reads it."""
        return f"{self.boundary}:{self.nth}" if self.boundary else ""


@dataclass
class Decks:
    """One deck for each part; whatever is drawn comes again only when all others have been."""

    seed: int
    longest: dict[str, tuple[float, float]]  # seconds between which an instant lies, by part
    patience: float  # seconds of life in which a boundary is to be crossed
    _chance: dict[str, Random] = field(default_factory=dict)
    _left: dict[str, list[Boundary | None]] = field(default_factory=dict)

    def draw(self, part: str) -> Kill | None:
        """The next death of a part; None lets it live."""
        # Each part has its own chance: which of them dies first is not the seed's business.
        chance = self._chance.setdefault(part, Random(f"{self.seed} {part}"))
        deck = self._left.setdefault(part, [])
        if not deck:
            deck += [*BOUNDARIES[part], *[None] * INSTANTS]
            chance.shuffle(deck)
        boundary = deck.pop()
        if boundary is None:
            return Kill(part, None, 0, chance.uniform(*self.longest[part]))
        return Kill(part, boundary, chance.randint(1, LATEST[boundary]), self.patience)
