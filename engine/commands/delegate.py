"""Hand a question over to a substitute or a colleague, give it back, or take it back.

Whoever has got a question from somebody else may give it back and not pass it on: so there are never more than two
names, and the one who was asked knows who answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam
from sqlalchemy import select as select_people
from sqlmodel import col

from config.handing import MayDelegate, may_delegate
from config.terms import Seat
from engine.commands.answer import LinkUnknown, NoLongerOpen
from engine.commands.coordinate import any_phase
from engine.commands.people import checked_address, person_at
from models.assignment import Assignment, AssignmentStatus, Link, Revocation
from models.concern import ConcernKind, raise_concern
from models.cycle import Cycle, CycleStatus, Membership, Person
from models.phase import Phase, Step
from models.register import RegisterError
from models.rows import Query
from tasks.handing import ask_new_holder, hand_over, tell_of_change
from tasks.phase import definition_of

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from models.change import Change
    from models.register import Register
    from tasks.phase import AnyPhase


class CannotHandOver(RegisterError):  # noqa: N818
    """The definition, or how things stand, does not let this person hand the question to that one."""


SUBSTITUTES = Query(
    select_people()
    .join(Membership, col(Membership.person_id) == col(Person.id))
    .where(col(Membership.body_id) == bindparam("body"), col(Membership.seat) == Seat.SUBSTITUTE)
    .where(col(Membership.ended).is_(False), col(Person.id) != bindparam("asked"))
    .order_by(col(Membership.ordinal)),
    Person,
)
"""The substitutes of a body, without who is asked."""


@dataclass(frozen=True)
class Candidates:
    """To whom a question may be handed over."""

    substitutes: tuple[Person, ...]
    anyone: bool  # an address may be typed in

    def __bool__(self) -> bool:
        return self.anyone or bool(self.substitutes)


def candidates(session: Session, assignment: Assignment, step: Step, phase: Phase, cycle: Cycle) -> Candidates:
    """Who may answer in this person's place; nobody once the question has changed hands or been answered."""
    if not _open(step, cycle, assignment) or assignment.delegated_from:
        return Candidates((), anyone=False)
    says = definition_of(cycle.definition).phases[phase.key]
    allowed = may_delegate(says.may_delegate, step.kind)
    if allowed is MayDelegate.NOBODY:
        return Candidates((), anyone=False)
    substitutes = SUBSTITUTES.all(session.connection(), {"body": assignment.body_id, "asked": assignment.person_id})
    return Candidates(tuple(person for _, (person,) in substitutes), anyone=allowed is MayDelegate.ANYONE)


def _open(step: Step, cycle: Cycle, assignment: Assignment) -> bool:
    waiting = step.settled_at is None and step.closing is None and cycle.status is CycleStatus.RUNNING
    return waiting and assignment.status is AssignmentStatus.OPEN


def delegate(
    register: Register, *, link_id: str, substitute: str = "", address: str = "", name: str = "",
    now: datetime, secret_key: str,
) -> None:  # fmt: skip
    """Hand a question over to a substitute (by the person's id) or to an address.

    Raises:
        LinkUnknown, NoLongerOpen: there is nothing to hand over.
        CannotHandOver: not to this person.
        BadAddress: it is no address.
    """
    link, phase = _begin(register, link_id, now, secret_key)
    typed = "" if substitute else checked_address(address)
    with register.change(link.cycle_id, at=now, actor=link.person_id) as change:
        link = _usable(change, link_id)
        assignment = change.get(Assignment, link.assignment_id)
        step = _open_step(change, assignment)
        allowed = candidates(change.session, assignment, step, change.get(Phase, step.phase_id), change.cycle)
        giver = change.get(Person, link.person_id)
        if substitute:
            taker = change.get(Person, _substitute(allowed, substitute).id)
        else:
            taker = _by_address(change, allowed, giver, typed, name)
        if taker.id == giver.id:
            raise CannotHandOver("the question is with this person already")
        assignment.delegated_from = giver.id
        hand_over(phase, change, assignment, taker, Revocation.DELEGATED)
        change.record("assignment_delegated", assignment.id, by=giver.id, to=taker.id)
        if not substitute:
            raise_concern(
                change, ConcernKind.REASSIGNED, subject=assignment.id, assignment=assignment.id, person=taker.id
            )
        ask_new_holder(phase, change, assignment)
        tell_of_change(phase, change, assignment, giver.id, Revocation.DELEGATED)


