"""Elections: most votes win, and the lot decides between equals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.rules.voting import RULESETS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from config.definition import Rules


@dataclass(frozen=True)
class Election:
    """Who was elected, or between whom the lot must be drawn."""

    elected: str | None
    tied: tuple[str, ...] = ()  # the lot is between these
    by_lot: bool = False


def elect(rules: Rules, votes: Mapping[str, int], lot: str | None = None) -> Election:
    """Who has most votes; between equals the one on the `lot` that somebody has drawn (KL 5:56, KSL 24).

    The chair has no casting vote in an election. Where a ruleset knows no lot, equal votes elect nobody.

    Raises:
        ValueError: the lot names somebody who is not among the equals.
    """
    most = max(votes.values(), default=0)
    first = tuple(sorted(name for name, count in votes.items() if count == most and most > 0))
    if len(first) <= 1:
        return Election(first[0] if first else None)
    if not RULESETS[rules.ruleset].lot_in_elections or lot is None:
        return Election(None, tied=first)
    if lot not in first:
        raise ValueError(f"the lot is between {', '.join(first)}, not '{lot}'")
    return Election(lot, tied=first, by_lot=True)


def elected(rules: Rules, votes: Mapping[str, int], posts: int, lot: Sequence[str] = ()) -> tuple[list[str], Election]:
    """Who fills so many posts, one after the other by most votes, and how the last of them was filled.

    `lot` names whom the lot fell on, in the order in which it was drawn. Where the equals are no more than the posts
    that are left, all of them are elected and no lot is needed.

    Raises:
        ValueError: a lot names somebody who is not among the equals.
    """
    left, drawn, chosen, last = dict(votes), iter(lot), list[str](), Election(None)
    while len(chosen) < posts:
        last = elect(rules, left)
        if last.tied and len(last.tied) > posts - len(chosen):
            last = elect(rules, left, next(drawn, None))
        won = [last.elected] if last.elected else [*last.tied]
        if not won or len(won) > posts - len(chosen):
            return chosen, last
        chosen += won
        left = {name: count for name, count in left.items() if name not in won}
    return chosen, last
