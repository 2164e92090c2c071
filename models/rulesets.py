"""Rulesets: how a body's ballots become a resolution. The rules themselves are in `models.rules`, part by part."""

from __future__ import annotations

from models.rules.ballots import Ballot, Resolution, Tally
from models.rules.electing import Election, elect, elected
from models.rules.postponing import Postponed, postponed
from models.rules.taking_part import Dissent, Refusal, Serving, recorded, reservation, separate_statement, serving
from models.rules.voting import RULESETS, Ruleset, breaks_ties, by_majority, quorate, tally

__all__ = [
    "RULESETS", "Ballot", "Dissent", "Election", "Postponed", "Refusal", "Resolution", "Ruleset", "Serving", "Tally",
    "breaks_ties", "by_majority", "elect", "elected", "postponed", "quorate", "recorded", "reservation",
    "separate_statement", "serving", "tally",
]  # fmt: skip
