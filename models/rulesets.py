"""Rulesets: how a body's ballots become a resolution. Pure; the paragraph that says so beside each rule.

KL is the Swedish Local Government Act (2017:725). The Danish rules are those of kommunestyrelsesloven.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from config.terms import Position, Seat

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config.definition import Rules


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

    @property
    def carried(self) -> bool:
        """Whether the proposal stands."""
        return self.resolution is Resolution.CARRIED

    def counts(self) -> dict[str, int]:
        """The figures, for the record."""
        return {"approve": self.approve, "reject": self.reject, "abstain": self.abstain}


@dataclass(frozen=True)
class _Ruleset:
    quorum: str
    majority: str
    chair_breaks_ties: bool


RULESETS = {
    "se-kl-council": _Ruleset("more_than_half", "simple", chair_breaks_ties=True),  # KL 5:45, 5:55
    "se-kl-committee": _Ruleset("more_than_half", "simple", chair_breaks_ties=True),  # KL 6:27, 6:33
    "dk-ksl": _Ruleset("half", "simple", chair_breaks_ties=False),  # a tie: the proposal falls
    "advisory": _Ruleset("any", "consensus", chair_breaks_ties=False),
    "unanimous": _Ruleset("all", "unanimous", chair_breaks_ties=False),
}


def tally(rules: Rules, ballots: Sequence[Ballot], entitled: int) -> Tally:
    """Count the ballots of a body with `entitled` voting members under its rules.

    Whoever sends no ballot was not present: silence counts towards neither side.
    """
    known = RULESETS[rules.ruleset]
    count = {p: sum(b.position is p for b in ballots) for p in (Position.APPROVES, Position.REJECTS, Position.ABSTAINS)}
    yes, no, abstain = count.values()
    if not _quorate(rules.quorum or known.quorum, len(ballots), entitled):
        return Tally(Resolution.NO_DECISION, yes, no, abstain)
    if yes == no and yes and known.chair_breaks_ties and (rules.majority or known.majority) == "simple":
        return Tally(_casting_vote(ballots), yes, no, abstain, casting_vote=True)
    return Tally(_by_majority(rules.majority or known.majority, yes, no, abstain, entitled), yes, no, abstain)


def _quorate(quorum: str, present: int, entitled: int) -> bool:
    needed = {
        "more_than_half": entitled // 2 + 1,
        "half": -(-entitled // 2),
        "all": entitled,
        "any": 1,
    }[quorum]
    return present >= needed


def _by_majority(majority: str, yes: int, no: int, abstain: int, entitled: int) -> Resolution:
    if majority == "consensus":  # nobody against; one against and there is no decision
        return Resolution.CARRIED if yes and not no else Resolution.NO_DECISION
    if majority == "unanimous":
        return Resolution.CARRIED if yes and yes == entitled else Resolution.FELL
    if majority == "two_thirds":
        cast = yes + no
        return Resolution.CARRIED if cast and Fraction(yes, cast) >= Fraction(2, 3) else Resolution.FELL
    return Resolution.CARRIED if yes > no else Resolution.FELL


def _casting_vote(ballots: Sequence[Ballot]) -> Resolution:
    """The chair's vote decides a tie (KL 5:55); without one the proposal has no majority."""
    chair = next((b.position for b in ballots if b.seat is Seat.CHAIR), None)
    return Resolution.CARRIED if chair is Position.APPROVES else Resolution.FELL
