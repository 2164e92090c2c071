"""Areas: the bodies of a group, when an earlier phase's result says which they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlmodel import col, func, select

from config.terms import Seat
from models.cycle import Body, Membership

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.change import Change


def bodies_of_group(change: Change, group: str) -> list[Body]:
    """Every body that was ever in a group, withdrawn ones included, in order."""
    query = select(Body).where(col(Body.cycle_id) == change.cycle.id, col(Body.group) == group)
    return list(change.session.exec(query.order_by(col(Body.ordinal))).all())


def replace_areas(change: Change, group: str, names: Sequence[str]) -> None:
    """Make the group's bodies those with these names.

    A body that stays keeps its people. A new one is answered for by the coordinator until somebody is named.
    """
    wanted = {name.casefold(): name for name in names}
    present = bodies_of_group(change, group)
    if {body.name.casefold() for body in present if not body.withdrawn} == set(wanted):
        return
    for body in present:
        body.withdrawn = wanted.pop(body.name.casefold(), None) is None
    for name in wanted.values():
        _add(change, group, name, present[0].rules)
    change.record("areas_set", f"{change.cycle.id}/@{group}", areas=list(names))


def _add(change: Change, group: str, name: str, rules: dict[str, object]) -> None:
    everybody = select(Body.key, Body.ordinal).where(col(Body.cycle_id) == change.cycle.id)
    taken = dict(change.session.exec(everybody).all())
    key = _free_key(name, set(taken))
    body = change.add(
        Body(
            id=f"{change.cycle.id}/@{key}", cycle_id=change.cycle.id, key=key, group=group,
            name=name, ordinal=max(taken.values()) + 1, rules=rules,
        )
    )  # fmt: skip
    coordinator = select(Membership).where(
        col(Membership.body_id) == f"{change.cycle.id}/@{change.cycle.coordinator}", col(Membership.ended).is_(False)
    )
    answers = change.session.exec(coordinator.order_by(func.lower(col(Membership.id)))).first()
    if answers is not None:
        change.add(
            Membership(
                id=f"{body.id}.{Seat.CONTACT}-1", cycle_id=change.cycle.id, body_id=body.id,
                person_id=answers.person_id, seat=Seat.CONTACT, ordinal=1,
            )
        )  # fmt: skip


def _free_key(name: str, taken: set[str]) -> str:
    """A key from a name: its letters and digits, made different from the keys that are there."""
    plain = re.sub(r"[^\w]+", "-", name.casefold()).strip("-_") or "area"
    number, key = 1, plain
    while key in taken:
        number += 1
        key = f"{plain}-{number}"
    return key
