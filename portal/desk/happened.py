"""The journal's events in people's words. An event without words of its own is shown by its name, made readable."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from engine.commands.reasons import DATE_STANDS, REMINDED_BY_HAND
from notifications.i18n import N_
from portal.desk.how_it_came import MEANS
from portal.desk.words import DeskWords

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.desk.history import Entry, Happened
    from models.cycle import Cycle
    from portal.words import Words

EVENTS = {
    "act_proposed": N_("Proposed, to be confirmed by somebody else"),
    "proposal_confirmed": N_("A proposal was confirmed by a second person"),
    "proposal_dropped": N_("A proposal was turned down or taken back"),
    "promise_worded": N_("The promise is worded anew: %(words)s"),
    "agenda_changed": N_("The agenda was changed; items: %(items)s"),
    "answer_received": N_("Answered: %(position)s"),
    "answers_reconsidered": N_("The answers are looked at again, about the newer text"),
    "areas_set": N_("The groups were set: %(areas)s"),
    "asked_anew": N_("Asked again"),
    "answered_on_behalf": N_("An answer was recorded on behalf of the body; received %(received)s, %(means)s"),
    "assignment_delegated": N_("The question was handed over to somebody else"),
    "called_again": N_("The body is called again: %(on)s"),
    "delegation_ended": N_("The question is back with whom it was put to"),
    "disposed_of": N_("Disposed of, by decision"),
    "letter_received": N_("A mail came in"),
    "not_called_again": N_("The body is not called again"),
    "reminders_turned_off": N_("Somebody turned reminders off"),
    "reminders_turned_on": N_("Somebody turned reminders on again"),
    "seat_replaced": N_("The seat went from %(before)s to %(after)s"),
    "milestone_waived": N_("The promise was given up"),
    "wrong_person_reported": N_("Somebody said that the question reached the wrong person"),
    "attestors_replaced": N_("Other attestors were asked"),
    "concern_raised": N_("Somebody has to look at something"),
    "concern_settled": N_("It was seen to: %(settlement)s"),
    "cycle_cancelled": N_("The process was cancelled"),
    "cycle_concluded": N_("The process ended: %(outcome)s"),
    "cycle_held": N_("The process was put on hold"),
    "cycle_released": N_("The process goes on"),
    "cycle_started": N_("The process was started; it begins on %(begins)s"),
    "date_confirmed": N_("The date was confirmed: %(due_on)s"),
    "deadline_extended": N_("The time was extended to %(to)s"),
    "deadline_missed": N_("The last day passed without answers from %(silent)s"),
    "decision_recorded": N_("Decided: %(outcome)s"),
    "matter_reopened": N_("The matter came back: %(position)s"),
    "meeting_called_off": N_("The meeting was called off"),
    "meeting_moved": N_("The meeting was moved from %(was)s to %(to)s"),
    "meeting_planned": N_("The meeting was planned: %(day)s"),
    "meeting_summoned": N_("Called to the meeting: %(called)s"),
    "milestone_fixed": N_("The date is known: %(due_on)s"),
    "milestone_met": N_("The promise was kept on %(on)s"),
    "milestone_missed": N_("The promise was not kept"),
    "milestone_moved": N_("Moved from %(was)s to %(to)s"),
    "minutes_announced": N_("The minutes were announced on %(on)s"),
    "minutes_attested": N_("The minutes were attested"),
    "minutes_recorded": N_("The minutes came in"),
    "minutes_refused": N_("The minutes were not attested"),
    "participants_informed": N_("Informed: %(informed)s"),
    "participants_reminded": N_("Reminded: %(reminded)s"),
    "phase_closed": N_("The phase closed: %(outcome)s %(detail)s"),
    "phase_opened": N_("The phase opened"),
    "retention_set": N_("How long something is kept was decided"),
    "role_given": N_("A role was given: %(role)s"),
    "role_taken": N_("A role was taken away"),
    "step_closed_early": N_("The question was closed without the answers that were missing"),
    "step_opened": N_("Asked: %(asked)s"),
    "step_settled": N_("The question was closed: %(result)s"),
    "step_withdrawn": N_("The question was withdrawn"),
    "text_published": N_("A new version of a text was published"),
    "withheld": N_("Something was withheld from the public record"),
    "withheld_no_more": N_("Something that was withheld is public again"),
}
MISSED_LATE = N_("The promise was kept too late, on %(on)s")
MISSED_SILENT = N_("The promise was not kept; silent: %(missing)s")
FILLED_IN = re.compile(r"%\((\w+)\)s")
"""The values of a sentence; one that an event does not have is a dash."""
ACTORS = {
    "system": N_("Samsyn, by itself"),
    "coordinator": N_("Coordinator, from the command line"),
    "shell": N_("Administrator, from the command line"),
    "demonstration": N_("The demonstration"),
    "rehearsal": N_("The rehearsal"),
}
REASONS = {REMINDED_BY_HAND: N_("reminded by hand"), DATE_STANDS: N_("the date stands as it was worked out")}
"""What a command says in the place of a reason that nobody gave."""
SHELL = "shell:"
"""What the actor of a command begins with, before the machine's user."""
ROLES = {"coordinator": N_("coordinator"), "reader": N_("reader")}


class HistoryWords(DeskWords):
    """Says what happened."""

    def __init__(self, say: Words, cycle: Cycle, names: Mapping[str, str]) -> None:
        super().__init__(say, cycle)
        self._names = names

    def actor(self, entry: Entry) -> str:
        """Who did it."""
        known = ACTORS.get(entry.actor) if not entry.by_account else None
        if not entry.by_account and entry.actor.startswith(SHELL):
            return self.say(N_("%(name)s, from the command line"), name=entry.actor.removeprefix(SHELL))
        return self.say(known) if known else entry.actor

    def event(self, happened: Happened) -> str:
        """What happened."""
        words = _missed(happened.data) if happened.event == "milestone_missed" else EVENTS.get(happened.event)
        if words is None:
            return happened.event.replace("_", " ").capitalize()
        said = {name: self._value(name, happened.data.get(name)) for name in FILLED_IN.findall(words)}
        return self.say(words, **said).strip().rstrip(":")

    def about(self, happened: Happened) -> str:
        """What it was about: phase, question, body, promise."""
        parts = [
            happened.phase.title if happened.phase else "",
            self.asks(happened.step) if happened.step else "",
            happened.body.name if happened.body else "",
            self.milestone(happened.milestone, self._of()) if happened.milestone else "",
        ]
        return " · ".join(part for part in parts if part)

    def why(self, happened: Happened) -> str:
        """The reason that was given, if one was."""
        given = str(happened.data.get("reason") or "")
        return self.say(REASONS[given]) if given in REASONS else given

    def _value(self, name: str, value: Any) -> str:
        if value is None:
            return "–"
        if isinstance(value, list):
            return ", ".join(self._names.get(str(one), str(one)) for one in value) or "–"
        say = {"position": self.say.position, "outcome": self.say.outcome, "result": self.say.result}.get(name)
        if say is not None:
            return say(str(value))
        if name == "means" and value in MEANS:
            return self.say(MEANS[value])
        if name == "role":
            return self.say(ROLES.get(str(value), str(value)))
        day = _day(value)
        return self.say.plain_day(day) if day else str(value)


def _missed(data: Mapping[str, Any]) -> str:
    """What was promised came after its day, somebody was silent on that day, or neither."""
    if data.get("on"):
        return MISSED_LATE
    return MISSED_SILENT if data.get("missing") else EVENTS["milestone_missed"]


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
