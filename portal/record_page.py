"""The public record as one HTML page, from a server or as a file of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.base import readable
from config.calendars import PLACES
from notifications.dates import window_words
from notifications.i18n import N_
from notifications.minutes import OUTCOMES, STANDS, outcome_words
from portal.files import shown_files
from portal.pages import render
from portal.pages import stylesheet as stylesheet_text
from portal.words import Words, words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from engine.record.matrix import Matrix
    from engine.record.meetings import ItemRecord
    from engine.record.parts import MilestoneRecord, Record, WithheldRecord
    from models.files import Attachment
    from portal.files import ShownFile
    from portal.words import Said

STANDPOINTS = {
    "not_asked": N_("Not asked yet"),
    "undecided": N_("No decision reported yet"),
    "reported": N_("May be changed until the question is closed"),
    "decided": N_("Final"),
    "no_reply": N_("No reply, which is never consent"),
    "withdrawn": N_("The question was withdrawn"),
}
TALLY = {
    "approve": N_("for: %(count)s"),
    "reject": N_("against: %(count)s"),
    "abstain": N_("abstained: %(count)s"),
}
MEETINGS = {
    "planned": N_("planned, not called yet"),
    "summoned": N_("the body has been called"),
    "held": N_("held"),
    "not_quorate": N_("held, but too few came to decide"),
    "called_off": N_("called off"),
}
RETENTIONS = {"keep": N_("kept for good"), "disposable": N_("may be disposed of, by a decision")}
DISPOSED = {
    "file": N_("A file"),
    "letters": N_("What was written by mail"),
    "deliveries": N_("What is known of sent mail"),
    "people": N_("Names, addresses and messages about them"),
}
FORMATS = {
    "pdf": ("application/pdf", N_("For print and keeping (PDF)")),
    "json": ("application/ld+json", N_("For programs (JSON, with Popolo's terms)")),
    "csv": ("text/csv", N_("The decisions as a spreadsheet (CSV)")),
    "ics": ("text/calendar", N_("The dates for a calendar (iCalendar)")),
    "atom": ("application/atom+xml", N_("What is new, as a feed (Atom)")),
}
"""The formats of the record beside the page: media type, and what each is for."""
MARKS = {"met": "✓", "missed": "✗", "moved": "→", "pending": "…", "waived": "–"}
"""Beside the words, so that no meaning hangs on colour."""


def render_record(record: Record, language: str, *, stylesheet: str | None = None) -> str:
    """The record as a page in a language; without the address of a stylesheet it carries its own style."""
    say = words(language)
    return render(
        "record.html", say, record=record, helper=RecordWords(say, record.language), stylesheet=stylesheet,
        formats=FORMATS,
        style=stylesheet_text() if stylesheet is None else "", marks=MARKS,
    )  # fmt: skip


class RecordWords:
    """What the record's values are called."""

    def __init__(self, say: Words, own: str) -> None:
        self.say = say
        self.own = own  # the cycle's language
        self._bodies: dict[str, str] = {}

    def standpoint(self, standpoint: str) -> str:
        """How firm a line of the matrix is."""
        return self.say(STANDPOINTS[standpoint])

    def tally(self, tally: dict[str, int]) -> str:
        """A count of votes."""
        return ", ".join(self.say(TALLY[name], count=count) for name, count in tally.items() if name in TALLY)

    def milestone(self, milestone: MilestoneRecord) -> Said:
        """What a milestone is called, and in which language."""
        return self.say.label(milestone.title or {self.own: readable(milestone.key)}, self.own)

    def item(self, item: ItemRecord) -> Said:
        """What an item of an agenda is called, and in which language."""
        return self.say.label(item.title, self.own)

    def meeting(self, status: str) -> str:
        """Where a meeting is."""
        return self.say(MEETINGS[status])

    def became(self, item: ItemRecord) -> str:
        """What became of an item, and what that binds to."""
        if item.outcome is None:
            return "–"
        stands = item.force is not None and item.outcome in STANDS
        return (
            outcome_words(item.outcome, item.force, self.say.terms)
            if stands
            else self.say.terms(OUTCOMES[item.outcome])
        )

    def promised(self, promise: MilestoneRecord) -> str:
        """The window as it was first promised."""
        if promise.promised is None:
            return self.say(N_("Follows from another event"))
        earliest = promise.earliest if promise.promise == "in" else None
        earliest = promise.promised if promise.promise == "on" else earliest
        return window_words(earliest, promise.promised, self.say.language)

    def body(self, record: Record, key: str) -> str:
        """The name of a body."""
        self._bodies = self._bodies or {body.key: body.name for body in record.bodies}
        return self._bodies.get(key, key)

    def files(self, record: Record, files: Iterable[Attachment]) -> list[ShownFile]:
        """Files that came with a decision, with their public addresses."""
        return shown_files(files, f"/record/{record.slug}/file", self.say)

    def names(self, matrix: Matrix) -> str:
        """The principals of an adoption."""
        return ", ".join(one.name for one in matrix.principals)

    def retention(self, retention: str) -> str:
        """How long a document is kept."""
        return self.say(RETENTIONS[retention])

    def disposed(self, day: date | None) -> str:
        """That a document's content is gone; nothing where it is there."""
        return self.say(N_("disposed of %(day)s"), day=self.say.plain_day(day)) if day else ""

    def gone(self, what: str) -> str:
        """What was disposed of."""
        return self.say(DISPOSED[what])

    def extent(self, withheld: WithheldRecord) -> str:
        """How much is withheld."""
        return self.say(N_("all of it") if withheld.whole else N_("a passage"))

    def day_of(self, moment: datetime, place: str) -> str:
        """The local day of an instant."""
        return self.say.plain_day(PLACES[place].today(moment))
