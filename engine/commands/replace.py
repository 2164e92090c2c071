"""A coordinator names another person, or another address, for a seat; what is open goes along."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, or_, select

from config.faults import unknown
from config.terms import Seat
from engine.commands.coordinate import CannotDo, acting, any_phase
from engine.commands.people import checked_address, person_at
from models.assignment import Assignment, AssignmentStatus, Revocation
from models.concern import Concern, ConcernKind, settle_concern
from models.cycle import Body, Membership, Person
from models.phase import Step
from tasks.handing import ask_new_holder, hand_over, tell_of_change

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from config.terms import Language
    from models.change import Change
    from models.register import Register
    from tasks.phase import AnyPhase

UNREACHED = (ConcernKind.NOT_ME, ConcernKind.ADDRESS_FAILS)
"""Concerns that a new address answers; whoever they are about is not written to."""


@dataclass(frozen=True)
class NewHolder:
    """Who is to hold a seat."""

    address: str
    name: str | None = None
    language: Language | None = None


@dataclass(frozen=True)
class Replaced:
    """What came of it."""

    before: str  # the address that held the seat
    now: str
    questions: tuple[str, ...]  # PHASE/STEP of the questions that went along


def replace(
    register: Register, cycle: str, body: str, seat: Seat, holder: NewHolder, *,
    number: int = 1, reason: str, now: datetime, actor: str, secret_key: str,
) -> Replaced:  # fmt: skip
    """Put another person on a seat. The same address again only sends fresh links.

    Raises:
        CannotDo: there is no such seat, or no reason was given.
        BadAddress: it is no address.
        UnknownCycle: there is no such cycle.
    """
    address = checked_address(holder.address)
    phase = any_phase(register, cycle, now, secret_key)
    with acting(register, cycle, now=now, actor=actor, reason=reason) as change:
        held = _seat(change, body, seat, number)
        before = change.get(Person, held.person_id)
        after = person_at(change, address, name=holder.name, language=holder.language or before.language)
        if holder.name and after.name is None:
            after.name = holder.name
        unreached = _settle_concerns(change, before)
        moved = _take_along(phase, change, held, before, after, tell=not unreached)
        held.person_id = after.id
        change.record("seat_replaced", held.id, before=before.id, after=after.id, reason=reason)
        return Replaced(before.address, after.address, moved)


def _seat(change: Change, body: str, seat: Seat, number: int) -> Membership:
    held = change.session.get(Membership, f"{change.cycle.id}/@{body}.{seat}-{number}")
    if held is not None and not held.ended:
        return held
    keys = change.session.exec(select(Body.key).where(col(Body.cycle_id) == change.cycle.id)).all()
    if body not in keys:
        raise CannotDo(unknown("body", body, keys))
    raise CannotDo(f"'{body}' has no seat {seat} {number}")


def _settle_concerns(change: Change, before: Person) -> bool:
    """What was unclear about the former holder is settled; whether mail did not reach her."""
    about = select(Concern).where(col(Concern.person_id) == before.id, col(Concern.settled_at).is_(None))
    concerns = change.session.exec(about.where(col(Concern.kind).in_(UNREACHED))).all()
    for concern in concerns:
        settle_concern(change, concern.id, "replaced")
    return bool(concerns)


def _take_along(
    phase: AnyPhase, change: Change, held: Membership, before: Person, after: Person, *, tell: bool
) -> tuple[str, ...]:  # fmt: skip
    moved = []
    for assignment in _unsettled(change, held, before):
        if assignment.delegated_from == before.id:  # the substitute goes on, now for the new holder
            assignment.delegated_from = None if assignment.person_id == after.id else after.id
            continue
        why = Revocation.SENT_ANEW if after.id == before.id else Revocation.REPLACED
        assignment.replaces = assignment.replaces if after.id == before.id else before.id
        hand_over(phase, change, assignment, after, why)
        if assignment.delegated_from == after.id:  # whoever had handed it over has it again
            assignment.delegated_from = None
        ask_new_holder(phase, change, assignment)
        if tell and after.id != before.id:
            tell_of_change(phase, change, assignment, before.id, why)
        moved.append(assignment.step_id.partition("/")[2])
    return tuple(moved)


def _unsettled(change: Change, held: Membership, before: Person) -> Sequence[Assignment]:
    """What this seat still answers, or may still change: its own questions, and a substitute's for others."""
    mine = col(Assignment.membership_id) == held.id
    for_others = (
        (col(Assignment.body_id) == held.body_id)
        & (col(Assignment.person_id) == before.id)
        & col(Assignment.delegated_from).is_not(None)
    )
    query = (
        select(Assignment)
        .join(Step, col(Step.id) == col(Assignment.step_id))
        .where(col(Step.settled_at).is_(None))
        .where(col(Assignment.status).in_((AssignmentStatus.OPEN, AssignmentStatus.ANSWERED)))
        .where(or_(mine, for_others) if held.seat is Seat.SUBSTITUTE else mine)
    )
    theirs = or_(col(Assignment.person_id) == before.id, col(Assignment.delegated_from) == before.id)
    return change.session.exec(query.where(theirs).order_by(col(Assignment.id))).all()
