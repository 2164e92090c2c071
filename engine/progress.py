"""What an administrator sees of a phase in the Prefect UI: who has answered, who has not, and until when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from config.calendars import PLACES
from models.assignment import Assignment, AssignmentStatus
from models.cycle import Body, Cycle, Membership
from models.phase import Phase, PhaseStatus, Step

if TYPE_CHECKING:
    from sqlmodel import Session

    from config.calendars import Place

WORDS = {
    AssignmentStatus.OPEN: "waiting",
    AssignmentStatus.ANSWERED: "answered",
    AssignmentStatus.REOPENED: "referred back or tabled",
    AssignmentStatus.NO_REPLY: "**no reply**",
    AssignmentStatus.SUPERSEDED: "asked anew about a newer text",
    AssignmentStatus.WITHDRAWN: "withdrawn",
}
MOST_ROWS = 300
"""Rows of one table; a consultation with thousands is read on the desk."""


def progress(session: Session, phase_id: str, desk: str) -> str:
    """A phase as Markdown. `desk` is the address of the cycle's record."""
    phase = session.get(Phase, phase_id)
    if phase is None:
        return "This phase is no longer in the register."
    cycle = session.get(Cycle, phase.cycle_id)
    assert cycle is not None  # noqa: S101 - a foreign key
    place = PLACES[cycle.place]
    lines = [f"# {phase.title}", "", f"Cycle: [{cycle.title}]({desk}) · {_life(phase, place)}", ""]
    steps = session.exec(select(Step).where(col(Step.phase_id) == phase_id).order_by(col(Step.opened_at)))
    for step in sorted(steps, key=lambda step: step.settled_at is not None):
        lines += _step(session, step, place)
    return "\n".join(lines)


def standing(session: Session, phase_id: str) -> str:
    """Where a phase stands, in one line that changes when the phase does and not with each answer.

    Empty while it is open and waits for nobody: it is on its way from one step to the next.
    """
    phase = session.get_one(Phase, phase_id)
    place = PLACES[session.get_one(Cycle, phase.cycle_id).place]
    if phase.status is PhaseStatus.PLANNED:
        return opening(phase)
    if phase.status is not PhaseStatus.OPEN:
        return _life(phase, place).replace("**", "")
    steps = session.exec(select(Step).where(col(Step.phase_id) == phase_id, col(Step.settled_at).is_(None)))
    waits = [_wait(step, place) for step in sorted(steps, key=lambda step: (step.opened_at, step.key))]
    return f"waiting for {'; '.join(waits)}" if waits else ""


def opening(phase: Phase) -> str:
    """When a planned phase opens, as an administrator reads it."""
    after = f" after {', '.join(phase.after)}" if phase.after else ""
    return f"planned: opens {phase.opens_on or ''}{after}"


def _wait(step: Step, place: Place) -> str:
    asked = f" ({step.asked} asked)" if step.asked else ""
    return f"{step.key}{asked}, {_until(step, place)}".replace("**", "")


def _life(phase: Phase, place: Place) -> str:
    if phase.status is PhaseStatus.CLOSED and phase.outcome and phase.closed_at:
        said = f"{phase.outcome['result']} {phase.outcome.get('detail', '')}".strip()
        return f"closed {place.today(phase.closed_at)}: **{said}**"
    look = f", next look {phase.wake_at.astimezone(place.zone):%Y-%m-%d %H:%M}" if phase.wake_at else ""
    return f"**{phase.status}**{look}"


def _step(session: Session, step: Step, place: Place) -> list[str]:
    if not step.asked and step.settled_at:  # people were told, and nobody was asked
        return [f"## {step.key}: done {place.today(step.settled_at)}", ""]
    state = f"settled {place.today(step.settled_at)}" if step.settled_at else _until(step, place)
    lines = [f"## {step.key}: {step.answered} of {step.asked} answered, {state}", ""]
    if step.asked:
        lines += ["| body | seat | state | answered |", "|---|---|---|---|"]
        lines += [_row(place, *found) for found in _asked(session, step)]
        lines.append("")
    return lines


def _until(step: Step, place: Place) -> str:
    if step.due_before is None:
        return "no deadline"
    missed = ", **deadline missed**" if step.missed_at else ""
    return f"until {place.last_day_before(step.due_before)} (end of day){missed}"


def _asked(session: Session, step: Step) -> Any:
    query = (
        select(Assignment, Body, Membership)
        .join(Body, col(Body.id) == col(Assignment.body_id))
        .join(Membership, col(Membership.id) == col(Assignment.membership_id))
        .where(col(Assignment.step_id) == step.id)
        .order_by(col(Body.ordinal), col(Membership.ordinal), col(Assignment.round))
        .limit(MOST_ROWS)
    )
    return session.exec(query).all()


def _row(place: Place, assignment: Assignment, body: Body, membership: Membership) -> str:
    when = str(place.today(assignment.answered_at)) if assignment.answered_at else ""
    late = " (late)" if assignment.late else ""
    name = body.name.replace("|", "/")
    return f"| {name} | {membership.seat} | {WORDS[assignment.status]}{late} | {when} |"
