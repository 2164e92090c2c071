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
    from models.files import Attachment


def decisions_of(
    session: Session,
    cycle_id: str,
    titles: Mapping[str, str],
    bodies: Mapping[str, Body],
    texts: Mapping[str, TextVersion],
    extracts: Mapping[str, tuple[Attachment, ...]],
) -> tuple[DecisionRecord, ...]:
    """The decisions; the titles of phases, the bodies, the versions of texts and the files of answers by their ids."""
    made = session.exec(select(Decision).where(col(Decision.cycle_id) == cycle_id)).all()
    in_order = sorted(made, key=lambda d: (d.decided_on, bodies[d.body_id].ordinal, d.round, d.id))
    reported = _reports(session, cycle_id)
    answers = {one.id: reported.get((one.step_id, one.body_id, one.round)) for one in made}
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
            answer=answers[decision.id],
            files=extracts.get(answers[decision.id] or "", ()),
        )
        for decision in in_order
    )


def _reports(session: Session, cycle_id: str) -> dict[tuple[str, str, int], str]:
    """The newest answer of a body to a question, where one person answered for it."""
    decided = select(Decision.step_id).where(col(Decision.cycle_id) == cycle_id)
    pairs = (
        select(Assignment.step_id, Assignment.body_id, Assignment.round, Answer.id)
        .join(Answer, col(Answer.assignment_id) == col(Assignment.id))
        .where(col(Assignment.step_id).in_(decided))
        .order_by(col(Answer.version))
    )
    return {(step, body, number): answer for step, body, number, answer in session.exec(pairs)}
