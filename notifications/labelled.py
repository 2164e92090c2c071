"""Facts with labels, of the kinds that most letters have."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from notifications.i18n import N_
from notifications.letter import one_line

if TYPE_CHECKING:
    from notifications.letter import Case


class Fact(NamedTuple):
    """A labelled fact."""

    label: str
    value: str
    language: str | None = None  # when it is not the letter's own


def concerns(case: Case) -> Fact:
    """The cycle, and the phase."""
    title = one_line(case.cycle.title)
    value = f"{title} – {one_line(case.phase.title)}" if case.phase else title
    return Fact(case.say(N_("Concerns")), value, str(case.cycle.language))


def promise(case: Case) -> list[Fact]:
    """The milestone that the letter is about."""
    milestone = case.milestone
    if milestone is None:
        return []
    own = None if case.language in milestone.title else str(case.cycle.language)
    called = one_line(milestone.called(case.language, str(case.cycle.language)), 200)
    return [Fact(case.say(N_("Milestone")), called, own)]


def contact(case: Case) -> Fact:
    """Whom to ask."""
    who = (case.coordinator.body, case.coordinator.name, case.coordinator.address)
    return Fact(case.say(N_("Questions to")), ", ".join(one_line(part) for part in who if part))


def documents_first(case: Case, ids: list[str]) -> list[Fact]:
    """What to read before one answers or comes."""
    titles = "; ".join(case.documents(ids))
    return [Fact(case.say(N_("Read first")), titles, str(case.cycle.language))] if titles else []
