"""The words of minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.terms import Force, ItemOutcome
from notifications.i18n import N_

if TYPE_CHECKING:
    from notifications.i18n import Tongue

TITLE = N_("Minutes of %(body)s, %(day)s")
ATTENDANCE = N_("Present: %(people)s")
INSTEAD = N_("%(substitute)s takes the place of %(member)s")
NOT_QUORATE = N_("Too few are present to decide.")
ATTESTORS = N_("To attest the minutes: %(people)s")
CARRIED_FROM = N_("Carried over from an earlier meeting.")
SENT_SEPARATELY = N_("Sent separately: %(names)s")
CONFLICT = N_("Left because of a conflict of interest: %(people)s")
PRESIDED = N_("In the chair for this item: %(people)s")
VOTES = N_("Votes: %(approve)s for, %(reject)s against, %(abstain)s abstained.")
CASTING_VOTE = N_("The chair's casting vote decided.")
RESERVED = N_("Reservation: %(people)s")
DIFFERED = N_("Different opinion: %(people)s")
STATED = N_("Separate statement: %(people)s")
SENT_ALONG = N_("It is sent along with the case.")
ELECTED = N_("Elected: %(people)s")
ELECTION_VOTES = N_("Votes: %(figures)s")
CLOSED_BALLOT = N_("The vote was by closed ballot.")
BY_LOT = N_("The votes were equal, and the lot fell on: %(people)s")
AGAIN = N_("The body has been called again, because it came to no decision.")
CLOSED = N_("The meeting is closed at %(clock)s.")
PRESENT_OF = N_("%(present)s of %(entitled)s take part; %(needed)s are needed to decide.")
OUTCOME = N_("Outcome: %(outcome)s.")
DECISIONS = {
    Force.NOTED: N_("Decision: %(outcome)s. The body takes note of the matter."),
    Force.ENDORSES: N_("Decision: %(outcome)s. The body endorses the proposal."),
    Force.RECOMMENDS: N_("Decision: %(outcome)s. The body recommends the proposal."),
    Force.ADOPTS: N_("Decision: %(outcome)s. The body adopts the proposal."),
}
"""A sentence for each, because languages put the proposal in different places."""

OUTCOMES = {
    ItemOutcome.NOTED: N_("noted"),
    ItemOutcome.AGREEMENT: N_("agreed without a vote"),
    ItemOutcome.DECIDED: N_("carried in a vote"),
    ItemOutcome.REJECTED: N_("rejected"),
    ItemOutcome.NO_DECISION: N_("no decision"),
    ItemOutcome.CARRIED_OVER: N_("returns at a later meeting"),
    ItemOutcome.REFERRED_BACK: N_("referred back"),
    ItemOutcome.TABLED: N_("tabled"),
}
STANDS = (ItemOutcome.AGREEMENT, ItemOutcome.DECIDED)


def attended(say: Tongue, *, present: int, entitled: int, needed: int) -> str:
    """How many took part, and how many that needed."""
    return say(PRESENT_OF, present=present, entitled=entitled, needed=needed)


def outcome_words(outcome: ItemOutcome, force: Force | None, say: Tongue) -> str:
    """What became of an item, and what that binds to."""
    words = say(OUTCOMES[outcome])
    if force is None or outcome not in STANDS:
        return say(OUTCOME, outcome=words)
    return say(DECISIONS[force], outcome=words)
