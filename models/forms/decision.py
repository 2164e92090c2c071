"""The form by which a principal reports its decision: when, in which paragraph, and with which votes.

A reported vote is held against the principal's own ruleset, so that what cannot have been decided is not recorded as
decided. By acclamation there are no figures, and none are asked for.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from config.definition import Rules
from config.terms import Position
from models.forms.base import Fault, Field, FieldKind, Form, Section
from models.forms.checking import is_day
from models.forms.votes import Votes
from models.rules.postponing import postponed
from models.rules.voting import breaks_ties, by_majority, quorate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ADOPTING = (Position.ADOPTS, Position.ADOPTS_WITH_ADDITION)
POSTPONING = (Position.REFERS_BACK, Position.TABLES)

NO_PARAGRAPH = "Write the number of the paragraph in the minutes, for instance § 71."
BOTH_FIGURES = "Write both the votes for and the votes against, or neither."
NO_QUORUM = "Only %(present)s of %(members)s members took part. That is too few to decide under the body's rules."
NOT_CARRIED = "With %(votes)s the proposal is not carried under the body's rules. Look at the votes and the decision."
TIE_FALLS = "With %(votes)s the votes are equal. Under the body's rules the proposal then falls."
TIE_UNDECIDED = "With %(votes)s the votes are equal. Say that the chair's casting vote decided."
NO_TIE = "The casting vote decides only when the votes are equal."
CARRIED_AFTER_ALL = "With %(votes)s the proposal is carried under the body's rules. Look at the votes and the decision."
NOT_POSTPONED = (
    "With %(votes)s the matter is neither tabled nor referred back: it takes more votes for than against, or a third "
    "of those present where the body's rules say so."
)
POSTPONED_BEFORE = (
    "With %(votes)s the matter goes on: a minority has put it off once before, and now it takes more votes for than "
    "against."
)


DAY_HINT = "The day when the body decided, for instance 2013-09-11. Left empty, the day of your answer is recorded."
ADDITION_HINT = "As the minutes have it. Left empty, your comment is recorded as the addition."
VOTES_LEAD = (
    "Only if there was a vote. For a referral back or a tabling, write the votes for putting the matter off and the "
    "votes for deciding it."
)
RESERVATIONS_HINT = "As the minutes have them: who, and why."


class DecisionForm(Form):
    """What a principal's secretary reports beside the position."""

    kind: Literal["decision"] = "decision"
    rules: dict[str, dict[str, Any]]  # each principal's ruleset, by the body's key
    delayed: tuple[str, ...] = ()  # where a minority has had the matter put off before
    who: str = ""  # whose report it is; see `of`

    def sections(self) -> tuple[Section, ...]:
        """The decision, the votes, and who disagreed."""
        return (
            Section(
                "The decision",
                (
                    Field("meeting_on", "Day of the meeting", FieldKind.DAY, hint=DAY_HINT, past=True),
                    Field("paragraph", "Paragraph in the minutes", FieldKind.LINE, hint="For instance § 71."),
                    Field("addition", "The addition's text", FieldKind.TEXT, hint=ADDITION_HINT),
                ),
            ),
            Section(
                "The votes",
                (
                    Field("votes_for", "Votes for", FieldKind.NUMBER),
                    Field("votes_against", "Votes against", FieldKind.NUMBER),
                    Field("votes_abstaining", "Present without voting", FieldKind.NUMBER),
                    Field("casting_vote", "The chair's casting vote decided", FieldKind.CHECK),
                ),
                lead=VOTES_LEAD,
            ),
            Section(
                "Different opinions",
                (
                    Field("reservations", "Reservations and dissent", FieldKind.TEXT, hint=RESERVATIONS_HINT),
                    Field("statements", "Separate statements", FieldKind.TEXT),
                ),
            ),
        )

    def of(self, body: str) -> DecisionForm:
        """As one principal fills it in, under rules of its own."""
        return self.model_copy(update={"who": body})

    def faults(self, content: Mapping[str, str], position: str) -> Iterator[Fault]:
        """What the fields lack by themselves, and what the body's own rules do not allow."""
        plain = list(super().faults(content, position))
        yield from plain
        paragraph = content.get("paragraph", "").strip()
        if paragraph and not re.search(r"\d", paragraph):
            yield Fault("paragraph", NO_PARAGRAPH)
        if not plain and self.who in self.rules:
            yield from self._vote_faults(Votes(content), Position(position))

    def _vote_faults(self, votes: Votes, position: Position) -> Iterator[Fault]:
        if not votes.given:
            if votes.half_given:
                yield Fault("votes_against" if votes.text("votes_for") else "votes_for", BOTH_FIGURES)
            return
        rules = Rules.model_validate(self.rules[self.who])
        if rules.members is not None and not quorate(rules, votes.present, rules.members):
            yield Fault("votes_for", NO_QUORUM, (("present", str(votes.present)), ("members", str(rules.members))))
        elif votes.casting and (not votes.tied or not breaks_ties(rules)):
            yield Fault("casting_vote", NO_TIE if not votes.tied else TIE_FALLS, votes.values)
        elif position in POSTPONING:
            yield from self._postponing_faults(votes, rules)
        else:
            yield from _outcome_faults(votes, rules, position)

    def _postponing_faults(self, votes: Votes, rules: Rules) -> Iterator[Fault]:
        """Votes for are votes for putting the matter off."""
        before = self.who in self.delayed
        if not postponed(rules, votes.yes, votes.no, votes.present, once_before=before).granted:
            yield Fault("votes_for", POSTPONED_BEFORE if before else NOT_POSTPONED, votes.values)

    def decided_on(self, content: Mapping[str, str]) -> date | None:
        """The day of the meeting."""
        day = content.get("meeting_on", "").strip()
        return date.fromisoformat(day) if is_day(day) else None


def _outcome_faults(votes: Votes, rules: Rules, position: Position) -> Iterator[Fault]:
    adopts = position in ADOPTING
    if votes.tied and breaks_ties(rules):
        if not votes.casting:
            yield Fault("casting_vote", TIE_UNDECIDED, votes.values)
        return
    carried = by_majority(rules, votes.yes, votes.no, rules.members or votes.present) == "carried"
    if adopts and not carried:
        yield Fault("votes_for", TIE_FALLS if votes.tied else NOT_CARRIED, votes.values)
    elif carried and not adopts:
        yield Fault("votes_for", CARRIED_AFTER_ALL, votes.values)
