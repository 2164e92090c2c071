"""Who takes part in a matter, and what who disagreed may have recorded."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from models.rules.voting import RULESETS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from config.definition import Rules


@dataclass(frozen=True)
class Serving:
    """Somebody who takes part, and whose place it is: their own, or a member's whom they replace."""

    who: str
    instead_of: str | None = None


def serving(
    members: Sequence[str], substitutes: Sequence[str], *, away: Collection[str], conflicted: Collection[str],
    instead: Mapping[str, str] | None = None,
) -> tuple[Serving, ...]:  # fmt: skip
    """Who takes part in one matter, member by member; substitutes step in, in their order.

    Whoever has a conflict of interest neither takes part nor is present (KL 5:47 for a council, 6:28-30 for a
    committee); that holds for substitutes too. A place that nobody can take stays empty. `instead` says of whom each
    substitute took the place, where that is recorded: then no other steps in.
    """
    out = {*away, *conflicted}
    if instead is not None:
        taken = {member: name for name, member in instead.items() if name not in out}
        there = ((name, None) if name not in out else (taken.get(name), name) for name in members)
        return tuple(Serving(who, instead_of=place) for who, place in there if who is not None)
    free = iter([name for name in substitutes if name not in out and name not in members])
    places = [Serving(name) if name not in out else _replaced(name, free) for name in members]
    return tuple(place for place in places if place is not None)


def _replaced(member: str, free: Iterator[str]) -> Serving | None:
    name = next(free, None)
    return Serving(name, instead_of=member) if name is not None else None


class Refusal(StrEnum):
    """Why somebody cannot have a reservation or a statement recorded."""

    TOOK_NO_PART = "took_no_part"  # only who took part in the decision may reserve against it
    MEETING_CLOSED = "meeting_closed"  # it must be announced before the meeting closes
    NOT_AGAINST = "not_against"  # who was for the decision has nothing to reserve against


def reservation(
    *, took_part: bool, was_for: bool, announced_at: datetime, closed_at: datetime | None
) -> Refusal | None:
    """Why a reservation is refused; None when it stands (KL 4:27)."""
    if not took_part:
        return Refusal.TOOK_NO_PART
    if was_for:
        return Refusal.NOT_AGAINST
    return _in_time(announced_at, closed_at)


def separate_statement(*, was_present: bool, announced_at: datetime, closed_at: datetime | None) -> Refusal | None:
    """Why a separate statement (särskilt yttrande) is refused; None when it stands.

    It says why somebody took the stand that they took, and is no reservation: who agreed may make one. KL leaves it
    to the body's standing orders; the usual rule is that who was present may announce it before the meeting closes.
    """
    return _in_time(announced_at, closed_at) if was_present else Refusal.TOOK_NO_PART


def _in_time(announced_at: datetime, closed_at: datetime | None) -> Refusal | None:
    return Refusal.MEETING_CLOSED if closed_at is not None and announced_at > closed_at else None


@dataclass(frozen=True)
class Dissent:
    """What somebody who took part wants recorded beside a decision."""

    who: str
    words: str
    send_along: bool = False  # with the case, to the authority that it goes to


def recorded(rules: Rules, dissents: Sequence[Dissent]) -> tuple[Dissent, ...]:
    """The dissents as the minutes take them.

    In Denmark any participant may have a differing opinion recorded, and demand that it goes along with a case that
    is sent to another authority (KSL 13 (2)); elsewhere it stays in the minutes.
    """
    follows = RULESETS[rules.ruleset].dissent_follows
    return tuple(Dissent(d.who, d.words, send_along=d.send_along and follows) for d in dissents if d.words.strip())
