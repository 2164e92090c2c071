"""The form by which a body's secretary reports what the body resolved in a plain meeting.

One proposal may ask for several decisions, such as to adopt a text and to recommend it to others: then each has its own
outcome and its own votes. What is reported is held against the body's ruleset, so that a vote which gives no decision
is not recorded as a rejection.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from config.definition import Rules
from config.terms import Force, Position
from models.forms.base import Fault, Field, FieldKind, Form, Section
from models.forms.checking import is_day
from models.forms.decision import (
    BOTH_FIGURES,
    CARRIED_AFTER_ALL,
    DAY_HINT,
    NO_PARAGRAPH,
    NO_QUORUM,
    NO_TIE,
    NOT_CARRIED,
    NOT_POSTPONED,
    POSTPONED_BEFORE,
    RESERVATIONS_HINT,
    TIE_FALLS,
    TIE_UNDECIDED,
)
from models.forms.votes import Votes
from models.rules.ballots import Resolution
from models.rules.postponing import postponed
from models.rules.voting import breaks_ties, by_majority, quorate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

APPROVED, REJECTED, NO_DECISION, TABLED = "approved", "rejected", "no_decision", "tabled"
UNRESOLVED = (NO_DECISION, TABLED)
"""What the body is called again after: its rules gave no decision, or it put the matter off."""
RESULTS = {
    Position.APPROVES: APPROVED,
    Position.REJECTS: REJECTED,
    Position.NO_DECISION: NO_DECISION,
    Position.TABLES: TABLED,
}
RESOLVED = {
    Resolution.CARRIED: APPROVED,
    Resolution.FELL: REJECTED,
    Resolution.NO_DECISION: NO_DECISION,
}
TITLES = {
    Force.NOTED: "The decision to take note",
    Force.ENDORSES: "The decision to endorse",
    Force.RECOMMENDS: "The decision to recommend",
    Force.ADOPTS: "The decision to adopt",
}
OUTCOMES = (
    (APPROVED, "Approved"), (REJECTED, "Rejected"), (NO_DECISION, "No decision came about"), (TABLED, "Tabled"),
)  # fmt: skip
OUTCOME_HINT = "Left empty, it is as your answer says."
VOTES_LEAD = (
    "Only if there was a vote. For a tabling, write the votes for putting the matter off and those for deciding it."
)
UNDECIDED_AFTER_ALL = "With %(votes)s the body's rules give no decision. Answer that no decision came about."
POSITION_DIFFERS = (
    "Your answer does not fit the decisions. Approve when at least one of them was approved, reject when all were "
    "rejected, answer that no decision came about when one is undecided, and that the matter is tabled when one was "
    "put off."
)


class ResolutionForm(Form):
    """What the secretary reports beside the position."""

    kind: Literal["resolution"] = "resolution"
    rules: dict[str, Any]
    voters: int = 0  # how many vote in the body; 0 where its seats do not say
    decisions: tuple[Force, ...]
    delayed: tuple[str, ...] = ()  # where a minority has had the matter put off before
    who: str = ""

    def of(self, body: str) -> ResolutionForm:
        """As the body fills it in."""
        return self.model_copy(update={"who": body})

    def sections(self) -> tuple[Section, ...]:
        """The meeting, the votes on each decision, and who disagreed."""
        several = len(self.decisions) > 1
        return (
            Section(
                "The decision",
                (
                    Field("meeting_on", "Day of the meeting", FieldKind.DAY, hint=DAY_HINT, past=True),
                    Field("paragraph", "Paragraph in the minutes", FieldKind.LINE, hint="For instance § 71."),
                ),
            ),
            *(_votes_section(force, several=several) for force in self.decisions),
            Section(
                "Different opinions",
                (
                    Field("reservations", "Reservations and dissent", FieldKind.TEXT, hint=RESERVATIONS_HINT),
                    Field("statements", "Separate statements", FieldKind.TEXT),
                ),
            ),
        )

    def votes(self, force: Force, content: Mapping[str, str]) -> Votes:
        """The figures of one decision."""
        if len(self.decisions) == 1:
            return Votes(content)
        return Votes({name.removeprefix(f"{force}."): said for name, said in content.items() if _of(force, name)})

    def outcomes(self, content: Mapping[str, str], position: str) -> dict[Force, str]:
        """What became of each decision."""
        overall = RESULTS[Position(position)]
        if len(self.decisions) == 1:
            return {self.decisions[0]: overall}
        return {force: str(content.get(f"{force}.outcome", "")).strip() or overall for force in self.decisions}

    def decided_on(self, content: Mapping[str, str]) -> date | None:
        """The day of the meeting."""
        day = str(content.get("meeting_on", "")).strip()
        return date.fromisoformat(day) if is_day(day) else None

    def faults(self, content: Mapping[str, str], position: str) -> Iterator[Fault]:
        """What the fields lack by themselves, and what the body's own rules do not allow."""
        plain = list(super().faults(content, position))
        yield from plain
        paragraph = str(content.get("paragraph", "")).strip()
        if paragraph and not re.search(r"\d", paragraph):
            yield Fault("paragraph", NO_PARAGRAPH)
        if plain:
            return
        outcomes = self.outcomes(content, position)
        if _position(outcomes) != position:
            yield Fault(f"{self.decisions[0]}.outcome", POSITION_DIFFERS)
        for force, outcome in outcomes.items():
            yield from self._vote_faults(force, self.votes(force, content), outcome)

    def _postponing_faults(self, force: Force, votes: Votes) -> Iterator[Fault]:
        """Votes for are votes for putting the matter off (KL 5:50)."""
        before, rules = self.who in self.delayed, Rules.model_validate(self.rules)
        if votes.casting:
            yield self._fault(force, "casting_vote", NO_TIE, votes.values)
        elif not postponed(rules, votes.yes, votes.no, votes.present, once_before=before).granted:
            yield self._fault(force, "votes_for", POSTPONED_BEFORE if before else NOT_POSTPONED, votes.values)

    def _vote_faults(self, force: Force, votes: Votes, outcome: str) -> Iterator[Fault]:
        rules, members = Rules.model_validate(self.rules), self._members
        if not votes.given:
            if votes.half_given:
                yield self._fault(force, "votes_against" if votes.text("votes_for") else "votes_for", BOTH_FIGURES)
        elif outcome == TABLED:
            yield from self._postponing_faults(force, votes)
        elif members and not quorate(rules, votes.present, members):
            values = (("present", str(votes.present)), ("members", str(members)))
            yield from [] if outcome == NO_DECISION else [self._fault(force, "votes_for", NO_QUORUM, values)]
        elif votes.casting and (not votes.tied or not breaks_ties(rules)):
            message = NO_TIE if not votes.tied else TIE_FALLS
            yield self._fault(force, "casting_vote", message, votes.values)
        elif votes.tied and breaks_ties(rules):  # KL 4:25, 5:55: the chair must vote, and decides
            if not votes.casting or outcome == NO_DECISION:
                yield self._fault(force, "casting_vote", TIE_UNDECIDED, votes.values)
        else:
            resolved = RESOLVED[by_majority(rules, votes.yes, votes.no, members or votes.present)]
            if wrong := _contradiction(resolved, outcome, votes):
                yield self._fault(force, "votes_for", wrong, votes.values)

    @property
    def _members(self) -> int:
        """How many members the quorum is a part of; 0 where nobody knows."""
        return int(self.rules.get("members") or 0) or self.voters

    def _fault(self, force: Force, field: str, message: str, values: tuple[tuple[str, str], ...] = ()) -> Fault:
        return Fault(field if len(self.decisions) == 1 else f"{force}.{field}", message, values)


