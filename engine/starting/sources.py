"""Where a new cycle's definition comes from: bundled, an earlier cycle, or a file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from sqlmodel import col, select

from config.loader import bundled, load, parse_dumped
from engine.accounts.accounts import readable_cycles
from engine.starting.content import Held, fitting, seats_of
from models.cycle import Body, Cycle, Membership, Person

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel import Session

    from config.definition import Definition
    from models.account import Account
    from models.register import Register

BUNDLED, CYCLE, FILE = "bundled", "cycle", "file"


class NoSuchSource(Exception):  # noqa: N818
    """Nothing of that name can be begun from, or not by this account."""


@dataclass(frozen=True)
class Offer:
    """Something that a cycle can be begun from."""

    source: str
    definition: Definition

    @property
    def phases(self) -> list[str]:
        """What its phases are called."""
        return [self.definition.phase_title(key) for key in self.definition.phases]


@cache
def bundled_offers() -> tuple[Offer, ...]:
    """The definitions that come with Samsyn; they do not change while it runs."""
    return tuple(Offer(f"{BUNDLED}:{name}", load(path)) for name, path in bundled().items())


def earlier_cycles(register: Register, account: Account) -> Sequence[Cycle]:
    """The cycles that an account may read, the newest first."""
    with register.read() as session:
        return readable_cycles(session, account)


def chosen(register: Register, account: Account, source: str) -> tuple[Definition, list[Held]]:
    """The definition of a source, and who holds its seats.

    Raises:
        NoSuchSource: there is none.
    """
    kind, _, name = source.partition(":")
    for offer in bundled_offers():
        if offer.source == source:
            return offer.definition, seats_of(offer.definition)
    if kind == CYCLE:
        with register.read() as session:
            cycle = next((one for one in readable_cycles(session, account) if one.id == name), None)
            if cycle is not None:
                definition = parse_dumped(cycle.definition)
                return definition, fitting(definition, _people(session, cycle.id))
    raise NoSuchSource(source)


def _people(session: Session, cycle_id: str) -> list[Held]:
    """Who holds the seats of a cycle now: whoever was replaced does not come along."""
    query = (
        select(Membership, Body, Person)
        .join(Body, col(Body.id) == col(Membership.body_id))
        .join(Person, col(Person.id) == col(Membership.person_id))
        .where(col(Membership.cycle_id) == cycle_id, col(Membership.ended).is_(False))
    )
    return [
        Held(
            body=body.key, seat=seat.seat, number=seat.ordinal, address=person.address, name=person.name or "",
            language=person.language,
        )
        for seat, body, person in session.exec(query)
    ]  # fmt: skip
