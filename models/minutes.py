"""The rules of summonses and minutes: numbers and days. Pure; the paragraph that says so beside each rule.

KL is the Swedish Local Government Act (2017:725). Days that the law sets roll forward from a day when nobody works
(Lag 1930:173, 2 §); days that a body has agreed on stay.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from config.terms import ItemOutcome, Position, Seat
from models.rulesets import Ballot, Resolution, tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from config.calendars import Place
    from config.definition import Rules

ATTESTED_WITHIN = timedelta(days=14)
"""KL 5:69; for committees KL 6:35 with 5:69."""
ANNOUNCED_WITHIN = timedelta(days=2)
"""KL 8:12: by the second day after the minutes were attested."""
APPEAL = timedelta(weeks=3)
"""KL 13:5: from the day when the attestation was announced on the notice board."""
SUMMONED_AT_LEAST: Mapping[str, timedelta] = {"se-kl-council": timedelta(weeks=1)}
"""KL 5:13 and 5:15: a council's meetings are announced, and its members called, a week ahead at least."""
BY_LAW = ("se-kl-council", "se-kl-committee")
"""Rulesets whose minutes are attested, announced and appealed against as the law says."""
ACCEPTED = (ItemOutcome.AGREEMENT, ItemOutcome.DECIDED)
"""Outcomes by which a proposal stands."""
DECIDING = (*ACCEPTED, ItemOutcome.REJECTED)
"""Outcomes that only a quorate meeting can come to."""
NOT_QUORATE, NO_DECISION = "not_quorate", "no_decision"
UNDECIDED = (NOT_QUORATE, NO_DECISION)
"""What a meeting comes to that the body must be called again after: too few came, or its rules gave no decision."""


def is_by_law(rules: Rules) -> bool:
    """Whether a body's minutes are announced, so that its decisions become final."""
    return rules.ruleset in BY_LAW


def summoned_by(day: date, lead: timedelta) -> date:
    """The last day on which the body may be called (KL 5:13, 5:15; for committees their own rules)."""
    return day - lead


def attested_by(held: date, within: timedelta, rules: Rules, place: Place) -> date:
    """The last day for attestation: for what the law governs fourteen days at most after the meeting (KL 5:69)."""
    if not is_by_law(rules):
        return held + within
    return place.roll_forward(held + min(within, ATTESTED_WITHIN))


def announced_by(attested: date, place: Place) -> date:
    """The last day for the public notice: the second after attestation (KL 8:12)."""
    return place.roll_forward(attested + ANNOUNCED_WITHIN)


def final_on(announced: date, place: Place) -> date:
    """The last day of the appeal period, with whose end a decision is final: three weeks on (KL 13:5)."""
    return place.roll_forward(announced + APPEAL)


def numbered(keys: Iterable[str], used: Iterable[int], first: int | None) -> dict[str, int]:
    """A paragraph for each item, in order, running on from the body's last; `first` is where its numbers begin."""
    start = max(used, default=(first or 1) - 1) + 1
    return {key: start + position for position, key in enumerate(keys)}


def quorum(rules: Rules, entitled: int) -> int:
    """How many of `entitled` must take part (KL 5:45, 6:27), asked of the ruleset itself."""
    approving = Ballot(Position.APPROVES, Seat.MEMBER)
    enough = (n for n in range(1, entitled + 1) if decides(rules, [approving] * n, entitled))
    return next(enough, max(entitled, 1))


def decides(rules: Rules, ballots: list[Ballot], entitled: int) -> bool:
    """Whether so many are enough for a decision."""
    return tally(rules, ballots, entitled).resolution is not Resolution.NO_DECISION


def result_of(outcomes: Iterable[ItemOutcome], *, quorate: bool) -> str:
    """What a meeting came to, from what became of the items that it had to decide."""
    decided = list(outcomes)
    if not decided:
        return "held"
    if not quorate:
        return NOT_QUORATE
    if ItemOutcome.NO_DECISION in decided:
        return NO_DECISION
    if ItemOutcome.REJECTED in decided:
        return "rejected"
    return "approved" if all(outcome in ACCEPTED for outcome in decided) else "postponed"
