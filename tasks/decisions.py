"""Decisions: what a body resolved, and with what force."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from config.terms import Position
from models.assignment import Decision
from models.forms.votes import Votes
from tasks.documents import text_of

if TYPE_CHECKING:
    from datetime import date

    from config.calendars import Place
    from config.terms import Force
    from models.assignment import Answer
    from models.change import Change
    from models.cycle import Body
    from models.phase import Step
    from tasks.assignments import Reply
    from tasks.phase import AnyPhase


def record_decision(phase: AnyPhase, change: Change, step: Step, reply: Reply, *, force: Force) -> None:
    """A decision that a body reports of itself. It is dated as the body says, otherwise on the day of receipt."""
    assignment, answer = reply.assignment, reply.answer
    change.add(
        Decision(
            id=f"{assignment.id}!decision",
            cycle_id=change.cycle.id,
            phase_id=phase.id,
            step_id=step.id,
            body_id=assignment.body_id,
            round=assignment.round,
            force=force,
            outcome=str(answer.position),
            decided_on=answer.decided_on or phase.place.today(answer.received_at),
            text=text_of(step, assignment),
            reason=answer.comment,
            **asdict(reported(answer, phase.place)),
        )
    )
    change.record("decision_recorded", assignment.id, outcome=str(answer.position), force=str(force))


@dataclass(frozen=True)
class Reported:
    """What a principal reports of its decision beside the position."""

    paragraph: str
    addition: str
    reservations: str
    tally: dict[str, int]


def reported(answer: Answer, place: Place) -> Reported:
    """The report in an answer, whether it has become a decision yet or not."""
    tally = Votes(answer.content).tally()
    return Reported(_paragraph(answer, place), _addition(answer), _said(answer, "reservations"), tally)


def _said(answer: Answer, field: str) -> str:
    return str(answer.content.get(field, "")).strip()


def _paragraph(answer: Answer, place: Place) -> str:
    """The paragraph as minutes cite it, also where only the number was written."""
    said = _said(answer, "paragraph")
    return place.in_minutes(said) if said.isdecimal() else said


def _addition(answer: Answer) -> str:
    """What was adopted beside the text; the comment where the addition itself was not written out."""
    if answer.position is not Position.ADOPTS_WITH_ADDITION:
        return ""
    return _said(answer, "addition") or answer.comment


def record_resolution(
    phase: AnyPhase, change: Change, step: Step, body: Body, *, force: Force, outcome: str, on: date,
    tally: dict[str, int] | None = None, reason: str = "", paragraph: str = "", reservations: str = "",
    alone: bool = True,
) -> None:  # fmt: skip
    """A decision that follows from a body's own votes, or from its meeting.

    One that is not `alone`, because the body takes several on one matter, is named after its force.
    """
    change.add(
        Decision(
            id=f"{step.id}/{body.key}!decision" + ("" if alone else f"-{force}"),
            cycle_id=change.cycle.id,
            phase_id=phase.id,
            step_id=step.id,
            body_id=body.id,
            force=force,
            outcome=outcome,
            decided_on=on,
            text=step.about[-1] if step.about else None,
            paragraph=paragraph,
            reservations=reservations,
            reason=reason,
            tally=tally or {},
        )
    )
    change.record("decision_recorded", step.id, body=body.key, outcome=outcome, force=str(force))
