"""Tabling and referral back: by majority, or forced by a part of those present, once."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from models.rules.voting import RULESETS

if TYPE_CHECKING:
    from config.definition import Rules


class Postponed(StrEnum):
    """Whether a matter is put off."""

    BY_MAJORITY = "by_majority"
    BY_MINORITY = "by_minority"
    NOT = "not"

    @property
    def granted(self) -> bool:
        """Whether the matter is put off at all."""
        return self is not Postponed.NOT


def postponed(
    rules: Rules, wanting: int, against: int, present: int, *, once_before: bool = False, election: bool = False
) -> Postponed:
    """Whether a matter is tabled or referred back when `wanting` of those `present` ask for it.

    A third of the members present are enough in a council (KL 5:50). It takes a simple majority where the matter has
    been tabled or referred back on such a minority's demand before, and for tabling an election. Elsewhere more must
    be for it than against it.
    """
    if wanting > against:
        return Postponed.BY_MAJORITY
    share = RULESETS[rules.ruleset].minority_postpones
    forced = share is not None and not once_before and not election and wanting > 0 and wanting >= share * present
    return Postponed.BY_MINORITY if forced else Postponed.NOT
