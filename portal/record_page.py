"""The public record as one HTML page, from a server or as a file of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifications.dates import window_words
from notifications.i18n import N_
from portal.pages import render
from portal.pages import stylesheet as stylesheet_text
from portal.words import Words, words

if TYPE_CHECKING:
    from portal.record import MilestoneRecord, Record

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
MARKS = {"met": "✓", "missed": "✗", "moved": "→", "pending": "…", "waived": "–"}
"""Beside the words, so that no meaning hangs on colour."""


def render_record(record: Record, language: str, *, stylesheet: str | None = None) -> str:
    """The record as a page in a language; without the address of a stylesheet it carries its own style."""
    return render(
        "record.html", words(language), record=record, helper=RecordWords(words(language)), stylesheet=stylesheet,
        style=stylesheet_text() if stylesheet is None else "", marks=MARKS,
    )  # fmt: skip


class RecordWords:
    """What the record's values are called."""

    def __init__(self, say: Words) -> None:
        self.say = say

    def standpoint(self, standpoint: str) -> str:
        """How firm a line of the matrix is."""
        return self.say(STANDPOINTS[standpoint])

    def tally(self, tally: dict[str, int]) -> str:
        """A count of votes."""
        return ", ".join(self.say(TALLY[name], count=count) for name, count in tally.items() if name in TALLY)

    def promised(self, promise: MilestoneRecord) -> str:
        """The window as it was first promised."""
        if promise.promised is None:
            return self.say(N_("Follows from another event"))
        earliest = promise.earliest if promise.promise == "in" else None
        earliest = promise.promised if promise.promise == "on" else earliest
        return window_words(earliest, promise.promised, self.say.language)
