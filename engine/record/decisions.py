"""Every decision of a cycle, in order of time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from engine.record.parts import DecisionRecord
from models.assignment import Answer, Assignment, Decision

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlmodel import Session

    from engine.record.matrix import TextVersion
    from models.cycle import Body


def decisions_of(
    session: Session,
    cycle_id: str,
    titles: Mapping[str, str],
    bodies: Mapping[str, Body],
    texts: Mapping[str, TextVersion],
) -> tuple[DecisionRecord, ...]:
    """The decisions; the titles of phases, the bodies and the versions of texts are by their ids."""
    made = session.exec(select(Decision).where(col(Decision.cycle_id) == cycle_id)).all()
    in_order = sorted(made, key=lambda d: (d.decided_on, bodies[d.body_id].ordinal, d.round, d.id))
    reported = _reports(session, cycle_id)
    return tuple(
        DecisionRecord(
            id=decision.id,
            phase=titles[decision.phase_id],
            phase_key=decision.phase_id.partition("/")[2],
            body=bodies[decision.body_id].name,
            body_key=bodies[decision.body_id].key,
            round=decision.round,
            force=str(decision.force),
            outcome=decision.outcome,
            decided_on=decision.decided_on,
            text=texts.get(decision.text or ""),
            reason=decision.reason,
            tally=decision.tally,
            paragraph=decision.paragraph,
            addition=decision.addition,
            reservations=decision.reservations,
            answer=reported.get((decision.step_id, decision.body_id, decision.round)),
        )
        for decision in in_order
    )


def _reports(session: Session, cycle_id: str) -> dict[tuple[str, str, int], str]:
    """The newest answer of a body to a question, where one person answered for it."""
    pairs = (
        select(Assignment, Answer.id)
        .join(Answer, col(Answer.assignment_id) == col(Assignment.id))
        .where(col(Assignment.cycle_id) == cycle_id)
        .order_by(col(Answer.version))
    )
    return {(asked.step_id, asked.body_id, asked.round): answer for asked, answer in session.exec(pairs)}
