"""Seats beyond those of a definition: which a body may have, and in which order all of them stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.terms import VOTING_SEATS, Seat

if TYPE_CHECKING:
    from collections.abc import Iterable

    from config.definition import Body, Definition
    from engine.starting.content import Held


def entries(definition: Definition) -> dict[str, Body]:
    """For every body by its own key, the entry of the definition that it stands in."""
    return {key: body for group, body in definition.bodies.items() for key in body.parts(group)}


def may_have(body: Body, held: Iterable[Seat]) -> tuple[Seat, ...]:
    """The kinds of seats that a body may have one more of, when it has these.

    It is chaired by one. Where its votes are reported, because the definition says how many members it has, nobody
    votes from a seat: one more would change a quorum that is counted elsewhere.
    """
    barred = set(VOTING_SEATS) if body.ruleset.members else {Seat.CHAIR} & set(held)
    return tuple(seat for seat in Seat if seat not in barred)


def in_order(definition: Definition, seats: Iterable[Held]) -> list[Held]:
    """Seats by body as the definition has them; within a body those of the definition first."""
    place = {key: number for number, key in enumerate(entries(definition))}
    return sorted((held for held in seats if held.body in place), key=lambda held: place[held.body])


def without(seats: Iterable[Held], key: tuple[str, Seat, int]) -> list[Held]:
    """The seats without one; those of its kind behind it move up."""
    body, kind, number = key
    left = [held for held in seats if held.key != key]
    return [
        held.model_copy(update={"number": held.number - 1})
        if (held.body, held.seat) == (body, kind) and held.number > number
        else held
        for held in left
    ]
