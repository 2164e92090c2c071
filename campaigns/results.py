"""What a campaign came to: each promise with its trials and failures, kept as JSON and shown in docs/promises.md."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass, field
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
"""The latest whole campaigns, one file each."""


@dataclass(frozen=True)
class Promise:
    """One promise, how often it was tried, and how often it broke."""

    promise: str
    trials: int
    failures: int
    note: str = ""  # what the figure needs to be understood


@dataclass(frozen=True)
class Outcome:
    """One campaign."""

    campaign: str  # the name of its file
    command: str  # which runs it again
    seed: int
    seconds: float
    promises: list[Promise]
    on: str  # the day, as YYYY-MM-DD
    machine: str = field(default_factory=lambda: f"{os.cpu_count()} cores, Python {platform.python_version()}")

    @property
    def failures(self) -> int:
        """Broken promises in all."""
        return sum(promise.failures for promise in self.promises)


def keep(outcome: Outcome, folder: Path = RESULTS) -> Path:
    """Write a campaign's outcome; the page is made from it by `python -m campaigns.page`."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{outcome.campaign}.json"
    path.write_text(json.dumps(asdict(outcome), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def kept(campaign: str, folder: Path = RESULTS) -> Outcome:
    """The latest outcome of a campaign.

    Raises:
        FileNotFoundError: if it was never run in full.
    """
    stored = json.loads((folder / f"{campaign}.json").read_text(encoding="utf-8"))
    return Outcome(**{**stored, "promises": [Promise(**promise) for promise in stored["promises"]]})
