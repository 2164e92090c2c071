"""What follows from attestation: the minutes are public, and what they say was decided stands in the record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.assignment import Decision
from models.minutes import ACCEPTED, announced_by
from tasks.meeting.document import differing
from tasks.meeting.rows import items_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from config.phases import Meeting as MeetingPhase
    from models.change import Change
    from models.meeting import Attestation, Meeting, MinutesItem
    from tasks.phase import AnyPhase, Phase


def attested(phase: Phase[MeetingPhase], row: Attestation, on: date) -> None:
    """The day of the attestation; where the law asks for a public notice, by when."""
    row.attested_on, row.late = on, on > row.due_on
    if phase.says.notice:
        row.announce_by = announced_by(on, phase.place)


def publish(phase: AnyPhase, change: Change, meeting: Meeting, done: Sequence[Attestation]) -> None:
    """Minutes are public once they are attested, and what they say was decided stands in the record."""
    meeting.public_from = meeting.public_from or phase.now
    numbers = {number for row in done for number in row.paragraphs}
    for item in items_of(change.session, meeting.id):
        if item.paragraph in numbers and item.force:
            _record_decision(phase, change, meeting, item)


def _record_decision(phase: AnyPhase, change: Change, meeting: Meeting, item: MinutesItem) -> None:
    decision_id = f"{item.id}!decision"
    if item.outcome is None or item.force is None or meeting.day is None:
        return
    if change.has(Decision, decision_id):
        return
    outcome = "approved" if item.outcome in ACCEPTED else str(item.outcome)
    change.add(
        Decision(
            id=decision_id, cycle_id=meeting.cycle_id, phase_id=phase.id, step_id=meeting.step_id,
            body_id=meeting.body_id, force=item.force, outcome=outcome, decided_on=meeting.day,
            text=item.about[-1] if item.about else None, paragraph=phase.place.in_minutes(item.paragraph or ""),
            reason=item.text, reservations=differing(phase, meeting, item), tally=item.votes,
        )
    )  # fmt: skip
    change.record("decision_recorded", item.id, outcome=outcome, force=str(item.force))
