"""An election at a meeting: who stood, the votes of each, and the lot between equals (KL 5:56, KSL 24).

Nothing but who was elected is asked for where nobody stood against them. In an election members may vote by closed
ballot (KL 5:55), and the chair has no casting vote.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.forms.base import Fault, Field, FieldKind, Section
from models.forms.seats import NO_SUCH_SEAT, Seats
from models.rules.electing import elected
from models.rules.voting import RULESETS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from config.definition import Rules
    from models.forms.attendance import Sitting
    from models.forms.base import Label

BOTH = "Write who stood for election and how many votes each had, or neither."
OTHERS_WON = "With these votes others are elected. Look at the votes and at who was elected."
EQUAL_VOTES = "The votes are equal. Write on whom the lot fell."
NO_LOT = "The lot is drawn only between those who have equal votes."
NOBODY_ELECTED = "The votes are equal, and the body's rules know no lot: nobody is elected."
MORE_VOTES = "More votes were given than those who took part have: at most %(most)s."
FIGURE = "Write the votes as whole numbers, one for each who stood, in the same order: 6, 5."


class Election:
    """One election: its fields begin with `prefix`, and so many `posts` are filled."""

    def __init__(self, prefix: str, posts: int, sittings: Sequence[Sitting], rules: Rules) -> None:
        self.prefix, self.posts, self.rules = prefix, posts, rules
        self._sittings, self._seats = sittings, Seats(sittings)

    def section(self, title: Label, label: Label) -> Section:
        """Everybody in the body is offered, so that a wrong choice is told and not only missing."""
        return Section(title, (*self.posts_fields(label), *self.vote_fields()))

    def posts_fields(self, label: Label, *, required: bool = True) -> Iterator[Field]:
        """Who was elected to each post."""
        seats = tuple((one.seat, one.label) for one in self._sittings)
        for name in self.names():
            yield Field(name, label, FieldKind.CHOICE, seats, required=required)

    def vote_fields(self) -> Iterator[Field]:
        """Only for where there was a vote."""
        yield Field(f"{self.prefix}.stood", "Who stood for election, if there was a vote", FieldKind.LINE)
        yield Field(f"{self.prefix}.votes", "Votes for each of them, in the same order", FieldKind.LINE)
        yield Field(f"{self.prefix}.closed", "The vote was by closed ballot", FieldKind.CHECK)
        yield Field(f"{self.prefix}.lot", "On whom the lot fell, where the votes were equal", FieldKind.LINE)

    def names(self) -> list[str]:
        """The fields of the posts."""
        return [f"{self.prefix}.{number}" for number in range(1, self.posts + 1)]

    def chosen(self, content: Mapping[str, str]) -> list[str]:
        """The seats of those who were elected."""
        return [said for name in self.names() if (said := _text(content, name))]

    def faults(self, content: Mapping[str, str], voting: int) -> Iterator[Fault]:
        """Votes that do not fit who was elected, and lots that are missing or drawn for nothing."""
        stood, lot = self._text(content, "stood"), self._text(content, "lot")
        strangers = [(name, self._seats.read(said)[1]) for name, said in (("stood", stood), ("lot", lot))]
        wrong = [Fault(self._name(name), NO_SUCH_SEAT, (("seat", words[0]),)) for name, words in strangers if words]
        figures = self._figures(content)
        if wrong:
            yield from wrong
        elif figures is None:
            yield Fault(self._name("votes"), FIGURE)
        elif len(figures) != len(self._seats.read(stood)[0]):
            yield Fault(self._name("votes" if stood else "stood"), BOTH)
        elif not figures:
            yield from [Fault(self._name("lot"), NO_LOT)] if lot else []
        elif sum(figures) > voting * self.posts:
            yield Fault(self._name("votes"), MORE_VOTES, (("most", str(voting * self.posts)),))
        else:
            yield from self._result_faults(content, self.votes(content))

    def _result_faults(self, content: Mapping[str, str], votes: dict[str, int]) -> Iterator[Fault]:
        lot = self._seats.read(self._text(content, "lot"))[0]
        try:
            won, last = elected(self.rules, votes, self.posts, lot)
        except ValueError:
            yield Fault(self._name("lot"), NO_LOT)
            return
        if len(won) < self.posts and last.tied:
            knows = RULESETS[self.rules.ruleset].lot_in_elections
            yield Fault(self._name("lot" if knows else "votes"), EQUAL_VOTES if knows else NOBODY_ELECTED)
        elif lot and sorted(won) == sorted(elected(self.rules, votes, self.posts)[0]):
            yield Fault(self._name("lot"), NO_LOT)
        elif sorted(won) != sorted(self.chosen(content)):
            yield Fault(self.names()[0], OTHERS_WON)

    def votes(self, content: Mapping[str, str]) -> dict[str, int]:
        """The votes by seat; empty when there was no vote."""
        stood = self._seats.read(self._text(content, "stood"))[0]
        return dict(zip(stood, self._figures(content) or (), strict=False))

    def record(self, content: Mapping[str, str]) -> dict[str, Any]:
        """What the register keeps of a vote; empty when there was none."""
        votes = self.votes(content)
        if not votes:
            return {"closed": True} if self._text(content, "closed") else {}
        lot = self._seats.read(self._text(content, "lot"))[0]
        return {"votes": votes, "lot": lot, "closed": bool(self._text(content, "closed"))}

    def _figures(self, content: Mapping[str, str]) -> list[int] | None:
        """None when something else than figures was written."""
        words = self._text(content, "votes").replace(";", ",").replace(",", " ").split()
        return [int(word) for word in words] if all(w.isascii() and w.isdecimal() for w in words) else None

    def _name(self, what: str) -> str:
        return f"{self.prefix}.{what}"

    def _text(self, content: Mapping[str, str], what: str) -> str:
        return _text(content, self._name(what))


def _text(content: Mapping[str, str], name: str) -> str:
    return str(content.get(name, "")).strip()


def first_able(names: Iterable[str], able: Sequence[str]) -> dict[str, str]:
    """Posts filled with the first who may, for a rehearsal."""
    return dict(zip(names, able, strict=False))
