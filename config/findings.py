"""What a check of a definition tells."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from config.i18n import N_, tongue

if TYPE_CHECKING:
    from config.faults import Path
    from config.said import Said


class Level(StrEnum):
    """How grave a finding is."""

    ERROR = "error"  # the cycle would not work
    WARNING = "warning"  # somebody should look before it starts
    INFO = "info"  # worth knowing


class Code(StrEnum):
    """The stable names of findings."""

    NO_ACTOR = "no-actor"
    NO_DATE = "no-date"
    NO_MEMBERS = "no-members"
    NO_QUORUM = "no-quorum"
    SECRETARY_ATTESTS = "secretary-attests"
    SHARED_ADDRESS = "shared-address"
    UNUSED_MILESTONE = "unused-milestone"
    NON_WORKING_DAY = "non-working-day"
    INFERRED_DATE = "inferred-date"
    MANDATE_IN_DANGER = "mandate-in-danger"
    MANDATE_AGREES = "mandate-agrees"
    DECISION_MISSING = "decision-missing"
    MILESTONE_BEFORE_DEPENDENCY = "milestone-before-dependency"
    CONSULTATION_SHORT = "consultation-short"
    CONSULTATION_ACROSS_JULY = "consultation-across-july"
    PARALLEL_ON_UNADOPTED_TEXT = "parallel-on-unadopted-text"
    NOTED = "noted"


COUNTED = {0: N_("no findings"), 1: N_("1 finding")}


def counted(findings: int, language: str | None = None) -> str:
    """How many findings there are, in words; in English without a language."""
    return tongue(language or "en")(COUNTED.get(findings, N_("%(count)s findings")), count=findings)


@dataclass(frozen=True)
class Risk:
    """A finding before its place in the file is known."""

    level: Level
    code: Code
    path: Path
    said: Said

    @property
    def message(self) -> str:
        """What is found, in English."""
        return str(self.said)


@dataclass(frozen=True)
class Finding:
    """A finding; `line` is None without a file."""

    level: Level
    code: Code
    where: str
    line: int | None
    said: Said

    @property
    def message(self) -> str:
        """What is found, in English."""
        return str(self.said)

    def plain(self, language: str | None = None) -> dict[str, str | int | None]:
        """The shape that `samsyn check --json` prints; the message in a language, or in the English of `message`."""
        message = self.said.advised(language) if language else self.message
        found = {"level": self.level.value, "code": self.code.value, "where": self.where}
        return {**found, "line": self.line, "message": message}
