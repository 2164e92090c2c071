"""Goal-setting: a body meets, its material becomes a proposal, and it approves the proposal."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from config.terms import Force, PhaseKind
from flows.phase_flow import phase_flow
from tasks.approve import approve
from tasks.confirm import confirm
from tasks.dates import meeting_days
from tasks.meet import meet
from tasks.phase import Phase, attempt
from tasks.submit import submit

if TYPE_CHECKING:
    from config.definition import GoalSetting
    from tasks.outcome import Outcome


@phase_flow(PhaseKind.GOAL_SETTING)
def goal_setting(phase: Phase[GoalSetting]) -> Outcome:
    """Meet as often as planned; propose until the body approves; confirm what the groups will work on."""
    body = phase.body(phase.says.body)
    for number, day in enumerate(meeting_days(phase, phase.says.meetings), start=1):
        meet(phase, f"meeting-{number}", body=body, on=day, force=Force.NOTED)
    approval = _propose_until_approved(phase)
    if phase.says.outcome.areas is None:
        return approval
    proposed = [area.name for area in phase.bodies(phase.says.outcome.areas)]
    areas = confirm(phase, "areas", proposed=proposed, group=phase.says.outcome.areas)
    return replace(approval, items=areas.items)


def _propose_until_approved(phase: Phase[GoalSetting]) -> Outcome:
    author = phase.answering([phase.body(phase.says.author or phase.cycle.coordinator)])
    for number in count(1):
        proposal = submit(
            phase, attempt("proposal", number), of=author, text=phase.says.outcome.text,
        )  # fmt: skip
        approval = approve(
            phase, attempt("approval", number), by_body=phase.body(phase.says.body), given=proposal.documents,
            force=phase.says.force, by=phase.says.due,
            missing=phase.says.missing or "close",
        )  # fmt: skip
        if approval.carried:
            return approval
    raise AssertionError  # count() has no end
