"""What a letter says: the facts behind a notice as the register has them when the letter is written.

Templates get plain values from here. Words that came from a definition or a person are data: cleaned of control
characters, never run as template code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from config.base import in_language
from config.calendars import PLACES
from models.notice import NoticeKind
from models.phase import MilestoneStatus
from notifications.dates import plain_day
from notifications.i18n import tongue

if TYPE_CHECKING:
    from datetime import date, datetime

    from config.calendars import Place
    from models.assignment import Assignment
    from models.cycle import Cycle, Membership, Person
    from models.meeting import Meeting
    from models.notice import Notice
    from models.phase import Milestone, Phase, Step
    from notifications.i18n import Tongue
    from notifications.rows import Coordinator, Rows
    from notifications.sender import Sender

UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
"""Control characters, and signs that turn the direction of writing: nobody sees them, and they can make a text lie."""
KEPT = 4096
LONGEST_LINE = 90
"""Signs of a title that a subject line quotes."""


def clean(text: str) -> str:
    """A text without invisible signs; line breaks are kept."""
    return UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


@lru_cache(maxsize=KEPT)
def one_line(text: str, longest: int = LONGEST_LINE) -> str:
    """A text on one line, cut at a word; no carriage return or line feed is left to end a header with."""
    line = " ".join(UNSEEN.sub(" ", text).split())
    if len(line) <= longest:
        return line
    return f"{line[: longest - 1].rsplit(' ', 1)[0].rstrip(' ,;:.–-')}…"


@dataclass(frozen=True)
class Case:
    """One notice with everything that its letter quotes, at the instant when it is written."""

    notice: Notice
    rows: Rows
    sender: Sender
    now: datetime

    @cached_property
    def say(self) -> Tongue:
        """The recipient's language."""
        return tongue(str(self.person.language))

    @property
    def language(self) -> str:
        """The recipient's language, as its code."""
        return self.say.language

    @property
    def person(self) -> Person:
        """The recipient."""
        return self.rows.people[self.notice.person_id]

    @property
    def cycle(self) -> Cycle:
        """The cycle that the letter is about."""
        return self.rows.cycles[self.notice.cycle_id]

    @property
    def place(self) -> Place:
        """Where the cycle lives."""
        return PLACES[self.cycle.place]

    @property
    def coordinator(self) -> Coordinator:
        """Whom to ask."""
        return self.rows.coordinators[self.cycle.id]

    @property
    def assignment(self) -> Assignment | None:
        """What the recipient is asked, if anything."""
        return self.rows.assignments.get(self.notice.assignment_id or "")

    @property
    def membership(self) -> Membership | None:
        """The seat that the recipient answers from."""
        return self.rows.memberships.get(self.assignment.membership_id) if self.assignment else None

    @property
    def body(self) -> str | None:
        """The name of the body that is asked, that meets, or that answered."""
        if self.assignment:
            return one_line(self.rows.bodies[self.assignment.body_id].name)
        key = self.notice.data.get("body")
        named = self.rows.body_names.get((self.cycle.id, key)) if key else None
        found = named or self.rows.meeting.get(self.notice.step_id or "")
        return one_line(found) if found else None

    @property
    def instead_of(self) -> Person | None:
        """Whose place the recipient answers in, when the question was another's first."""
        if self.assignment is None or self.assignment.person_id != self.person.id:
            return None
        return self.rows.people.get(self.assignment.delegated_from or self.assignment.replaces or "")

    @property
    def step(self) -> Step | None:
        """The step that the letter belongs to."""
        key = self.notice.step_id or (self.assignment.step_id if self.assignment else None)
        return self.rows.steps.get(key or "")

    @property
    def question(self) -> str:
        """What the step asks, in the recipient's language or the cycle's."""
        return in_language(self.step.question, self.language, self.cycle.language) if self.step else ""

    @property
    def phase(self) -> Phase | None:
        """The phase that the letter belongs to."""
        key = self.notice.phase_id or (self.step.phase_id if self.step else None)
        return self.rows.phases.get(key or "")

    @property
    def meeting(self) -> Meeting | None:
        """The meeting that the letter calls to."""
        return self.rows.meetings.get(self.notice.step_id or "")

    @property
    def milestone(self) -> Milestone | None:
        """The promise that the step is to keep, or that the notice names."""
        key = self.step.milestone if self.step else self.notice.data.get("milestone")
        return self.rows.milestones.get((self.cycle.id, key)) if key else None

    @property
    def due_day(self) -> date | None:
        """The last day for an answer, as the register has it now."""
        due = self.step.due_before if self.step else None
        return self.place.last_day_before(due) if due else None

    @property
    def overdue(self) -> bool:
        """Whether that day is over."""
        due = self.step.due_before if self.step else None
        return due is not None and due <= self.now

    @property
    def answer_url(self) -> str | None:
        """The recipient's link, unless it has been revoked or belongs to somebody else by now."""
        link = self.rows.links.get(self.notice.assignment_id or "")
        return self.sender.answer_url(link.id) if link and link.person_id == self.person.id else None

    @property
    def reply_address(self) -> str | None:
        """Where a reply is filed with the recipient's assignment, where mail comes in."""
        mine = self.assignment is not None and self.assignment.person_id == self.person.id
        return self.sender.reply_address(self.assignment.id) if self.assignment and mine else None

    def documents(self, ids: list[str]) -> list[str]:
        """The titles of documents."""
        return [one_line(self.rows.titles.get(key, key), 200) for key in ids]

    def day(self, day: date) -> str:
        """A day as a subject line says it."""
        return plain_day(day, self.language)


