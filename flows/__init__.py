"""One flow for each kind of phase: the process, written down."""

from flows.adoption import adoption
from flows.consultation import consultation
from flows.drafting import drafting
from flows.goal_setting import goal_setting
from flows.information import information
from flows.meeting import meeting
from flows.phase_flow import PhaseFlow, phase_flow
from flows.project_description import project_description
from flows.reference_groups import reference_groups

ALL: tuple[PhaseFlow, ...] = (
    project_description,
    goal_setting,
    reference_groups,
    consultation,
    adoption,
    information,
    drafting,
    meeting,
)
FLOWS = {flow.kind: flow for flow in ALL}

__all__ = ["ALL", "FLOWS", "PhaseFlow", "phase_flow"]
