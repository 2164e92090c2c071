"""Summon: a body is called to its meeting, so long before it as its rules say, with the agenda."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.dates import parse_duration
from config.terms import StepKind
from models.meeting import Meeting, MeetingStatus
from models.notice import NoticeKind
from models.phase import Step
from tasks.dates import call_at, milestone_of
from tasks.meeting.agenda import set_agenda
from tasks.meeting.rows import meeting_id
from tasks.notices import notify
from tasks.outcome import Outcome
from tasks.phase import Waiting

if TYPE_CHECKING:
    from config.phases import Meeting as MeetingPhase
    from models.change import Change
    from tasks.phase import Phase


def summon(phase: Phase[MeetingPhase], key: str, number: int = 1, on: str | None = None) -> Outcome:
    """Plan the meeting, wait until the body is to be called, and call everybody in it once.

    A body that is called again has a `number` of its own, and `on` names the milestone that fixes its new day.
    """
    people = phase.seats(phase.body(phase.says.body))
    if phase.step(key) is None:
        phase.act("plan_meeting", f"{key}: plan the meeting", lambda change: _plan(phase, change, key, number, on))
    step = phase.known_step(key)
    if step.settled_at is None:
        if step.due_before is None or step.due_before > phase.now:
            raise Waiting(step.id, step.due_before)
        phase.act("summon", f"{key}: call {len(people)}", lambda change: _call(phase, change, step.id, number))
        step = phase.known_step(key)
    return Outcome.from_json(step.outcome or {})


def _plan(phase: Phase[MeetingPhase], change: Change, key: str, number: int, on: str | None) -> None:
    step_id, says = f"{phase.id}/{key}", phase.says
    if change.has(Step, step_id):
        return
    day, lead = milestone_of(phase, on or says.on, change).due_on, parse_duration(says.summons).days
    step = Step(
        id=step_id, cycle_id=phase.cycle.id, phase_id=phase.id, key=key, kind=StepKind.SUMMON,
        question=phase.question(key), opened_at=phase.now, due_before=call_at(phase, day, lead),
    )  # fmt: skip
    change.add(step)
    change.add(
        Meeting(
            id=meeting_id(phase, number), cycle_id=phase.cycle.id, phase_id=phase.id, step_id=step_id,
            body_id=phase.body(says.body).id, formal=True, milestone=on or says.on, day=day,
            follows=meeting_id(phase, number - 1) if number > 1 else None,
            begins=f"{says.time:%H:%M}", ends=f"{says.until:%H:%M}" if says.until else None,
            place=phase.definition.text(says.place) if says.place else None, lead_days=lead,
        )
    )  # fmt: skip
    change.record("meeting_planned", meeting_id(phase, number), day=day, call=step.due_before)


def _call(phase: Phase[MeetingPhase], change: Change, step_id: str, number: int) -> None:
    step, meeting = change.get(Step, step_id), change.get(Meeting, meeting_id(phase, number))
    if step.settled_at is not None:
        return
    items = set_agenda(phase, change, meeting)
    step.about = list(dict.fromkeys(document for item in items for document in item.about))
    meeting.status = MeetingStatus.SUMMONED
    meeting.summoned_at = phase.now
    people = dict.fromkeys(held.person.id for held in phase.seats(phase.body_of(meeting.body_id)))
    for person_id in people:
        notify(phase, change, NoticeKind.SUMMONED, person_id, step.id, step=step, data={"sequence": 0})
    carried = [item.key for item in items if item.carried_from]
    late = step.due_before is not None and phase.place.today(phase.now) > phase.place.today(step.due_before)
    change.record("meeting_summoned", meeting.id, called=len(people), items=len(items), carried=carried, late=late)
    step.outcome = Outcome("summoned", tuple(step.about), {"summoned": len(people)}).to_json()
    step.settled_at = phase.now
