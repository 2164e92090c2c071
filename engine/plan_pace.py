"""The paces of a plan: how soon everybody answers in the rehearsals that a plan is read from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from config.terms import Position
from engine.plan_facts import Course, course_of
from engine.rehearsal import Rehearsal, uncollected
from engine.script import Plan as Answering
from engine.script import Script
from notifications.compose import Composed, addressed
from notifications.outbox import Mailer
from notifications.transport import DiscardTransport

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from config.calendars import Place
    from config.definition import Definition
    from engine.script import Asked
    from notifications.letter import Case

LAST_MORNING = time(9)
"""When on the last day people answer who answer as late as they may: early enough for what follows on the same day."""
MIDDAY = time(12)


class CountingMailer(Mailer):
    """Sends nothing, and needs no words: a plan only counts its mails."""

    def unwritten(self, cases: Sequence[Case], message_id: str) -> Composed:  # noqa: ARG002 - as one that writes has it
        """The address alone."""
        return addressed(cases[0])


@dataclass
class Paced(Rehearsal):
    """A rehearsal in which everybody answers what is first offered; some of them, or all, on the last day."""

    late: Collection[str] | None = None  # the steps (PHASE/STEP) that are answered on their last day; None is all

    def new_mailer(self) -> Mailer:
        """One that counts."""
        return CountingMailer(self.register, DiscardTransport(), self.sender(), owner="rehearsal")

    def decide(self, asked: Asked) -> Answering | None:
        """After five days, or at the latest that is still in time."""
        soon = super().decide(asked)
        if soon is None or not (self.late is None or asked.step in self.late):
            return soon
        return soon.model_copy(update={"at": _at_the_latest(asked, self.definition.where, soon.at)})


def _at_the_latest(asked: Asked, place: Place, soon: datetime) -> datetime:
    """On the last day in the morning; a meeting that only takes note is reported on its own day.

    What follows such a meeting waits for the meeting, and not for its report. A question without a date is answered
    as soon as in any rehearsal: there is no last day.
    """
    if asked.not_before is not None and asked.offers == (Position.CONFIRMS,):
        at = place.at(asked.not_before, MIDDAY)
    elif asked.due_on is not None:
        at = place.at(asked.due_on, LAST_MORNING)
    else:
        return soon
    return at if at > asked.asked_at else asked.asked_at + timedelta(hours=1)


def course(definition: Definition, late: Collection[str] | None = None) -> Course:
    """The course that a cycle takes when everybody answers: at the latest (by default), or only `late` steps so."""
    with uncollected():
        rehearsal = Paced(definition, Script(), late=late)
        rehearsal.play()
        try:
            return course_of(rehearsal.register, rehearsal.slug)
        finally:
            rehearsal.register.close()
