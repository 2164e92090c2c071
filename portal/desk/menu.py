"""What the desk leads to: the pages of everybody, and what can be done in a cycle.

A page of a cycle lists `cycle_acts` by what they concern, those that the account may use. Acts add themselves by a line
here. Which of them is needed now, `portal.desk.needed` says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from engine.accounts.permissions import may_administer, may_coordinate, may_start, signed_in
from notifications.i18n import N_

if TYPE_CHECKING:
    from engine.accounts.permissions import Permission
    from portal.desk.visit import Visit


class Entry(NamedTuple):
    """A link: what it says, where it leads, and who may follow it."""

    words: str
    address: str
    may: Permission
    afterwards: bool = False  # also when the cycle has ended


class Shown(NamedTuple):
    """A link as a page shows it."""

    words: str
    address: str
    current: bool


ENTRIES = (
    Entry(N_("Desk"), "/desk", signed_in),
    Entry(N_("Accounts"), "/desk/accounts", may_administer),
    Entry(N_("Your settings"), "/desk/you", signed_in),
)
START: tuple[Entry, ...] = (Entry(N_("Start a process"), "/desk/new", may_start),)
"""What begins a cycle."""
CYCLE_ACTS: dict[str, tuple[Entry, ...]] = {
    N_("Questions and answers"): (
        Entry(N_("Remind"), "/desk/{slug}/remind", may_coordinate),
        Entry(N_("Record an answer"), "/desk/{slug}/answer", may_coordinate),
        Entry(N_("Close a question"), "/desk/{slug}/close", may_coordinate),
    ),
    N_("Dates and meetings"): (
        Entry(N_("Dates"), "/desk/{slug}/dates", may_coordinate),
        Entry(N_("Agenda"), "/desk/{slug}/agenda", may_coordinate),
    ),
    N_("Texts"): (Entry(N_("Publish a text"), "/desk/{slug}/publish", may_coordinate),),
    N_("People and mail"): (
        Entry(N_("Replace somebody"), "/desk/{slug}/people", may_coordinate),
        Entry(N_("Areas"), "/desk/{slug}/areas", may_coordinate),
        Entry(N_("Received mail"), "/desk/{slug}/letters", may_coordinate, afterwards=True),
    ),
    N_("The whole process"): (
        Entry(N_("Hold or go on"), "/desk/{slug}/hold", may_coordinate),
        Entry(N_("Cancel"), "/desk/{slug}/cancel", may_coordinate),
    ),
}
"""What can be done in a cycle, by what it concerns; `{slug}` in an address is the cycle's."""


def menu_of(visit: Visit) -> list[Shown]:
    """The desk's own pages that the account may open."""
    here = visit.request.url.path
    return [Shown(visit.say(e.words), e.address, here == e.address) for e in ENTRIES if visit.may(e.may)]


def starts_of(visit: Visit) -> list[Shown]:
    """How the account may begin a cycle."""
    return [Shown(visit.say(e.words), e.address, current=False) for e in START if visit.may(e.may)]


def cycle_acts(visit: Visit) -> list[tuple[str, list[Shown]]]:
    """What the account may do in the cycle that it looks at, by what it concerns; little of it once that has ended."""
    over = visit.here.ended_at is not None
    found = []
    for concerns, entries in CYCLE_ACTS.items():
        may = [e for e in entries if visit.may(e.may) and (e.afterwards or not over)]
        shown = [Shown(visit.say(e.words), e.address.format(slug=visit.here.id), current=False) for e in may]
        found += [(visit.say(concerns), shown)] if shown else []
    return found
