"""The bodies of a public record: all of them, or those that a page of it speaks of.

A consultation may ask ten thousand bodies. Its own pages show them, a part at a time; the page of the whole record
speaks of those that meet, decide and write, and of the consultees only where they were silent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlmodel import col, select, union

from config.terms import StepKind
from models.assignment import Answer, Assignment, Decision, Document
from models.cycle import Body
from models.meeting import Meeting
from models.phase import Step

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlmodel import Session


def bodies_of(session: Session, cycle_id: str) -> dict[str, Body]:
    """All bodies of a cycle by id, in the definition's order."""
    return _by_id(session, select(Body).where(col(Body.cycle_id) == cycle_id))


def bodies_spoken_of(session: Session, cycle_id: str, principals: Collection[str]) -> dict[str, Body]:
    """Those that meet, decide, write or answer anything but a consultation, and those of the `principals`' groups."""
    asked = select(Assignment.body_id).join(Step, col(Step.id) == col(Assignment.step_id))
    wrote = (
        select(Assignment.body_id)
        .join(Answer, col(Answer.assignment_id) == col(Assignment.id))
        .join(Document, col(Document.from_answer) == col(Answer.id))
    )
    spoken_of = [
        select(Meeting.body_id).where(col(Meeting.cycle_id) == cycle_id),
        select(Decision.body_id).where(col(Decision.cycle_id) == cycle_id),
        asked.where(col(Step.cycle_id) == cycle_id, col(Step.kind) != StepKind.CONSULT),
        wrote.where(col(Document.cycle_id) == cycle_id),
    ]
    if principals:
        spoken_of.append(select(Body.id).where(col(Body.cycle_id) == cycle_id, col(Body.group).in_(principals)))
    return _by_id(session, select(Body).where(col(Body.id).in_(union(*spoken_of))))


def _by_id(session: Session, wanted: Any) -> dict[str, Body]:
    return {body.id: body for body in session.exec(wanted.order_by(col(Body.ordinal)))}
