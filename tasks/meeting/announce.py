"""Announce: the secretary puts up the notice that the minutes are attested, and the appeal period begins."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from config.terms import Position, StepKind
from models.forms.attestation import AnnouncementForm
from models.minutes import final_on
from tasks.asking import Asking, ask
from tasks.meeting.rows import attestations_of, meeting_id, meeting_of, secretaries
from tasks.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config.phases import Meeting as MeetingPhase
    from models.change import Change
    from models.meeting import Attestation
    from models.phase import Step
    from tasks.assignments import Reply
    from tasks.phase import AnyPhase, Phase


def announce(phase: Phase[MeetingPhase], key: str, number: int = 1) -> Outcome:
    """Ask on which day the notice was put up, by the second day after attestation (KL 8:12)."""
    meeting = meeting_of(phase, number)
    rows = _attested(phase, number)
    by = max((row.announce_by for row in rows if row.announce_by), default=None)

    def settle(change: Change, step: Step, came: Sequence[Reply]) -> Outcome:  # noqa: ARG001 - every step settles alike
        if not came:
            return Outcome("not_announced")
        on = date.fromisoformat(str(came[-1].answer.content["announced_on"]))
        last = final_on(on, phase.place)
        for row in attestations_of(change.session, meeting.id):
            row.announced_on, row.final_on = on, last
        change.record("minutes_announced", meeting.id, on=on, final_on=last)
        return Outcome("announced", detail=last.isoformat())

    asking = Asking(
        key, StepKind.CONFIRM, secretaries(phase, phase.body_of(meeting.body_id)), phase.question("notice"),
        (Position.CONFIRMS,), form=AnnouncementForm(attested_on=_since(phase, rows)), day=by, missing="hold",
    )  # fmt: skip
    return ask(phase, asking, settle)


def _attested(phase: AnyPhase, number: int) -> list[Attestation]:
    with phase.register.read() as session:
        return attestations_of(session, meeting_id(phase, number))


def _since(phase: AnyPhase, rows: Sequence[Attestation]) -> date:
    return max((row.attested_on for row in rows if row.attested_on), default=phase.place.today(phase.now))
