"""A body across cycles: what it has been asked, what it answered and decided, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from engine.accounts.accounts import readable_cycles
from models.assignment import Answer, Assignment, AssignmentStatus
from models.cycle import Body
from models.phase import Phase, Step

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from models.account import Account
    from models.cycle import Cycle
    from models.register import Register


@dataclass(frozen=True)
class AskedOfBody:
    """One question to the body."""

    phase: Phase
    step: Step
    asked: int  # how many of its people
    answered: int
    late: bool
    answered_at: datetime | None
    positions: tuple[str, ...]
    round: int


@dataclass(frozen=True)
class BodyInCycle:
    """The body in one cycle, the open questions first."""

    cycle: Cycle
    body: Body
    questions: tuple[AskedOfBody, ...]


def body_view(register: Register, account: Account, name: str) -> list[BodyInCycle]:
    """The body of that name in every cycle that the account may see; nothing where it is in none of them."""
    with register.read() as session:
        cycles = {cycle.id: cycle for cycle in readable_cycles(session, account)}
        query = select(Body).where(col(Body.name) == name, col(Body.withdrawn).is_(False))
        bodies = [body for body in session.exec(query) if body.cycle_id in cycles]
        order = list(cycles)
        bodies.sort(key=lambda body: order.index(body.cycle_id))
        return [BodyInCycle(cycles[body.cycle_id], body, _questions(session, body)) for body in bodies]


def _questions(session: Session, body: Body) -> tuple[AskedOfBody, ...]:
    query = (
        select(Assignment, Step, Phase)
        .join(Step, col(Step.id) == col(Assignment.step_id))
        .join(Phase, col(Phase.id) == col(Step.phase_id))
        .where(col(Assignment.body_id) == body.id)
        .order_by(col(Step.opened_at).desc(), col(Step.id), col(Assignment.round).desc())
    )
    asked: dict[tuple[str, int], list[tuple[Assignment, Step, Phase]]] = {}
    for found in session.exec(query):
        asked.setdefault((found[1].id, found[0].round), []).append(found)
    shown = [_question(session, rows) for rows in asked.values()]
    return tuple(sorted(shown, key=lambda one: one.step.settled_at is not None))


def _question(session: Session, rows: list[tuple[Assignment, Step, Phase]]) -> AskedOfBody:
    assignments = [assignment for assignment, _, _ in rows]
    done = [one for one in assignments if one.status in (AssignmentStatus.ANSWERED, AssignmentStatus.REOPENED)]
    ids = [one.id for one in assignments]
    said = select(Answer.assignment_id, Answer.position).where(col(Answer.assignment_id).in_(ids))
    newest = {key: str(position) for key, position in session.exec(said.order_by(col(Answer.version)))}
    _, step, phase = rows[0]
    return AskedOfBody(
        phase, step, len(assignments), len(done), any(one.late for one in assignments),
        max((one.answered_at for one in done if one.answered_at), default=None),
        tuple(dict.fromkeys(newest.values())), assignments[0].round,
    )  # fmt: skip