def hand_back(register: Register, *, link_id: str, now: datetime, secret_key: str) -> None:
    """A substitute gives the question back to whoever was asked.

    Raises:
        LinkUnknown, NoLongerOpen: there is nothing to give back.
        CannotHandOver: the question did not come from anybody.
    """
    _return(register, link_id, Revocation.HANDED_BACK, now=now, secret_key=secret_key)


def take_back(register: Register, *, link_id: str, now: datetime, secret_key: str) -> None:
    """Whoever handed a question over takes it back, through the link that was withdrawn by that.

    The old link opens nothing again: a fresh one goes to the registered address.

    Raises:
        LinkUnknown, NoLongerOpen: it has been answered, or has come back already.
        CannotHandOver: it was not this person who handed it over.
    """
    _return(register, link_id, Revocation.TAKEN_BACK, now=now, secret_key=secret_key)


def may_take_back(assignment: Assignment, link: Link) -> bool:
    """Whether the holder of a withdrawn link may have the question back."""
    handed_over = link.revoked_for is Revocation.DELEGATED and assignment.delegated_from == link.person_id
    return handed_over and assignment.status is AssignmentStatus.OPEN


def _return(register: Register, link_id: str, why: Revocation, *, now: datetime, secret_key: str) -> None:
    link, phase = _begin(register, link_id, now, secret_key)
    with register.change(link.cycle_id, at=now, actor=link.person_id) as change:
        link = change.get(Link, link_id)
        assignment = change.get(Assignment, link.assignment_id)
        if why is Revocation.HANDED_BACK:
            _usable(change, link_id)
        elif not may_take_back(assignment, link):
            raise NoLongerOpen("the question cannot be taken back any more")
        _open_step(change, assignment)
        if assignment.delegated_from is None:
            raise CannotHandOver("the question was not handed over by anybody")
        first, second = change.get(Person, assignment.delegated_from), assignment.person_id
        assignment.delegated_from = None
        hand_over(phase, change, assignment, first, why)
        change.record("delegation_ended", assignment.id, why=str(why), back_to=first.id, was_with=second)
        for person_id in (first.id, second):
            tell_of_change(phase, change, assignment, person_id, why)


def _begin(register: Register, link_id: str, now: datetime, secret_key: str) -> tuple[Link, AnyPhase]:
    with register.read() as session:
        link = session.get(Link, link_id)
    if link is None:
        raise LinkUnknown("no such link")
    return link, any_phase(register, link.cycle_id, now, secret_key)


def _usable(change: Change, link_id: str) -> Link:
    link = change.get(Link, link_id)
    if link.revoked_at is not None:
        raise NoLongerOpen("the link has been withdrawn")
    return link


def _open_step(change: Change, assignment: Assignment) -> Step:
    step = change.get(Step, assignment.step_id)
    if not _open(step, change.cycle, assignment):
        raise NoLongerOpen("the question has been answered or closed")
    return step


def _substitute(allowed: Candidates, person_id: str) -> Person:
    found = next((person for person in allowed.substitutes if person.id == person_id), None)
    if found is None:
        raise CannotHandOver("this person is no substitute here")
    return found


def _by_address(change: Change, allowed: Candidates, giver: Person, address: str, name: str) -> Person:
    if not allowed.anyone:
        raise CannotHandOver("the question cannot be handed to somebody of one's own choice")
    return person_at(change, address, name=name.strip() or None, language=giver.language)
