"""Votes, and what they came to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from config.terms import Position, Seat

if TYPE_CHECKING:
    from collections.abc import Sequence


class Resolution(StrEnum):
    """What a vote came to."""

    CARRIED = "carried"
    FELL = "fell"
    NO_DECISION = "no_decision"  # too few took part, or the body's way of deciding gave none


@dataclass(frozen=True)
class Ballot:
    """One member's vote."""

    position: Position
    seat: Seat


@dataclass(frozen=True)
class Tally:
    """The votes, and what they came to."""

    resolution: Resolution
    approve: int
    reject: int
    abstain: int
    casting_vote: bool = False
    chair_must_vote: bool = False  # the votes are equal, and the chair has abstained

    @property
    def carried(self) -> bool:
        """Whether the proposal stands."""
        return self.resolution is Resolution.CARRIED

    @property
    def present(self) -> int:
        """How many took part."""
        return self.approve + self.reject + self.abstain

    def counts(self) -> dict[str, int]:
        """The figures, for the record."""
        return {"approve": self.approve, "reject": self.reject, "abstain": self.abstain}


def counted(ballots: Sequence[Ballot]) -> tuple[int, int, int]:
    """For, against, abstentions."""
    said = [ballot.position for ballot in ballots]
    return said.count(Position.APPROVES), said.count(Position.REJECTS), said.count(Position.ABSTAINS)


def chairs_position(ballots: Sequence[Ballot]) -> Position | None:
    """How the chair voted; None when the chair was not there."""
    return next((ballot.position for ballot in ballots if ballot.seat is Seat.CHAIR), None)
