"""The words of minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.terms import ItemOutcome
from notifications.i18n import N_
from notifications.terms import force_words

if TYPE_CHECKING:
    from config.terms import Force
    from notifications.i18n import Tongue

TITLE = N_("Minutes of %(body)s, %(day)s")
ATTENDANCE = N_("Present: %(people)s")
INSTEAD = N_("%(substitute)s takes the place of %(member)s")
NOT_QUORATE = N_("Too few are present to decide.")
ATTESTORS = N_("To attest the minutes: %(people)s")
CARRIED_FROM = N_("Carried over from an earlier meeting.")
SENT_SEPARATELY = N_("Sent separately: %(names)s")
CONFLICT = N_("Left because of a conflict of interest: %(people)s")
VOTES = N_("Votes: %(approve)s for, %(reject)s against, %(abstain)s abstained.")
RESERVATION = N_("Reservation: %(words)s")
CLOSED = N_("The meeting is closed at %(clock)s.")
PRESENT_OF = N_("%(present)s of %(entitled)s take part; %(needed)s are needed to decide.")
DECISION = N_("Decision: %(outcome)s. The body %(force)s it.")
OUTCOME = N_("Outcome: %(outcome)s.")

OUTCOMES = {
    ItemOutcome.NOTED: N_("noted"),
    ItemOutcome.AGREEMENT: N_("agreed without a vote"),
    ItemOutcome.DECIDED: N_("carried in a vote"),
    ItemOutcome.REJECTED: N_("rejected"),
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
    return say(DECISION, outcome=words, force=force_words(force, say))
