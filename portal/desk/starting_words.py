"""The words of a start: its steps, its faults, and what its mails and findings are called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from babel.dates import format_date

from config.findings import Code
from engine.plan_words import Words as PlanWords
from engine.starting.particulars import Wrong
from models.notice import NoticeKind
from notifications import terms
from notifications.i18n import BABEL_LOCALE, N_

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from config.definition import Definition
    from config.findings import Finding
    from config.loader import PlacedFault
    from engine.plan_parts import Promise
    from engine.starting.drafts import Prepared
    from engine.starting.preview import Preview
    from engine.starting.rehearsed import RehearsedMail
    from portal.desk.visit import Visit
    from portal.words import Words

WRONG = {
    Wrong.NO_TITLE: N_("Write what the process is called."),
    Wrong.LONG_TITLE: N_("The title is too long: one line of at most 200 characters."),
    Wrong.BAD_SLUG: N_("Write small letters a-z, digits and hyphens, at most 64 of them."),
    Wrong.RESERVED_SLUG: N_("This name is a page of the desk. Choose another one."),
    Wrong.TAKEN_SLUG: N_("Another process has this name already. Choose another one."),
    Wrong.BAD_NUMBER: N_("Write the registry number with letters, digits and / - . : only, for instance 2027/114."),
    Wrong.TAKEN_NUMBER: N_("Another process of the same registry has this number already."),
    Wrong.BAD_DAY: N_("Write the day with year, month and day, for instance 2027-01-11."),
    Wrong.OVER: N_("All dates of the process would have passed already. Choose a later day."),
}
FINDINGS = {
    Code.NO_ACTOR: N_("Nobody is named who does it"),
    Code.NO_DATE: N_("A date is missing"),
    Code.NO_MEMBERS: N_("Nobody can answer for a body"),
    Code.NO_QUORUM: N_("A body can never decide"),
    Code.SECRETARY_ATTESTS: N_("The secretary would attest the own minutes"),
    Code.SHARED_ADDRESS: N_("Several people share an address"),
    Code.UNUSED_MILESTONE: N_("Nobody is asked for a milestone"),
    Code.NON_WORKING_DAY: N_("A date falls on a day on which nobody works"),
    Code.INFERRED_DATE: N_("A date was worked out and has not been confirmed"),
    Code.MANDATE_IN_DANGER: N_("The work may end after the mandate"),
    Code.DECISION_MISSING: N_("A promised decision is missing"),
    Code.MILESTONE_BEFORE_DEPENDENCY: N_("A milestone comes before what it waits for"),
    Code.CONSULTATION_SHORT: N_("A consultation is shorter than is customary"),
    Code.CONSULTATION_ACROSS_JULY: N_("A consultation runs through July"),
    Code.PARALLEL_ON_UNADOPTED_TEXT: N_("Work goes on from a text that is not adopted yet"),
    Code.NOTED: N_("A note in the definition"),
}
LEVELS = {"error": N_("Must be mended"), "warning": N_("Look at this"), "info": N_("Worth knowing")}
MAILS = {
    NoticeKind.ASKED: N_("Question"),
    NoticeKind.ASKED_AGAIN: N_("Question, put again"),
    NoticeKind.SUMMONED: N_("Summons"),
    NoticeKind.INFORMED: N_("Information"),
    NoticeKind.REMINDED: N_("Reminder"),
    NoticeKind.RECEIPT: N_("Receipt"),
    NoticeKind.CONCLUDED: N_("Result"),
    NoticeKind.MOVED: N_("Moved date"),
}
STEPS = {
    "particulars": (N_("Particulars"), ""),
    "titles": (N_("Titles"), "/titles"),
    "people": (N_("Participants"), "/people"),
    "dates": (N_("Dates"), "/dates"),
    "preview": (N_("Preview and start"), "/preview"),
}


class StepShown(NamedTuple):
    """A step of the way."""

    words: str
    address: str
    current: bool


@dataclass(frozen=True)
class Steps:
    """The steps of a start, as every page of it shows them."""

    visit: Visit
    draft: Prepared
    current: str

    @property
    def shown(self) -> list[StepShown]:
        """All of them, in order."""
        where = f"/desk/new/{self.draft.id}"
        return [
            StepShown(self.visit.say(words), f"{where}{rest}", name == self.current)
            for name, (words, rest) in STEPS.items()
        ]


class PlacedLine(NamedTuple):
    """A fault in a text with the line that it stands in."""

    fault: PlacedFault
    line: str
    before: str  # as many spaces as lead to the column


def placed(text: str, faults: Iterable[PlacedFault]) -> list[PlacedLine]:
    """Faults beside the lines that they are in."""
    lines = text.splitlines() or [""]
    return [
        PlacedLine(one, lines[min(one.line, len(lines)) - 1][:200], " " * (min(one.column, 200) - 1)) for one in faults
    ]


class FindingWords:
    """Says what should be looked at."""

    def __init__(self, say: Words, definition: Definition) -> None:
        self.say = say
        self._definition = definition

    def finding(self, finding: Finding) -> str:
        """What is found, in a few words."""
        return self.say(FINDINGS[finding.code])

    def place(self, finding: Finding) -> str:
        """What it is about, by the name that people know."""
        kind, _, rest = finding.where.partition(".")
        key = rest.partition(".")[0]
        named = {
            "phases": key in self._definition.phases and self._definition.phase_title(key),
            "milestones": key in self._definition.milestones and self._definition.milestone_title(key),
            "bodies": key in self._definition.bodies and self._definition.text(self._definition.bodies[key].name),
        }
        return named.get(kind) or ""

    def level(self, finding: Finding) -> str:
        """How grave it is."""
        return self.say(LEVELS[finding.level])


class PreviewWords:
    """Says what a start will come to."""

    def __init__(self, say: Words, preview: Preview) -> None:
        self.say = say
        self.plan = preview.plan
        self._plan = PlanWords(preview.plan, say.language)

    def kind(self, kind: str) -> str:
        """The kind of a mail."""
        return self.say(MAILS[NoticeKind(kind)]) if kind in MAILS else kind.replace("_", " ").capitalize()

    def phase(self, key: str | None) -> str:
        """The title of a phase."""
        return self.plan.phase_title(key) if key else ""

    def step(self, kind: str | None) -> str:
        """What is asked."""
        return terms.ask_words(kind, self.say.terms) if kind else ""

    def moment(self, at: datetime) -> str:
        """When, by the clock of the cycle's place."""
        return self.say.moment(at, self.plan.place.code)

    def promised(self, promise: Promise) -> str:
        """The day of a promise, as it is promised."""
        return self._plan.promised(promise)

    def milestone(self, key: str) -> str:
        """What a promise is called."""
        return self._plan.milestone(key)

    def computed(self, promise: Promise) -> str:
        """How its day came about."""
        return self._plan.computed(promise.computed)

    def when(self, day: date | None) -> str:
        """A day, or that there is none."""
        return self.say.long_day(day) if day else "–"

    def month(self, day: date) -> str:
        """A month on the axis: `jan. 2013`."""
        return format_date(day, "MMM y", locale=BABEL_LOCALE[self.say.language])

    def to(self, mail: RehearsedMail) -> str:
        """A recipient by name and address."""
        return f"{mail.name} <{mail.to}>" if mail.name else mail.to
