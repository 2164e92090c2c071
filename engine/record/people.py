"""Who sits where, as far as the definition lets the record say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from config.publicity import People
from engine.record.parts import SeatRecord
from models.cycle import Membership, Person

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlmodel import Session

    from models.cycle import Body


def seats_of(session: Session, cycle_id: str, bodies: Mapping[str, Body], people: People) -> tuple[SeatRecord, ...]:
    """The seats that are held today, in the order of the bodies. Addresses are never among it."""
    if people is People.NONE:
        return ()
    held = select(Membership, Person.name).join(Person, col(Person.id) == col(Membership.person_id))
    mine = held.where(col(Membership.cycle_id) == cycle_id, col(Membership.ended).is_(False))
    found = [(bodies[row.body_id], row, name) for row, name in session.exec(mine)]
    in_order = sorted(found, key=lambda one: (one[0].ordinal, str(one[1].seat), one[1].ordinal, one[1].id))
    named = people is People.NAMES
    return tuple(
        SeatRecord(body.key, str(row.seat), row.ordinal, *(_holder(row, name) if named else ()))
        for body, row, name in in_order
        if not body.withdrawn
    )


def _holder(row: Membership, name: str | None) -> tuple[str, str]:
    """Somebody whose name nobody has given stands without one, and never with an address."""
    return row.person_id.partition("/")[2], name or ""
