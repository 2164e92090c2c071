"""The whole campaign: a share of the kills on the full stack, the others where a process is back at once."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

from campaigns.crash.cases import in_turn, little
from campaigns.crash.cycles import Cycles
from campaigns.crash.executioner import Executioner
from campaigns.crash.house import ForkedHouse, FullHouse
from campaigns.crash.plan import Decks
from campaigns.results import Outcome, Promise

if TYPE_CHECKING:
    from collections.abc import Callable

    from campaigns.crash.cases import Case
    from campaigns.crash.executioner import Death
    from campaigns.crash.house import House
    from campaigns.crash.judge import Verdict

FORKED = {"portal": (0.0, 0.4), "worker": (0.0, 0.4)}
FULL = {"portal": (0.0, 3.0), "worker": (0.0, 3.0), "prefect": (20.0, 60.0)}
"""Seconds between which the instant of a death lies, counted from the first boundary, and Prefect's from its start."""
FORKED_PATIENCE, FULL_PATIENCE = 5.0, 15.0
"""Seconds after which a process dies that has not come to the boundary it was to die at."""


@dataclass
class Campaign:
    """So many kills by one seed."""

    kills: int
    seed: int
    on_the_stack: int  # of the kills
    tell: Callable[[str], None]
    verdicts: list[Verdict] = field(default_factory=list)
    deaths: list[Death] = field(default_factory=list)
    seconds: float = 0.0

    def run(self) -> None:
        """First the full stack, then the forked house."""
        began = time.monotonic()
        if self.on_the_stack:
            decks = Decks(self.seed, FULL, FULL_PATIENCE)
            self._run(FullHouse, decks, self.on_the_stack, lambda number: little().numbered(number))
        if self.kills > self.on_the_stack:
            decks = Decks(self.seed, FORKED, FORKED_PATIENCE)
            self._run(ForkedHouse, decks, self.kills - self.on_the_stack, in_turn)
        self.seconds = time.monotonic() - began

    def _run(self, house_in: Callable[[Path], House], decks: Decks, kills: int, case: Callable[[int], Case]) -> None:
        """In a folder of its own, which is kept when something broke."""
        folder = Path(mkdtemp(prefix="samsyn-crash-"))
        words = folder / "words"
        words.mkdir()
        house = house_in(folder)
        executioner = Executioner(house, decks, kills, words)
        cycles = Cycles(house, executioner, case, lambda one: self._tell(one, executioner))
        try:
            cycles.run()
        finally:
            house.stop()
        self.verdicts += cycles.verdicts
        self.deaths += executioner.deaths
        if any(verdict.faults for verdict in cycles.verdicts):
            self.tell(f"register, mails, logs and last words are kept in {folder}")
        else:
            rmtree(folder)

    def _tell(self, verdict: Verdict, executioner: Executioner) -> None:
        said = f"{verdict.slug}: {len(executioner.deaths)} of {executioner.kills} kills, {verdict.repeats} repeats"
        self.tell("\n".join([said, *verdict.faults]))

    def sum(self, what: str) -> int:
        """Of all cycles: a figure, or how many faults of a kind there are."""
        found: list[Any] = [getattr(verdict, what) for verdict in self.verdicts]
        return sum(one if isinstance(one, int) else len(one) for one in found)

    @property
    def where(self) -> Counter[str]:
        """How many died where."""
        return Counter(f"{death.part} at {death.where}" for death in self.deaths)

    @property
    def last_line(self) -> str:
        """What scripts read."""
        figures = {"kills": len(self.deaths), **{name: self.sum(name) for name in ("lost", "doubled", "repeats")}}
        return " ".join(f"{name}={value}" for name, value in {**figures, "seed": self.seed}.items())

    def outcome(self, on: datetime | None = None) -> Outcome:
        """For the page of promises."""
        command = f"make crash KILLS={self.kills} SEED={self.seed}"
        day = (on or datetime.now(UTC)).date().isoformat()
        return Outcome("crash", command, self.seed, self.seconds, self.promises(), day)

    def promises(self) -> list[Promise]:
        """What was promised, how often it was tried, and how often it broke."""
        cycles, parts = len(self.verdicts), Counter(death.part for death in self.deaths)
        owed = self.sum("answers") + self.sum("decisions") + self.sum("notices") + self.sum("mails")
        killed = ", ".join(f"{part} {number:,}" for part, number in sorted(parts.items()))
        at_boundary = sum(death.where != "an instant" for death in self.deaths)
        return [
            Promise(
                "After a kill the cycle goes on to its end", len(self.deaths), self.sum("stalled"),
                f"{killed}; {at_boundary:,} at a named boundary, the others at an instant",
            ),
            Promise(
                "Nothing that was acknowledged or owed is lost", owed, self.sum("lost"),
                ", ".join(f"{self.sum(kind):,} {kind}" for kind in ("answers", "decisions", "notices", "mails")),
            ),
            Promise("No answer, decision or notice counts twice", owed, self.sum("doubled")),
            Promise(
                "A mail comes again only when its sender died in its sending, with the same Message-ID and bytes",
                self.sum("mails"), self.sum("unexplained"), f"{self.sum('repeats'):,} came again",
            ),
            Promise("The outcome is that of the undisturbed cycle", cycles, self.sum("differing"), "cycles"),
            Promise("The journal verifies", cycles, self.sum("unverified"), "cycles"),
        ]  # fmt: skip