WAITING = frozenset({NoticeKind.ASKED, NoticeKind.ASKED_AGAIN, NoticeKind.REMINDED, NoticeKind.MOVED})
"""Kinds that are only true while somebody is waited for."""


def still_true(case: Case) -> bool:
    """Whether a notice is worth sending when its hour comes: nobody is reminded after answering."""
    from models.assignment import AssignmentStatus
    from models.cycle import CycleStatus

    kind = case.notice.kind
    if kind is NoticeKind.SUMMONED and case.meeting is not None:
        return _still_called(case, case.meeting)
    if kind is NoticeKind.SUMMONED or kind in WAITING:
        over = case.step is not None and case.step.settled_at is not None
        if over or case.cycle.status in (CycleStatus.CANCELLED, CycleStatus.CONCLUDED):
            return False
    if kind is NoticeKind.REASSIGNED:
        return _still_so(case)
    if kind not in WAITING:
        return kind is not NoticeKind.MISSED or _still_missed(case)
    if kind is NoticeKind.REMINDED and (_too_early(case) or case.person.reminders_off_at is not None):
        return False
    waited_for = case.assignment is not None and case.assignment.status is AssignmentStatus.OPEN
    return waited_for and case.answer_url is not None and not _superseded(case)


def _holds(case: Case) -> bool:
    """Whether what a letter tells, and does not ask, is so."""
    kind = case.notice.kind
    if kind is NoticeKind.MISSED and case.step is None and case.milestone is not None:
        return case.milestone.status is MilestoneStatus.MISSED  # otherwise it has been moved, or kept after all
    return kind is not NoticeKind.REASSIGNED or _still_so(case)


def _still_called(case: Case, meeting: Meeting) -> bool:
    """Whether people are to come as this summons says: not called off, not held, not moved again since."""
    from models.meeting import MeetingStatus

    newest = int(case.notice.data.get("sequence", 0)) == meeting.sequence
    return newest and meeting.status is MeetingStatus.SUMMONED


def _still_so(case: Case) -> bool:
    """Whether the question is still with the recipient, or still with somebody else, as this notice says."""
    holds = case.assignment is not None and case.assignment.person_id == case.person.id
    return holds == bool(case.notice.data.get("holder"))


def _still_missed(case: Case) -> bool:
    """Whether a promise that nobody was asked for is still missed: not moved since, nor found to have been kept."""
    unasked = case.step is None and case.milestone is not None
    return not unasked or (case.milestone is not None and case.milestone.status is MilestoneStatus.MISSED)


def _too_early(case: Case) -> bool:
    """Whether an answer makes no sense yet: nobody is reminded of a meeting that has not been held."""
    first = case.step.not_before if case.step else None
    return first is not None and case.place.today(case.now) < first


def _superseded(case: Case) -> bool:
    """Whether a deadline has moved again since this notice of its move: another notice says where to."""
    to, today = case.notice.data.get("to"), case.milestone.due_on if case.milestone else case.due_day
    return case.notice.kind is NoticeKind.MOVED and to is not None and str(today) != str(to)


def was_moved(case: Case) -> date | None:
    """The day that was first promised, when the deadline is another one now."""
    milestone = case.milestone
    if milestone is None or milestone.status is not MilestoneStatus.MOVED or milestone.due_on != case.due_day:
        return None
    return milestone.promised if milestone.promised != milestone.due_on else None


def said(case: Case, name: str) -> str:
    """A text that the notice carries, or nothing."""
    value: Any = case.notice.data.get(name)
    return clean(value) if isinstance(value, str) else ""
