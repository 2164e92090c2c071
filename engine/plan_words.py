"""A plan in people's words: what happens on a day, how a day was computed. In the cycle's own language by default."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from config.base import in_language, readable
from config.dates import PromiseKind, parse_relative
from config.edtf_words import edtf_words, written_words
from engine.plan_parts import Rule, What
from notifications.dates import long_day
from notifications.i18n import N_, tongue
from notifications.terms import ask_words

if TYPE_CHECKING:
    from engine.plan_parts import Computed, Plan, Promise, Row

LOCALES = Path(__file__).parent / "locales"

WHATS = {
    What.BEGINS: N_("The cycle begins"),
    What.OPENS: N_("Opens"),
    What.INFORMED: N_("Informed"),
    What.SUMMONED: N_("Summons"),
    What.ASKED: N_("Question"),
    What.REMINDED: N_("Reminder"),
    What.MEETING: N_("Meeting"),
    What.DEADLINE: N_("Deadline"),
    What.MILESTONE: N_("Milestone"),
    What.CLOSES: N_("Closes at the latest"),
    What.CONCLUDED: N_("Result sent"),
    What.ENDS: N_("The cycle ends"),
}
RULES = {
    Rule.DAY: N_("the day itself (%(written)s)"),
    Rule.LAST_DAY: N_("the last day of the time given (%(written)s)"),
    Rule.EVENT: N_("follows: %(written)s"),
    Rule.BEFORE_MEETING: N_("the day before the meeting (%(written)s)"),
    Rule.AFTER_MEETING: N_("fourteen days after the meeting (%(written)s)"),
    Rule.ITSELF: N_("counted from what came before it (%(written)s)"),
    Rule.WINDOW: N_("no date of its own: the phase's last day (%(written)s)"),
}
DATED = (Rule.DAY, Rule.LAST_DAY, Rule.EVENT, Rule.WINDOW)
"""The rules that start from a date as the definition has it; the others start from a step or a milestone."""
PROMISES = {
    PromiseKind.ON: N_("on"),
    PromiseKind.BY: N_("no later than"),
    PromiseKind.IN: N_("up to and including"),
}


class Words:
    """What is said of a plan in one language."""

    def __init__(self, plan: Plan, language: str | None = None) -> None:
        self.plan = plan
        self.language = language or plan.language
        self.say = tongue(self.language, LOCALES)
        self._terms = tongue(self.language)

    def what(self, what: What) -> str:
        """The name of what happens."""
        return self.say(WHATS[what])

    def promised(self, promise: Promise) -> str:
        """The day of a promise: `senast fredag 1 mars 2024`, `mars 2024, till och med söndag 31 mars 2024`."""
        if promise.due is None:
            return self.computed(promise.computed)
        day = long_day(promise.due, self.language)
        said = f"{self.say(PROMISES[promise.promise])} {day}"
        if promise.promise is PromiseKind.IN and parse_relative(promise.edtf) is None:
            return f"{edtf_words(promise.edtf, self.language)}, {said}"
        return day if promise.promise is PromiseKind.ON else said

    def milestone(self, key: str) -> str:
        """What people call a milestone: its title, or its key made readable."""
        title = next((promise.title for promise in self.plan.promises if promise.key == key), {})
        return in_language(title, self.language, self.plan.language) if title else readable(key)

    def computed(self, computed: Computed) -> str:
        """How a day came about."""
        said = self.say(RULES[computed.rule], written=self._written(computed))
        if computed.rolled_from is None:
            return said
        rolled = self.say(N_("by law moved on from %(day)s"), day=long_day(computed.rolled_from, self.language))
        return f"{said}; {rolled}"

    def _written(self, computed: Computed) -> str:
        """What a day was computed from, in words: a date, or by its title a milestone or a phase."""
        if computed.rule in DATED:
            return written_words(computed.written, self.language, self._called)
        phase, step, _ = computed.written.partition("/")
        return self.plan.phase_title(phase) if step else self.milestone(computed.written)

    def _called(self, anchor: str) -> str:
        """What people call what a date is counted from."""
        key, event, _ = anchor.partition(".")
        return self.plan.phase_title(key) if event else self.milestone(key)

    def row(self, row: Row) -> str:
        """A row in a few words: what is asked, or which promise it is."""
        if row.what is What.MILESTONE and row.milestone:
            return self.milestone(row.milestone)
        if row.kind and row.what not in (What.MEETING, What.SUMMONED):
            return ask_words(row.kind, self._terms, held=self._only_held(row))
        return self.what(row.what) if row.kind else ""

    def _only_held(self, row: Row) -> bool:
        return row.kind == "meet" and row.milestone is None

    def who(self, row: Row) -> str:
        """Whom a row concerns, and how many."""
        names = ", ".join(row.of)
        if row.what in (What.ASKED, What.SUMMONED, What.INFORMED, What.REMINDED, What.CONCLUDED):
            mails = self.say(N_("%(count)s mails"), count=row.count) if row.count != 1 else self.say(N_("1 mail"))
            return f"{names} ({mails})" if names else mails
        if row.what is What.DEADLINE:
            return f"{names} ({row.count})"
        return names
