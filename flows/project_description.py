"""Project description: somebody describes how the policy will be made, and a body approves it."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from config.terms import Force, PhaseKind
from flows.phase_flow import phase_flow
from models.minutes import NOT_QUORATE
from tasks.approve import approve
from tasks.phase import Phase, attempt
from tasks.submit import submit

if TYPE_CHECKING:
    from config.definition import ProjectDescription
    from tasks.outcome import Outcome


@phase_flow(PhaseKind.PROJECT_DESCRIPTION)
def project_description(phase: Phase[ProjectDescription]) -> Outcome:
    """Describe; approve; describe again until it is approved."""
    author = phase.answering([phase.body(phase.says.author)])
    approver = phase.body(phase.says.approved_by)
    written = 1
    for number in count(1):
        description = submit(
            phase, attempt("description", written), of=author, text=phase.says.text,
        )  # fmt: skip
        approval = approve(
            phase, attempt("approval", number), by_body=approver, given=description.documents,
            force=Force.ENDORSES, by=phase.says.due,
            missing=phase.says.missing or "close",
        )  # fmt: skip
        if approval.carried:
            return approval
        written += approval.result != NOT_QUORATE  # where too few answered, they are asked about the same text
    raise AssertionError  # count() has no end
