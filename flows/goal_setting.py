"""Goal-setting: a body meets, its material becomes a proposal, and it approves the proposal."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from config.terms import Force, PhaseKind
from flows.phase_flow import phase_flow
from models.forms.resolution import UNRESOLVED
from models.minutes import NOT_QUORATE
from tasks.approve import approve
from tasks.confirm import confirm
from tasks.dates import meeting_days
from tasks.documents import key_of
from tasks.meet import meet
from tasks.phase import Phase, attempt
from tasks.submit import submit

if TYPE_CHECKING:
    from datetime import date

    from config.definition import GoalSetting
    from models.cycle import Body
    from tasks.outcome import Outcome


@phase_flow(PhaseKind.GOAL_SETTING)
def goal_setting(phase: Phase[GoalSetting]) -> Outcome:
    """Meet as often as planned; propose until the body approves; confirm what the groups will work on."""
    body = phase.body(phase.says.body)
    days = [*meeting_days(phase, phase.says.meetings)]
    deciding = days.pop() if phase.says.approved_at == "meeting" else None
    for number, day in enumerate(days, start=1):
        meet(phase, f"meeting-{number}", body=body, on=day, force=Force.NOTED)
    approval = _propose_until_approved(phase, body, deciding)
    if phase.says.outcome.areas is None:
        return approval
    proposed = [area.name for area in phase.bodies(phase.says.outcome.areas)]
    areas = confirm(phase, "areas", proposed=proposed, group=phase.says.outcome.areas)
    return replace(approval, items=areas.items)


def _propose_until_approved(phase: Phase[GoalSetting], body: Body, deciding: date | None) -> Outcome:
    written = 1
    for number in count(1):
        proposal = _proposal(phase, written)
        key, day = attempt("approval", number), deciding if number == 1 else None
        approval = (
            approve(
                phase, key, by_body=body, given=proposal, force=phase.says.force, by=phase.says.due,
                missing=phase.says.missing or "close",
            )
            if deciding is None
            else meet(
                phase, key, body=body, on=day, by=phase.says.due, given=proposal,
                force=phase.says.force, decisions=phase.says.decisions,
            )
        )  # fmt: skip
        if approval.carried or (deciding is not None and approval.result in UNRESOLVED):
            return approval  # or the coordinator has said that the body is not to be called again
        written += approval.result != NOT_QUORATE  # where too few answered, they are asked about the same text
    raise AssertionError  # count() has no end


def _proposal(phase: Phase[GoalSetting], number: int) -> tuple[str, ...]:
    """The text that the body takes up: what an earlier phase has written of it, and otherwise a new proposal."""
    text = phase.says.outcome.text
    written = tuple(document for document in phase.handed_over() if key_of(document) == text)
    if written and number == 1:
        return written
    author = phase.answering([phase.body(phase.says.author or phase.cycle.coordinator)])
    return submit(phase, attempt("proposal", number), of=author, text=text).documents
