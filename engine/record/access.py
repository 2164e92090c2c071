"""Who may read a record: what the cycle's definition says, and how far the cycle has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.publicity import Access, publicity
from models.cycle import Cycle, CycleStatus
from models.register import UnknownCycle
from tasks.phase import definition_of

if TYPE_CHECKING:
    from sqlmodel import Session

    from config.publicity import Record as Rule


class NotPublic(UnknownCycle):
    """The record is not public, or not yet. To the public that is the same as no such cycle."""


def rule_of(cycle: Cycle) -> Rule:
    """What of a cycle is public."""
    return publicity(definition_of(cycle.definition).record)


def is_public(cycle: Cycle) -> bool:
    """Whether anybody may read the record now. One that was cancelled has come to its end too."""
    access = rule_of(cycle).access
    ended = cycle.status in (CycleStatus.CONCLUDED, CycleStatus.CANCELLED)
    return access is Access.PUBLIC or (access is Access.WHEN_CONCLUDED and ended)


def public_cycle(session: Session, slug: str) -> Cycle:
    """A cycle whose record anybody may read.

    Raises:
        UnknownCycle: there is no such cycle.
        NotPublic: its record is not public.
    """
    cycle = session.get(Cycle, slug)
    if cycle is None:
        raise UnknownCycle(f"there is no cycle '{slug}'")
    if not is_public(cycle):
        raise NotPublic(f"the record of '{slug}' is not public")
    return cycle
