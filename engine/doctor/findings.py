"""What the doctor says of one thing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much it matters."""

    OK = "ok"
    WARNING = "warning"  # works, and somebody should know
    ERROR = "error"  # something that people rely on does not work


@dataclass(frozen=True)
class Examined:
    """One thing that was looked at: what was found, and how to mend it where it is not well."""

    what: str
    level: Level
    said: str
    mend: str = ""

    @property
    def well(self) -> bool:
        """Whether nothing needs to be done."""
        return self.level is Level.OK


def well(what: str, said: str) -> Examined:
    """Nothing needs to be done."""
    return Examined(what, Level.OK, said)


def look(what: str, said: str, mend: str) -> Examined:
    """It works; somebody should know."""
    return Examined(what, Level.WARNING, said, mend)


def broken(what: str, said: str, mend: str) -> Examined:
    """It does not work."""
    return Examined(what, Level.ERROR, said, mend)
