"""The field's terms in people's own words. Every function takes the language as a `Tongue`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.terms import Force, Position, Seat, StepKind
from notifications.i18n import N_

if TYPE_CHECKING:
    from notifications.i18n import Tongue

POSITIONS = {
    Position.SUBMITS: N_("Hands in"),
    Position.APPROVES: N_("Approves"),
    Position.REJECTS: N_("Rejects"),
    Position.ABSTAINS: N_("Abstains from voting"),
    Position.SUPPORTS: N_("Supports"),
    Position.SUPPORTS_WITH_CHANGES: N_("Supports with changes"),
    Position.OPPOSES: N_("Opposes"),
    Position.REFRAINS: N_("Refrains from giving an opinion"),
    Position.ADOPTS: N_("Adopts"),
    Position.ADOPTS_WITH_ADDITION: N_("Adopts with an addition"),
    Position.REFERS_BACK: N_("Refers back"),
    Position.TABLES: N_("Tables"),
    Position.DECLINES: N_("Does not adopt"),
    Position.CONFIRMS: N_("Confirms"),
    Position.NO_DECISION: N_("No decision came about"),
}
FORCES = {
    Force.NOTED: N_("notes"),
    Force.ENDORSES: N_("endorses"),
    Force.RECOMMENDS: N_("recommends"),
    Force.ADOPTS: N_("adopts"),
}
CARRIED = frozenset({"approved", "adopts", "adopts_with_addition", "adopted", "noted", "elected"})
"""Outcomes of decisions by which a proposal was carried; any other binds nobody."""
RETURNED = frozenset({"refer_back", "table", "tabled", "referred_back", "carried_over", "postponed", "no_decision"})
"""Outcomes after which the question comes again."""
NOT_YET = N_("nothing is decided yet")
NOT_BINDING = N_("none, the proposal was not carried")
MAILS = {
    "asked": N_("question"),
    "asked_again": N_("question, asked again"),
    "reminded": N_("reminder"),
    "receipt": N_("receipt for an answer"),
    "summoned": N_("call to a meeting"),
    "called_off": N_("meeting called off"),
    "informed": N_("for information"),
    "moved": N_("a date has been moved"),
    "missed": N_("a last day has passed"),
    "lapsed": N_("closed without an answer"),
    "referred_back": N_("referred back"),
    "no_decision": N_("no decision came about"),
    "concluded": N_("the outcome"),
    "reassigned": N_("somebody else answers"),
    "not_me": N_("reached the wrong person"),
    "mail_received": N_("a mail has come in"),
    "filed": N_("a mail has been filed"),
    "undelivered": N_("cannot be delivered"),
    "mail_stuck": N_("mail does not get out"),
    "sign_in": N_("link to sign in with"),
    "digest": N_("several reminders"),
}
"""What kinds of mail are called: those of notices, and those that belong to no cycle."""
SEATS = {
    Seat.CHAIR: N_("chair"),
    Seat.MEMBER: N_("member"),
    Seat.SECRETARY: N_("secretary"),
    Seat.ATTESTOR: N_("attestor"),
    Seat.SUBSTITUTE: N_("substitute"),
    Seat.CONTACT: N_("contact"),
}
ANSWERS_AS = {
    Seat.CHAIR: N_("You answer as chair of %(body)s."),
    Seat.MEMBER: N_("You answer as a member of %(body)s."),
    Seat.SECRETARY: N_("You answer as secretary of %(body)s."),
    Seat.ATTESTOR: N_("You answer as an attestor of %(body)s."),
    Seat.SUBSTITUTE: N_("You answer as a substitute in %(body)s."),
    Seat.CONTACT: N_("You answer as the contact of %(body)s."),
}
RESULTS = {
    "submitted": N_("handed in"),
    "approved": N_("approved"),
    "rejected": N_("rejected"),
    "held": N_("held"),
    "replied": N_("answered"),
    "adopted": N_("adopted"),
    "not_adopted": N_("not adopted"),
    "informed": N_("made known"),
    "confirmed": N_("confirmed"),
    "completed": N_("completed"),
    "compiled": N_("compiled"),
    "not_sent_out": N_("not sent out"),
    "cancelled": N_("cancelled"),
    "postponed": N_("postponed"),
    "tabled": N_("tabled"),
    "not_quorate": N_("no decision, too few were present"),
    "no_decision": N_("no decision"),
    "summoned": N_("called"),
    "announced": N_("announced"),
}
ADOPTIONS = {
    "adopted": N_("adopted by %(adopting)s of %(principals)s"),
    "not_adopted": N_("not adopted: %(adopting)s of %(principals)s adopt"),
}
ASKS = {
    StepKind.SUBMIT: N_("Hand in your material"),
    StepKind.APPROVE: N_("Take a position"),
    StepKind.MEET: N_("Report the outcome of the meeting"),
    StepKind.CONSULT: N_("Give an opinion"),
    StepKind.DECIDE: N_("Report the decision"),
    StepKind.CONFIRM: N_("Confirm"),
    StepKind.INFORM: N_("For your information"),
    StepKind.SUMMON: N_("Come to the meeting"),
    StepKind.ATTEST: N_("Attest the minutes"),
}
LEADS = {
    StepKind.SUBMIT: N_("%(coordinator)s asks %(body)s to hand in material."),
    StepKind.APPROVE: N_("%(coordinator)s asks you to take a position."),
    StepKind.MEET: N_("%(coordinator)s asks you to report what %(body)s arrives at in its meeting."),
    StepKind.CONSULT: N_("%(coordinator)s asks %(body)s for its opinion."),
    StepKind.DECIDE: N_("%(coordinator)s asks %(body)s to decide, and you to report the decision."),
    StepKind.CONFIRM: N_("%(coordinator)s asks you to confirm something."),
    StepKind.INFORM: N_("%(coordinator)s wants you to know the following."),
    StepKind.SUMMON: N_("%(body)s is called to a meeting."),
    StepKind.ATTEST: N_("%(coordinator)s asks you to attest the minutes of %(body)s."),
}
HELD = N_("Confirm that the meeting was held")
HELD_LEAD = N_("%(coordinator)s asks you to confirm that %(body)s has met.")
"""For a meeting that is only to be held, and not to decide."""
OWN_STEP = N_("The next step is up to %(body)s.")
"""When the coordinating body asks itself."""


def position_words(position: str, say: Tongue) -> str:
    """What an answer says: `Tillstyrker med ändringar`."""
    return say(POSITIONS[Position(position)])


def force_words(force: str, say: Tongue) -> str:
    """How a decision binds: `rekommenderar`."""
    return say(FORCES[Force(force)])


def binding_words(outcome: str, force: str, say: Tongue) -> str:
    """What a decision binds to: its force where the proposal was carried, and otherwise that there is none."""
    if outcome in CARRIED:
        return force_words(force, say)
    return say(NOT_YET if outcome in RETURNED else NOT_BINDING)


def mail_words(kind: str, say: Tongue) -> str:
    """What a kind of mail is called; a kind that is none of ours is shown as it is."""
    return say(MAILS[kind]) if kind in MAILS else kind


def seat_words(seat: str, say: Tongue) -> str:
    """The name of a seat: `sekreterare`."""
    return say(SEATS[Seat(seat)])


def answers_as(seat: str, body: str, say: Tongue) -> str:
    """On whose behalf somebody answers: `Du svarar som sekreterare för Bergs kommun.`."""
    return say(ANSWERS_AS[Seat(seat)], body=body)


def result_words(result: str, say: Tongue) -> str:
    """What a phase or a cycle came to; a result of a definition's own is given as it stands."""
    return say(RESULTS[result]) if result in RESULTS else result.replace("_", " ")


def outcome_words(result: str, detail: str, say: Tongue) -> str:
    """What an adoption came to, with how many adopted: `antagen av 12 av 13`; of anything else, the result alone."""
    adopting, slash, principals = detail.partition("/")
    if result not in ADOPTIONS or not slash:
        return result_words(result, say)
    return say(ADOPTIONS[result], adopting=adopting, principals=principals)


def ask_words(kind: str, say: Tongue, *, held: bool = False) -> str:
    """What is asked, as an imperative that can begin a subject line: `Lämna in underlag`.

    `held` is for a meeting that is only to be held.
    """
    return say(HELD if held else ASKS[StepKind(kind)])


def lead_words(kind: str, coordinator: str, body: str, say: Tongue, *, held: bool = False) -> str:
    """Who asks whom for what, as the first sentence of a letter."""
    if held:
        return say(HELD_LEAD, coordinator=coordinator, body=body)
    if coordinator == body:
        return say(OWN_STEP, body=body)
    return say(LEADS[StepKind(kind)], coordinator=coordinator, body=body)
