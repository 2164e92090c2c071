"""A person turns reminders off, and on again: the asking mails, summonses and receipts come all the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from models.cycle import Cycle, Person
from models.register import RegisterError
from models.tokens import CodePurpose
from notifications.codes import find_code

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlmodel import Session

    from models.register import Register


class NoSuchChoice(RegisterError):  # noqa: N818
    """The address leads to nobody's reminders."""


@dataclass(frozen=True)
class Choice:
    """Whether somebody is reminded in a cycle."""

    person: Person
    cycle: Cycle

    @property
    def reminded(self) -> bool:
        """Whether reminders come."""
        return self.person.reminders_off_at is None


def choice_of(session: Session, code: str) -> Choice:
    """The choice that a code leads to.

    Raises:
        NoSuchChoice: the code was never given out.
    """
    found = find_code(session, code, CodePurpose.REMINDERS)
    person = session.get(Person, found.subject_id) if found else None
    if person is None:
        raise NoSuchChoice("there is no such address")
    return Choice(person, session.get_one(Cycle, person.cycle_id))


def turn_reminders(register: Register, code: str, *, on: bool, now: datetime) -> Choice:
    """Turn somebody's reminders on or off, by her own wish. Doing it again changes nothing.

    Raises:
        NoSuchChoice: the code was never given out.
    """
    with register.read() as session:
        choice = choice_of(session, code)
    set_reminders(register, choice.person.id, on=on, now=now, actor=choice.person.id)
    with register.read() as session:
        return choice_of(session, code)


def set_reminders(register: Register, person_id: str, *, on: bool, now: datetime, actor: str) -> None:
    """The same for a person by id, for a coordinator who has been asked to.

    Raises:
        NoSuchChoice: there is no such person.
    """
    with register.read() as session:
        person = session.get(Person, person_id)
    if person is None:
        raise NoSuchChoice(f"there is no person '{person_id}'")
    with register.change(person.cycle_id, at=now, actor=actor) as change:
        person = change.get(Person, person_id)
        if on == (person.reminders_off_at is None):
            return
        person.reminders_off_at = None if on else now
        change.record("reminders_turned_on" if on else "reminders_turned_off", person.id)


def unreminded(session: Session, cycle_id: str) -> Sequence[Person]:
    """Who has turned reminders off, for the coordinator to know."""
    off = select(Person).where(col(Person.cycle_id) == cycle_id, col(Person.reminders_off_at).is_not(None))
    return session.exec(off.order_by(col(Person.address))).all()
