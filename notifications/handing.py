"""Letters about who answers: a question that has changed hands, and one that reached the wrong person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.assignment import AssignmentStatus
from notifications.i18n import N_
from notifications.labelled import Fact, concerns, contact
from notifications.letter import one_line
from notifications.terms import answers_as

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.cycle import Person
    from notifications.letter import Case

HOLDS = {
    "handed_back": N_("The question that you had handed over has been given back to you."),
    "taken_back": N_("You have taken the question back."),
}
"""Why a question has come to the recipient."""
INSTEAD = N_("You answer instead of %(who)s.")
YOURS = N_("The question is yours from now on.")
GONE = {
    "delegated": N_("You have handed the question over. %(who)s answers instead of you."),
    "handed_back": N_("You have given the question back. %(who)s answers."),
    "taken_back": N_("%(who)s answers after all. You need not do anything."),
    "replaced": N_("%(who)s answers from now on instead of you. You need not do anything."),
}
"""Why it is no longer the recipient's."""


def behalf(case: Case) -> str:
    """On whose behalf the recipient answers, and instead of whom."""
    if case.membership is None or case.body is None:
        return ""
    said = answers_as(case.membership.seat, case.body, case.say)
    before = case.instead_of
    return f"{said} {case.say(INSTEAD, who=called(before))}" if before else said


def called(person: Person) -> str:
    """A person's name with the address, or the address alone."""
    name = one_line(person.name or "")
    return f"{name} ({person.address})" if name else person.address


def reassigned(case: Case, asking: Callable[[Case], dict[str, Any]]) -> dict[str, Any]:
    """Somebody else answers from now on, or the question has come (back) to the recipient.

    Raises:
        LookupError: the notice speaks of an assignment that is not there.
    """
    if case.assignment is None:
        raise LookupError(f"notice {case.notice.id} has no assignment")
    why = str(case.notice.data.get("why", ""))
    values = asking(case)
    if case.notice.data.get("holder"):
        answered = case.assignment.status is AssignmentStatus.ANSWERED
        return {**values, "holder": True, "why": case.say(HOLDS.get(why, YOURS)), "answered": answered}
    who = called(case.rows.people[case.assignment.person_id])
    said = case.say(GONE.get(why, GONE["replaced"]), who=who)
    facts = [concerns(case), contact(case)]
    return {**values, "facts": facts, "holder": False, "why": said, "answered": False, "undo": why == "delegated"}


def not_me(case: Case) -> dict[str, Any]:
    """To the coordinator: a question has reached the wrong person, and nobody has it now."""
    reached = case.rows.people.get(str(case.notice.data.get("person", "")))
    address = Fact(case.say(N_("Address")), called(reached)) if reached else None
    body = Fact(case.say(N_("Body")), case.body or "")
    number = int(case.notice.data.get("concern", 0))
    return {
        "facts": [fact for fact in (concerns(case), body, address) if fact],
        "number": number,
        "desk_url": case.sender.desk_url(case.cycle.id, f"concern?number={number}" if number else ""),
    }
