"""What the desk's values are called, in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel.dates import format_date

from config.calendars import PLACES
from config.terms import StepKind
from engine.desk.attention import Need
from engine.desk.coming import Next
from engine.desk.step import Filter
from models.assignment import AssignmentStatus
from models.concern import ConcernKind
from models.notice import DeliveryStatus
from models.proposal import Act
from notifications import terms
from notifications.i18n import BABEL_LOCALE, N_
from portal.record_page import MARKS as PROMISE_MARKS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from engine.desk.attention import Item
    from engine.desk.coming import Coming
    from models.assignment import Assignment
    from models.cycle import Cycle
    from models.phase import Milestone, Step
    from portal.words import Words

NEEDS = {
    Need.PROPOSED: N_("Somebody has proposed something that another person must confirm: %(act)s."),
    Need.OVERDUE: N_("The last day has passed, and %(count)s have not answered. The question is held open for them."),
    Need.MISSED: N_("A promise was not kept: %(milestone)s."),
    Need.UNDELIVERED: N_("The mail to %(body)s cannot be delivered (%(address)s)."),
    Need.DELAYED: N_("Mails that the mail server does not take yet: %(count)s."),
    Need.HELD: N_("The process is on hold. Nothing is asked, sent or missed until it goes on."),
    Need.CLOSING: N_("%(count)s have not answered, and the last day is near."),
    Need.UNCONFIRMED: N_("A date was worked out and should be confirmed: %(milestone)s."),
}
ACTS = {
    Act.MOVE: N_("Move a milestone"),
    Act.CLOSE: N_("Close a question early"),
    Act.CANCEL: N_("Cancel the process"),
}
CONCERNS = {
    ConcernKind.MAIL_STUCK: N_("Mails have not got out for hours."),
    ConcernKind.NOT_ME: N_("%(body)s: the question has reached the wrong person (%(address)s)."),
    ConcernKind.ADDRESS_FAILS: N_("%(body)s: the address does not work (%(address)s)."),
    ConcernKind.MAIL_RECEIVED: N_("A mail has come in (%(address)s)."),
    ConcernKind.REASSIGNED: N_("%(body)s: somebody else answers now (%(address)s)."),
}
NEED_NAMES = {
    Need.PROPOSED: N_("To be confirmed by two"),
    Need.CONCERN: N_("Message"),
    Need.OVERDUE: N_("Overdue"),
    Need.MISSED: N_("Missed"),
    Need.UNDELIVERED: N_("Not delivered"),
    Need.DELAYED: N_("Delayed"),
    Need.HELD: N_("On hold"),
    Need.CLOSING: N_("Closes soon"),
    Need.UNCONFIRMED: N_("To confirm"),
}
COMING = {
    Next.OPENS: N_("Opens at the earliest"),
    Next.MEETING: N_("Meeting"),
    Next.REMINDER: N_("Reminder to those who have not answered: %(count)s"),
    Next.DEADLINE: N_("Last day to answer; not answered: %(count)s"),
    Next.MILESTONE: N_("Milestone: %(milestone)s"),
    Next.MAIL: N_("Mails go out: %(count)s"),
}
STATES = {
    AssignmentStatus.OPEN: N_("not answered"),
    AssignmentStatus.ANSWERED: N_("answered"),
    AssignmentStatus.REOPENED: N_("answered, asked again"),
    AssignmentStatus.NO_REPLY: N_("no reply"),
    AssignmentStatus.SUPERSEDED: N_("asked anew about a newer text"),
    AssignmentStatus.WITHDRAWN: N_("withdrawn"),
}
MARKS = {
    AssignmentStatus.OPEN: "…",
    AssignmentStatus.ANSWERED: "✓",
    AssignmentStatus.REOPENED: "↻",
    AssignmentStatus.NO_REPLY: "✗",
    AssignmentStatus.SUPERSEDED: "↻",
    AssignmentStatus.WITHDRAWN: "–",
}
"""Beside the words, so that no meaning hangs on colour."""
DELIVERIES = {
    DeliveryStatus.QUEUED: N_("waiting to be sent"),
    DeliveryStatus.SENT: N_("sent"),
    DeliveryStatus.FAILED: N_("could not be delivered"),
    DeliveryStatus.WITHDRAWN: N_("not sent, no longer needed"),
}
FILTERS = {
    Filter.ALL: N_("All"),
    Filter.SILENT: N_("Not answered"),
    Filter.ANSWERED: N_("Answered"),
    Filter.LATE: N_("Late"),
    Filter.UNDELIVERED: N_("Not delivered"),
}


class DeskWords:
    """Says what the desk shows; what is of one cycle, in that cycle's time zone."""

    def __init__(self, say: Words, cycle: Cycle | None = None) -> None:
        self.say = say
        self._cycle = cycle

    def need(self, item: Item) -> str:
        """Why somebody should look, in a sentence."""
        values = {
            "count": item.count,
            "body": item.body.name if item.body else "",
            "address": item.person.address if item.person else "–",
            "milestone": self.milestone(item.milestone, item.cycle) if item.milestone else "",
            "act": self.say(ACTS[item.proposal.act]).lower() if item.proposal else "",
        }
        if item.concern is not None:
            said = self.say(CONCERNS[item.concern.kind], **values)
            said = said.removeprefix(": ").replace(" (–)", "")  # of a concern that is about nobody in particular
            return said[:1].upper() + said[1:]
        return self.say(NEEDS[item.need], **values)

    def need_name(self, item: Item) -> str:
        """The same in a word or two."""
        return self.say(NEED_NAMES[item.need])

    def need_address(self, item: Item) -> str:
        """Where to look closer."""
        if item.proposal is not None:
            return f"/desk/{item.cycle.id}/proposal?number={item.proposal.number}"
        if item.concern is not None:
            return f"/desk/{item.cycle.id}/concern?number={item.concern.number}"
        if item.need is Need.UNCONFIRMED:
            return f"/desk/{item.cycle.id}/dates"
        if item.step is not None and item.step.asked:
            shown = {Need.UNDELIVERED: Filter.UNDELIVERED, Need.CONCERN: Filter.ALL}.get(item.need, Filter.SILENT)
            return self.question_address(item.step, shown)
        return f"/desk/{item.cycle.id}"

    def question_address(self, step: Step, shown: Filter = Filter.ALL) -> str:
        """The page of a question."""
        cycle, phase, key = step.id.split("/", 2)
        return f"/desk/{cycle}/question/{phase}/{key}" + ("" if shown is Filter.ALL else f"?show={shown}")

    def milestone(self, milestone: Milestone, cycle: Cycle) -> str:
        """What a promise is called."""
        return milestone.called(self.say.language, str(cycle.language))

    def asks(self, step: Step) -> str:
        """What a step asks, in a few words."""
        only_held = step.kind is StepKind.MEET and step.milestone is None
        return terms.ask_words(step.kind, self.say.terms, held=only_held)

    def coming(self, one: Coming) -> str:
        """What comes, in a few words."""
        named = self.milestone(one.milestone, self._of()) if one.milestone else ""
        if one.what is Next.MEETING and one.step and one.step.kind is not StepKind.MEET:
            return self.say(N_("Can be answered from this day"))
        return self.say(COMING[one.what], count=one.count, milestone=named)

    def coming_day(self, one: Coming, cycle: Cycle | None = None) -> str:
        """When: of deadlines and promises the last day, of everything else the hour."""
        place = PLACES[(cycle or self._of()).place]
        if one.what in (Next.DEADLINE, Next.MILESTONE):
            return self.say.long_day(place.last_day_before(one.at))
        if one.what is Next.MEETING:
            return self.say.long_day(place.today(one.at))
        return self.say.moment(one.at, place.code)

    def next_day(self, one: Coming, cycle: Cycle) -> str:
        """When, as a day."""
        place = PLACES[cycle.place]
        last = one.what in (Next.DEADLINE, Next.MILESTONE)
        return self.say.plain_day(place.last_day_before(one.at) if last else place.today(one.at))

    def next_what(self, one: Coming, cycle: Cycle) -> str:
        """What, as few words as a line of the overview has room for."""
        if one.what is Next.DEADLINE and one.step is not None:
            return self.asks(one.step)
        if one.milestone is not None:
            return self.milestone(one.milestone, cycle)
        return one.phase.title if one.phase else ""

    def state(self, assignment: Assignment) -> str:
        """How far an assignment is."""
        return self.say(STATES[assignment.status])

    def mark(self, assignment: Assignment) -> str:
        """The same as a sign."""
        return MARKS[assignment.status]

    def delivery(self, status: str) -> str:
        """How far a mail is."""
        return self.say(DELIVERIES[DeliveryStatus(status)])

    def seat(self, seat: str) -> str:
        """The name of a seat."""
        return terms.seat_words(seat, self.say.terms)

    def filtered(self, shown: Filter) -> str:
        """What a filter shows."""
        return self.say(FILTERS[shown])

    def day(self, instant: datetime) -> str:
        """The local day of an instant."""
        return self.say.plain_day(PLACES[self._of().place].today(instant))

    def last_day(self, exclusive_end: datetime) -> str:
        """The last day before an exclusive end."""
        return self.say.plain_day(PLACES[self._of().place].last_day_before(exclusive_end))

    def moment(self, instant: datetime) -> str:
        """An instant by the clock on the wall of the cycle's place."""
        return self.say.moment(instant, self._of().place)

    def plain(self, day: date) -> str:
        """A day."""
        return self.say.plain_day(day)

    def month(self, day: date) -> str:
        """A month on an axis: `jan. 2013`."""
        return format_date(day, "MMM y", locale=BABEL_LOCALE[self.say.language])

    def milestone_mark(self, milestone: Milestone) -> str:
        """What became of a promise, as a sign."""
        return PROMISE_MARKS[str(milestone.status)]

    def bodies(self, keys: Iterable[str], names: Mapping[str, str]) -> str:
        """Bodies by name."""
        return self.say.some([names.get(key, key) for key in keys])

    def _of(self) -> Cycle:
        assert self._cycle is not None  # noqa: S101 - pages of a cycle say which
        return self._cycle
