"""From ballots to a resolution: quorum, majority, tie."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from config.terms import Position
from models.rules.ballots import Ballot, Resolution, Tally, chairs_position, counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config.definition import Rules


@dataclass(frozen=True)
class Ruleset:
    """What a kind of body goes by; a body may change quorum and majority."""

    quorum: str
    majority: str
    chair_breaks_ties: bool = False
    quorum_without_conflicted: bool = False  # who may not take part is not missed in the quorum
    minority_postpones: Fraction | None = None  # so large a part of those present can force tabling or referral back
    lot_in_elections: bool = False
    reservations: bool = False  # only by who took part, and only before the meeting closes
    dissent_follows: bool = False  # who disagrees may have it sent along with the case


RULESETS = {
    "se-kl-council": Ruleset(
        "more_than_half",  # KL 5:45
        "simple",  # KL 5:55
        chair_breaks_ties=True,  # KL 5:55
        quorum_without_conflicted=True,  # KL 5:46
        minority_postpones=Fraction(1, 3),  # KL 5:50
        lot_in_elections=True,  # KL 5:56
        reservations=True,  # KL 4:27
    ),
    "se-kl-committee": Ruleset(
        "more_than_half",  # KL 6:27
        "simple",  # KL 6:33
        chair_breaks_ties=True,  # KL 6:33
        lot_in_elections=True,  # KL 6:33
        reservations=True,  # KL 4:27
    ),
    "dk-ksl": Ruleset(
        "half",  # KSL 11
        "simple",  # KSL 11: in a tie the proposal has no majority and falls
        lot_in_elections=True,  # KSL 24
        dissent_follows=True,  # KSL 13 (2)
    ),
    "advisory": Ruleset("any", "consensus"),
    "unanimous": Ruleset("all", "unanimous"),
}

QUALIFIED = {"two_thirds": Fraction(2, 3), "three_quarters": Fraction(3, 4)}
"""Majorities of so large a part of the votes cast."""


def quorum_of(rules: Rules) -> str:
    """How many must be present: the body's own rule, otherwise its ruleset's."""
    return rules.quorum or RULESETS[rules.ruleset].quorum


def majority_of(rules: Rules) -> str:
    """How many must agree: the body's own rule, otherwise its ruleset's."""
    return rules.majority or RULESETS[rules.ruleset].majority


def quorate(rules: Rules, present: int, entitled: int, conflicted: int = 0) -> bool:
    """Whether enough members are there.

    `conflicted` of the members may not take part in the matter. They count as if they were there where the ruleset
    lets a council go below its quorum because of them (KL 5:46), as long as anybody is left to decide.
    """
    needed = {"more_than_half": entitled // 2 + 1, "half": -(-entitled // 2), "all": entitled, "any": 1}
    excused = conflicted if RULESETS[rules.ruleset].quorum_without_conflicted else 0
    return 0 < present <= entitled and present + excused >= needed[quorum_of(rules)]


def tally(rules: Rules, ballots: Sequence[Ballot], entitled: int, conflicted: int = 0) -> Tally:
    """Count the ballots of a body with `entitled` voting members under its rules.

    Whoever sends no ballot was not present: silence counts towards neither side. Members may abstain (KL 4:24), but
    the chair must vote where nothing can be decided otherwise (KL 4:25): until then there is no decision.
    """
    yes, no, abstain = counted(ballots)
    if not quorate(rules, len(ballots), entitled, conflicted):
        return Tally(Resolution.NO_DECISION, yes, no, abstain)
    if yes == no and breaks_ties(rules):
        return _tied(yes, no, abstain, chairs_position(ballots))
    return Tally(by_majority(rules, yes, no, entitled), yes, no, abstain)


def breaks_ties(rules: Rules) -> bool:
    """Whether the chair's vote decides when the votes are equal; a qualified majority knows no casting vote."""
    return RULESETS[rules.ruleset].chair_breaks_ties and majority_of(rules) == "simple"


def by_majority(rules: Rules, yes: int, no: int, entitled: int) -> Resolution:
    """What the figures come to without a casting vote. Abstentions are not votes (KL 5:55)."""
    majority = majority_of(rules)
    if majority == "consensus":  # nobody against; one against and there is no decision
        return Resolution.CARRIED if yes and not no else Resolution.NO_DECISION
    if majority == "unanimous":
        return Resolution.CARRIED if yes and yes == entitled else Resolution.FELL
    if majority in QUALIFIED:
        enough = yes and Fraction(yes, yes + no) >= QUALIFIED[majority]
        return Resolution.CARRIED if enough else Resolution.FELL
    return Resolution.CARRIED if yes > no else Resolution.FELL


def _tied(yes: int, no: int, abstain: int, chair: Position | None) -> Tally:
    """The chair's vote decides (KL 5:55, 6:33); without a chair the proposal has no majority."""
    if chair is Position.ABSTAINS:
        return Tally(Resolution.NO_DECISION, yes, no, abstain, chair_must_vote=True)
    resolution = Resolution.CARRIED if chair is Position.APPROVES else Resolution.FELL
    return Tally(resolution, yes, no, abstain, casting_vote=chair is not None)
