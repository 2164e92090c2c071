"""What bodies are called, as far as a page needs it: a consultation may ask ten thousand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from models.cycle import Body

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlmodel import Session

    from models.cycle import Cycle


def names_of(session: Session, cycle: Cycle, keys: Collection[str]) -> dict[str, str]:
    """What the coordinating body is called, by its key, and the bodies of `keys`; of none, no more than that one.

    As soon as one is wanted all are read: those who were silent may be more than a statement can name.
    """
    named = select(Body.key, Body.name).where(col(Body.cycle_id) == cycle.id)
    found = session.exec(named if keys else named.where(col(Body.key) == cycle.coordinator))
    return dict(found.all())
