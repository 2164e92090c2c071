"""The kinds of phase, and what each may say. Every kind is one flow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from config.agenda import CalledAgain, CalledMeeting
from config.base import BY_SHAPE, LIST, MAPPING, ONE, Day, Duration, Key, Keys, Span, Strict, Text
from config.dates import Window, parse_window
from config.handing import MayDelegate, Shows
from config.subjects import Subjects
from config.terms import Force, PhaseKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

USUAL_ALTERNATIVES = 4
MILESTONE_FIELDS = ("due", "on", "opens", "meeting", "material_due", "compile_due", "handover", "sending_meeting")
BODY_FIELDS = (
    "author", "approved_by", "body", "groups", "consultees", "ruling_by",
    "compiled_by", "principals", "to", "sent_out_by", "revised_by",
)  # fmt: skip


class Extend(Strict):
    """Give more time once, then do something else."""

    extend: Duration
    """How much more time: 14d, 6w."""
    then: Literal["close", "hold"] = "close"
    """What happens when the extended date comes."""


Missing = Annotated[
    Annotated[Literal["close", "hold"], ONE] | Annotated[Extend, MAPPING],
    BY_SHAPE,
]
"""What happens at a deadline with missing answers: close without them, hold until they come, or extend once."""


class PhaseBase(Strict):
    """What every kind of phase may say."""

    title: Text | None = None
    """What people call the phase; its key made readable when absent."""
    after: Keys = Field(default_factory=list)
    """The phases that must have closed before this one opens."""
    within: Span | None = Field(default=None, alias="in")
    """When the phase runs: 2013-02/2013-03."""
    due: Key | None = None
    """The milestone by which the phase's answers are wanted."""
    missing: Missing | None = None
    """What happens at that date with answers missing: close, hold, or {extend: 14d, then: close}."""
    asks: dict[str, Text] = Field(default_factory=dict)
    """What the mail asks, by step, where the usual words will not do."""
    may_delegate: MayDelegate | None = None
    """To whom a question may be handed over: nobody, substitutes or anyone; who votes or attests does so in person."""
    shows: dict[str, Shows] = Field(default_factory=dict)
    """What those who are asked see of each other, by step: nothing, asked, or answered (who has, never what)."""

    @property
    def predecessors(self) -> tuple[str, ...]:
        """The phases that must have closed before this one opens."""
        return (self.after,) if isinstance(self.after, str) else tuple(self.after)

    @property
    def window(self) -> Window:
        """When the phase may run; open where the definition is silent."""
        return parse_window(self.within) if self.within else Window(None, None)

    def milestone_refs(self) -> Iterator[tuple[str, str]]:
        """The milestones that this phase names, each with the field that names it."""
        for field in MILESTONE_FIELDS:
            value = getattr(self, field, None)
            if isinstance(value, str):
                yield field, value

    def body_refs(self) -> Iterator[tuple[str, str]]:
        """The bodies that this phase names, each with the field that names it."""
        for field in BODY_FIELDS:
            value = getattr(self, field, None)
            for key in [value] if isinstance(value, str) else value or []:
                yield field, key


class ProjectDescription(PhaseBase):
    """Somebody describes how the policy will be made; a body approves the description."""

    kind: Literal[PhaseKind.PROJECT_DESCRIPTION]
    author: Key
    """The body that writes the description."""
    approved_by: Key
    """The body that approves it."""
    text: Key = "project-description"
    """The name of the text."""


class GoalSettingOutcome(Strict):
    """What goal-setting leaves behind: a text, and the areas that the groups will work in."""

    text: Key
    """The name of the text."""
    areas: Key | None = None
    """The body whose parts are the areas; the phase may replace the list."""


class GoalSetting(CalledAgain, PhaseBase):
    """A body meets, its material becomes a proposal, and it approves the proposal."""

    kind: Literal[PhaseKind.GOAL_SETTING]
    body: Key
    """The body that sets the goals."""
    meetings: Annotated[
        Annotated[int, Field(ge=1, le=24), ONE] | Annotated[list[Day], Field(min_length=1, max_length=24), LIST],
        BY_SHAPE,
    ] = 1
    """How many meetings, or the days of the meetings."""
    author: Key | None = None
    """The body that works the material together; the coordinator when absent."""
    approved_at: Literal["members", "meeting"] = "members"
    """How the body approves: each member by mail, or all of them at the last meeting."""
    outcome: GoalSettingOutcome
    """What the phase leaves behind."""
    force: Force = Force.RECOMMENDS
    """What the approval binds to: noted, endorses, recommends or adopts."""
    decisions: list[Force] = Field(default_factory=list, max_length=4)
    """What the proposal for decision says, where it says more than one thing; otherwise what `force` says."""


class ReferenceGroups(PhaseBase):
    """Groups work out how the goals can be applied; their proposals are handed in by a date."""

    kind: Literal[PhaseKind.REFERENCE_GROUPS]
    groups: Key
    """The body with one part for each group."""
    opens: Key | None = None
    """The milestone before which the groups do not start."""
    text: Key = "proposals"
    """The name of what the groups hand in."""