def _contradiction(resolved: str, outcome: str, votes: Votes) -> str | None:
    """Why the votes and the outcome do not fit; None when they do."""
    if resolved == outcome:
        return None
    if resolved == NO_DECISION:
        return UNDECIDED_AFTER_ALL
    if resolved == APPROVED:
        return CARRIED_AFTER_ALL
    return TIE_FALLS if votes.tied else NOT_CARRIED


def _position(outcomes: Mapping[Force, str]) -> Position:
    """What an answer with these decisions says as a whole."""
    said = set(outcomes.values())
    if NO_DECISION in said:
        return Position.NO_DECISION
    if TABLED in said:
        return Position.TABLES
    return Position.APPROVES if APPROVED in said else Position.REJECTS


def _of(force: Force, name: str) -> bool:
    return name.startswith(f"{force}.")


def _votes_section(force: Force, *, several: bool) -> Section:
    """The votes on one decision; where there are several, with its own outcome."""
    before = f"{force}." if several else ""
    outcome = Field(f"{force}.outcome", "Outcome", FieldKind.CHOICE, OUTCOMES, hint=OUTCOME_HINT)
    figures = (
        Field(f"{before}votes_for", "Votes for", FieldKind.NUMBER),
        Field(f"{before}votes_against", "Votes against", FieldKind.NUMBER),
        Field(f"{before}votes_abstaining", "Present without voting", FieldKind.NUMBER),
        Field(f"{before}casting_vote", "The chair's casting vote decided", FieldKind.CHECK),
    )
    if several:
        return Section(TITLES[force], (outcome, *figures), lead=VOTES_LEAD)
    return Section("The votes", figures, lead=VOTES_LEAD)
