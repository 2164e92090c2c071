"""The work that is measured: a cycle of five phases, each of which asks nine people and closes when all have answered.

Consultations, because they are answered by people one by one, close by themselves and go on to the next phase.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from config.calendars import PLACES
from config.loader import load
from config.terms import Position
from engine.commands.answer import Reply, answer
from engine.commands.start import start_cycle
from engine.due import due_phases
from flows import FLOWS
from models.assignment import Assignment, AssignmentStatus, Link
from models.phase import Step
from tasks.phase import Phase, perform_plainly

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from config.definition import Definition
    from models.register import Register

PHASES = 5
PEOPLE = 9
ANSWERS = PHASES * PEOPLE
PLACE = PLACES["SE"]
SECRET = "measured"  # noqa: S105 - opens nothing that outlives the measurement
YES = Reply(Position.SUPPORTS, "We agree.")


def cycle_of(phases: int = PHASES, people: int = PEOPLE, *, begins: date | None = None) -> Definition:
    """So many phases, one after the other, each asking so many."""
    begins = begins or (datetime.now(UTC) - timedelta(days=1)).date()
    due = begins + timedelta(days=100)
    seats = "".join(f"      person-{number}: {{en: Person {number}}}\n" for number in range(people))
    promises = "".join(f"  done-{number}: {{by: {due + timedelta(days=100 * number)}}}\n" for number in range(phases))
    chain = "".join(_phase(number) for number in range(phases))
    return load(
        "measured.yaml",
        f"""
cycle: measured
title: {{en: Five questions to nine people}}
language: en
place: SE
begins: {begins}
coordinator: office
addresses: "{{seat}}@{{body}}.example"
bodies:
  office: {{name: {{en: The office}}, seats: {{contact: 1}}}}
  people:
    name: {{en: The people}}
    seats: {{contact: 1}}
    each:
{seats}
milestones:
{promises}
phases:
{chain}""",
    )


def _phase(number: int) -> str:
    after = f", after: [ask-{number - 1}]" if number else ""
    return (
        f"  ask-{number}: {{title: {{en: Question {number}}}, kind: consultation, consultees: people, "
        f"due: done-{number}{after}}}\n"
    )


def in_office_hours() -> datetime:
    """This day at ten, where the measured cycle lives: a mail that is owed then goes at once."""
    return PLACE.at(PLACE.today(datetime.now(UTC)), time(10))


def begin(register: Register, definition: Definition, slug: str, at: datetime, secret_key: str = SECRET) -> None:
    """Start a cycle and open its first phase."""
    start_cycle(register, definition, slug=slug, at=at, actor="bench")
    pass_due(register, at, secret_key)


def pass_due(register: Register, at: datetime, secret_key: str = SECRET) -> int:
    """A pass for every phase that needs one; how many that were."""
    passes = 0
    while True:
        with register.read() as session:
            due = [(row.id, row.kind) for row in due_phases(session, at)]
        if not due:
            return passes
        for phase_id, kind in due:
            phase: Phase[Any] = Phase(register, phase_id, now=at, secret_key=secret_key, perform=perform_plainly)
            FLOWS[kind].run(phase)
        passes += len(due)


def asked(register: Register, slug: str) -> Sequence[str]:
    """The links of those who have not answered."""
    query = (
        select(Link.id)
        .join(Assignment, col(Assignment.id) == col(Link.assignment_id))
        .join(Step, col(Step.id) == col(Assignment.step_id))
        .where(
            col(Link.cycle_id) == slug, col(Assignment.status) == AssignmentStatus.OPEN, col(Step.settled_at).is_(None)
        )
        .order_by(col(Link.id))
    )
    with register.read() as session:
        return session.exec(query).all()


def reply(register: Register, link_id: str, at: datetime) -> None:
    """One recorded answer: answer, tally, journal, the phase's next look and the receipt, in one commit."""
    answer(register, link_id=link_id, reply=YES, nonce=link_id, now=at, via="bench")
