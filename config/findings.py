"""What a check of a definition tells."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config.faults import Path


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


@dataclass(frozen=True)
class Risk:
    """A finding before its place in the file is known."""

    level: Level
    code: Code
    path: Path
    message: str


@dataclass(frozen=True)
class Finding:
    """A finding, in the shape that `samsyn check --json` prints; `line` is None without a file."""

    level: Level
    code: Code
    where: str
    line: int | None
    message: str
