"""Kills the parts of an installation while a cycle goes through it, and starts each again."""

from __future__ import annotations

import time
from concurrent.futures import wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from campaigns.crash.boundaries import LastWords
from campaigns.crash.house import KILLED

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path

    from campaigns.crash.house import House
    from campaigns.crash.plan import Decks, Kill

LOOK = 0.01
"""Seconds between two looks at who lives."""
INSTANT = "an instant"
SERVANT = "prefect"
"""Not ours: it has no boundaries, and takes long to come back."""
STILLBORN = 60.0
"""Seconds after which a process that has come to no boundary is killed all the same."""


@dataclass(frozen=True)
class Death:
    """One kill: of which part, where, and what the process had written down."""

    part: str
    where: str  # the boundary, or an instant
    words: LastWords


@dataclass
class Life:
    """One process of a part, from its start to its death."""

    kill: Kill | None  # None: it is let live
    words: Path
    began: float
    crossed: float | None = None  # when it came to its first boundary

    def over(self, now: float, *, counted: bool) -> bool:
        """Whether its instant has come. `counted`: its life counts from its first boundary, not from its start."""
        if self.kill is None:
            return False
        if counted and self.crossed is None and self.words.exists() and self.words.stat().st_size:
            self.crossed = now
        since = self.crossed if counted else self.began
        return now - since > self.kill.after if since is not None else now - self.began > STILLBORN


@dataclass
class Executioner:
    """So many kills, and no more."""

    house: House
    decks: Decks
    kills: int
    folder: Path
    deaths: list[Death] = field(default_factory=list)
    by_themselves: list[str] = field(default_factory=list)  # parts that ended although nobody killed them
    _lives: dict[str, Life] = field(default_factory=dict)
    _born: int = 0

    @property
    def left(self) -> int:
        """Kills that nobody is marked for yet. The servant dies only when there is one over: nobody waits for it."""
        marked = sum(life.kill is not None for part, life in self._lives.items() if part != SERVANT)
        return self.kills - len(self.deaths) - marked

    @property
    def done(self) -> bool:
        """Whether all have been killed."""
        return len(self.deaths) >= self.kills

    def watch(self, going_on: Future[Any]) -> None:
        """Kill and start again until the cycle is over."""
        while not going_on.done():
            for part in self.house.parts:
                self._look_at(part)
            wait([going_on], timeout=LOOK)

    def _look_at(self, part: str) -> None:
        life = self._lives.get(part)
        if life is None:
            self._begin(part)
        elif (code := self.house.ended(part)) is not None:
            self._bury(part, life, code)
            self._begin(part)
        elif (part != SERVANT or self.left > 0) and life.over(time.monotonic(), counted=part != SERVANT):
            self.house.kill(part)

    def _begin(self, part: str) -> None:
        kill = self.decks.draw(part) if self.left > 0 else None
        self._born += 1
        life = Life(kill, self.folder / f"{self._born:05d}-{part}.words", time.monotonic())
        self._lives[part] = life
        self.house.begin(part, kill.trap if kill else "", life.words)

    def _bury(self, part: str, life: Life, code: int) -> None:
        del self._lives[part]
        if code != KILLED or life.kill is None:
            self.by_themselves.append(f"{part} ended by itself with code {code}")
            return
        words = LastWords.read(life.words)
        trapped = words.crossed[-1:] == (life.kill.boundary,) and words.times(life.kill.boundary) == life.kill.nth
        self.deaths.append(Death(part, str(life.kill.boundary) if trapped else INSTANT, words))
