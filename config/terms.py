"""The field's terms as closed vocabularies; Swedish and Danish originals beside each."""

from __future__ import annotations

from enum import StrEnum


class Seat(StrEnum):
    """A person's seat in a body."""

    CHAIR = "chair"  # ordförande / formand
    MEMBER = "member"  # ledamot / medlem
    SECRETARY = "secretary"  # sekreterare / sekretær
    ATTESTOR = "attestor"  # justerare / underskriver
    SUBSTITUTE = "substitute"  # ersättare / stedfortræder
    CONTACT = "contact"  # kontaktperson: answers on the body's behalf


VOTING_SEATS = (Seat.CHAIR, Seat.MEMBER)
ANSWERING_SEATS = (Seat.CONTACT, Seat.SECRETARY, Seat.CHAIR, Seat.MEMBER)
"""Who answers for a body as a whole: the first of these seats that is filled."""


class Force(StrEnum):
    """What a decision binds to, weakest first."""

    NOTED = "noted"  # till kännedom / til efterretning
    ENDORSES = "endorses"  # ställer sig bakom / tilslutter sig
    RECOMMENDS = "recommends"  # rekommenderar / anbefaler
    ADOPTS = "adopts"  # antar / vedtager


class PhaseKind(StrEnum):
    """The kinds of phase; each is one flow."""

    PROJECT_DESCRIPTION = "project_description"
    GOAL_SETTING = "goal_setting"
    REFERENCE_GROUPS = "reference_groups"
    CONSULTATION = "consultation"
    ADOPTION = "adoption"
    INFORMATION = "information"
    DRAFTING = "drafting"
    MEETING = "meeting"


class StepKind(StrEnum):
    """The kinds of durable wait inside a phase."""

    SUBMIT = "submit"
    APPROVE = "approve"
    MEET = "meet"
    CONSULT = "consult"
    DECIDE = "decide"
    INFORM = "inform"
    CONFIRM = "confirm"
    SUMMON = "summon"
    ATTEST = "attest"


class ItemOutcome(StrEnum):
    """What became of an item on a meeting's agenda."""

    NOTED = "noted"  # till kännedom / til efterretning
    AGREEMENT = "agreement"  # samsyn; bifall utan votering / enighed
    DECIDED = "decided"  # bifall efter votering / vedtaget ved afstemning
    REJECTED = "rejected"  # avslag / forkastet
    NO_DECISION = "no_decision"  # inget beslut / ingen beslutning: the body's rules gave none
    CARRIED_OVER = "carried_over"  # återkommer vid ett senare sammanträde / udsat
    REFERRED_BACK = "referred_back"  # återremiss / hjemvist
    TABLED = "tabled"  # bordläggning / udsat til et senere møde


RETURNING = frozenset(
    {ItemOutcome.CARRIED_OVER, ItemOutcome.REFERRED_BACK, ItemOutcome.TABLED, ItemOutcome.NO_DECISION}
)
"""Outcomes after which an item stands on the agenda of the body's next meeting."""


class Position(StrEnum):
    """What an answer says. Which positions a step offers follows from its kind."""

    SUBMITS = "submits"  # lämnar in
    APPROVES = "approves"  # godkänner
    REJECTS = "rejects"  # avslår
    ABSTAINS = "abstains"  # avstår från att rösta
    SUPPORTS = "supports"  # tillstyrker
    SUPPORTS_WITH_CHANGES = "supports_with_changes"  # tillstyrker med ändringar
    OPPOSES = "opposes"  # avstyrker
    REFRAINS = "refrains"  # avstår från att yttra sig
    ADOPTS = "adopts"  # antar
    ADOPTS_WITH_ADDITION = "adopts_with_addition"  # antar med tillägg
    REFERS_BACK = "refer_back"  # återremitterar
    TABLES = "table"  # bordlägger
    DECLINES = "declines"  # antar inte
    CONFIRMS = "confirms"  # bekräftar
    NO_DECISION = "no_decision"  # inget beslut / ingen beslutning: the body's rules gave none


POSITIONS: dict[StepKind, tuple[Position, ...]] = {
    StepKind.SUBMIT: (Position.SUBMITS,),
    StepKind.APPROVE: (Position.APPROVES, Position.REJECTS, Position.ABSTAINS),
    StepKind.MEET: (Position.APPROVES, Position.REJECTS, Position.TABLES, Position.NO_DECISION),
    StepKind.CONSULT: (
        Position.SUPPORTS,
        Position.SUPPORTS_WITH_CHANGES,
        Position.OPPOSES,
        Position.REFRAINS,
    ),
    StepKind.DECIDE: (
        Position.ADOPTS,
        Position.ADOPTS_WITH_ADDITION,
        Position.REFERS_BACK,
        Position.TABLES,
        Position.DECLINES,
    ),
    StepKind.CONFIRM: (Position.CONFIRMS,),
    StepKind.INFORM: (),
    StepKind.SUMMON: (),
    StepKind.ATTEST: (Position.APPROVES, Position.REJECTS),
}

REOPENING = frozenset({Position.REFERS_BACK, Position.TABLES})
"""Positions that do not end the matter: the body is asked again."""

REASONED = frozenset(
    {
        Position.REJECTS,
        Position.SUPPORTS_WITH_CHANGES,
        Position.OPPOSES,
        Position.ADOPTS_WITH_ADDITION,
        Position.REFERS_BACK,
        Position.DECLINES,
    }
)
"""Positions that must come with words."""


class Language(StrEnum):
    """Languages that Samsyn writes."""

    SV = "sv"
    DA = "da"
    EN = "en"
