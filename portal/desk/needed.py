"""The one act that a cycle needs now, of all that could be done in it; a page shows it as its only filled button."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from engine.accounts.permissions import may_coordinate
from engine.desk.attention import Need
from models.concern import ConcernKind
from notifications.i18n import N_
from portal.desk.acting import cycle_address

if TYPE_CHECKING:
    from engine.desk.attention import Item
    from engine.desk.cycle import CycleView
    from portal.desk.visit import Visit

REMIND = N_("Remind those who have not answered")
WORDS = {
    Need.PROPOSED: N_("Look at the proposal"),
    Need.CONCERN: N_("Look into it"),
    Need.OVERDUE: REMIND,
    Need.MISSED: N_("Set a new day"),
    Need.UNDELIVERED: N_("Name another person or address"),
    Need.HELD: N_("Let it go on"),
    Need.CLOSING: REMIND,
    Need.UNCONFIRMED: N_("Confirm the date"),
}
"""What is done about it. Mails that a server puts off need nobody at the desk."""


class Needed(NamedTuple):
    """The act: which of the listed needs it meets (None: only the silence of an open question), and the link."""

    place: int | None
    words: str
    address: str


def needed_now(visit: Visit, view: CycleView) -> Needed | None:
    """What to do first: about the most urgent need that something can be done about, or else about silence."""
    if not visit.may(may_coordinate):
        return None
    for place, item in enumerate(view.needs):
        if address := _address(visit, item):
            return Needed(place, visit.say(_words(item)), address)
    if view.cycle.ended_at is None and any(question.silent for _, question in view.open_questions):
        return Needed(None, visit.say(REMIND), cycle_address(visit, "remind"))
    return None


def _words(item: Item) -> str:
    letter = item.concern is not None and item.concern.kind is ConcernKind.MAIL_RECEIVED
    return N_("Read the mail") if letter else WORDS[item.need]


def _address(visit: Visit, item: Item) -> str:
    """Where it is done; nothing for what cannot be done here."""
    if item.proposal is not None:
        return cycle_address(visit, f"proposal?number={item.proposal.number}")
    if item.concern is not None:
        return cycle_address(visit, f"concern?number={item.concern.number}")
    if item.need in (Need.OVERDUE, Need.CLOSING) and item.step is not None:
        return cycle_address(visit, f"remind?question={quote(item.step.id.partition('/')[2], safe='')}")
    if item.need is Need.UNDELIVERED and item.assignment is not None:
        seat = item.assignment.membership_id.rpartition("@")[2]
        return cycle_address(visit, f"people?seat={quote(seat, safe='')}")
    if item.milestone is not None:
        act = "move" if item.need is Need.MISSED else "confirm-date"
        return cycle_address(visit, f"{act}?milestone={quote(item.milestone.key, safe='')}")
    return cycle_address(visit, "hold") if item.need is Need.HELD else ""