class Consultation(CalledAgain, PhaseBase):
    """Material is sent out, consultees take positions, and what they say is compiled or ruled on, or both."""

    kind: Literal[PhaseKind.CONSULTATION]
    consultees: Keys
    """The bodies that are asked for a position."""
    subjects: Subjects = Field(default_factory=dict)
    """What a position is asked on, such as each of a plan's strategies; on the material as a whole when absent."""
    approved_inside: bool = False
    """Every reply says which organ of the consultee approved it, on which day and under which paragraph."""
    compiled_by: Key | None = None
    """The body that compiles; the coordinator when absent."""
    material: Key | None = None
    """The name of the text that is sent out."""
    material_due: Key | None = None
    """The milestone by which the material is sent out."""
    sent_out_by: Key | None = None
    """The body that first decides whether the material is sent out, if any does."""
    sending_meeting: Key | None = None
    """The milestone on which that body meets."""
    compiles: bool = False
    """The replies are compiled: for each remark, whether it is taken and why. Until then late replies are accepted."""
    compile_due: Key | None = None
    """The milestone by which the replies are compiled."""
    ruling_by: Key | None = None
    """The body that rules on the outcome, if any does."""
    meeting: Key | None = None
    """The milestone on which that body meets."""
    force: Force = Force.ENDORSES
    """What the ruling binds to: noted, endorses, recommends or adopts."""
    decisions: list[Force] = Field(default_factory=list, max_length=4)
    """What the proposal for decision says, where it says more than one thing; otherwise what `force` says."""


class EachOf(Strict):
    """A rule across principals: at least so many of them must adopt."""

    at_least: Annotated[int, Field(ge=1)]
    """How many."""


AdoptedWhen = Annotated[
    Annotated[Literal["all", "each"], ONE] | Annotated[EachOf, MAPPING],
    BY_SHAPE,
]


class Adoption(PhaseBase):
    """Every principal decides for itself on a text."""

    kind: Literal[PhaseKind.ADOPTION]
    text: Key
    """The name of the text that is decided on."""
    principals: Keys
    """The bodies that decide, each for itself."""
    adopted_when: AdoptedWhen = "all"
    """When the text counts as adopted: all of them, each for itself, or {at_least: 5}."""
    handover: Key | None = None
    """The milestone by which the material is handed to the principals."""
    revised_by: Key | None = None
    """The body that makes a new version of what a principal refers back; without it the same version is put again."""


class Information(PhaseBase):
    """Somebody is told something, by a date."""

    kind: Literal[PhaseKind.INFORMATION]
    to: Keys
    """The bodies that are told."""
    author: Key | None = None
    """The body that tells them; the coordinator when absent."""
    promises_decisions: list[Force] = Field(default_factory=list, max_length=4)
    """What those who are told have said they will decide at their next meeting on the matter."""


class Terms(Strict):
    """The terms of a commission; they travel with the question."""

    must_clarify: list[Text] = Field(default_factory=list, max_length=30)
    """What must be clarified: whoever hands in writes on each point."""
    must_lead_to: list[Text] = Field(default_factory=list, max_length=30)
    """What the result must lead to."""
    must_not_cover: list[Text] = Field(default_factory=list, max_length=30)
    """What is out of scope."""
    further_inquiries: bool = False
    """Whoever hands in may propose further inquiries."""


class Alternatives(Strict):
    """So many alternatives may be handed in."""

    at_most: Annotated[int, Field(ge=2, le=9)]
    """How many."""


class Drafting(PhaseBase):
    """Somebody writes a text, perhaps on a commission with terms, perhaps with alternatives to choose from."""

    kind: Literal[PhaseKind.DRAFTING]
    author: Key | None = None
    """The body that writes; the coordinator when absent."""
    text: Key
    """The name of the text."""
    terms: Terms | None = None
    """The terms of the commission."""
    alternatives: Annotated[Annotated[bool, ONE] | Annotated[Alternatives, MAPPING], BY_SHAPE] = False
    """Alternatives are handed in, each with advantages and disadvantages, and exactly one is recommended."""

    @property
    def most_alternatives(self) -> int:
        """How many alternatives may be handed in; none where one text is."""
        if isinstance(self.alternatives, Alternatives):
            return self.alternatives.at_most
        return USUAL_ALTERNATIVES if self.alternatives else 0


class Meeting(CalledMeeting, PhaseBase):
    """A body is called to a formal meeting; its minutes are recorded, attested and perhaps announced."""

    kind: Literal[PhaseKind.MEETING]


Phase = Annotated[
    ProjectDescription | GoalSetting | ReferenceGroups | Consultation | Adoption | Information | Drafting | Meeting,
    Field(discriminator="kind"),
]

MODELS: Mapping[PhaseKind, type[PhaseBase]] = {
    PhaseKind.PROJECT_DESCRIPTION: ProjectDescription,
    PhaseKind.GOAL_SETTING: GoalSetting,
    PhaseKind.REFERENCE_GROUPS: ReferenceGroups,
    PhaseKind.CONSULTATION: Consultation,
    PhaseKind.ADOPTION: Adoption,
    PhaseKind.INFORMATION: Information,
    PhaseKind.DRAFTING: Drafting,
    PhaseKind.MEETING: Meeting,
}

ASKABLE: Mapping[PhaseKind, tuple[str, ...]] = {
    PhaseKind.PROJECT_DESCRIPTION: ("description", "approval"),
    PhaseKind.GOAL_SETTING: ("meeting", "proposal", "approval", "new-day", "areas"),
    PhaseKind.REFERENCE_GROUPS: ("proposals",),
    PhaseKind.CONSULTATION: ("sending-out", "sending-day", "material", "replies", "compilation", "ruling", "new-day"),
    PhaseKind.ADOPTION: ("handover", "decision", "revision"),
    PhaseKind.INFORMATION: ("information",),
    PhaseKind.DRAFTING: ("draft",),
    PhaseKind.MEETING: ("summons", "minutes", "attestation", "notice", "new-day"),
}
"""The steps of each kind that `asks` and `shows` may name."""
