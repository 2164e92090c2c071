"""The figures of a reported vote."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Votes:
    """The figures of a report."""

    def __init__(self, content: Mapping[str, str]) -> None:
        self._content = content

    def text(self, name: str) -> str:
        """A field as it was typed."""
        return str(self._content.get(name, "")).strip()

    def _number(self, name: str) -> int:
        return int(self.text(name) or 0)

    @property
    def yes(self) -> int:
        """For."""
        return self._number("votes_for")

    @property
    def no(self) -> int:
        """Against."""
        return self._number("votes_against")

    @property
    def abstaining(self) -> int:
        """Present without voting."""
        return self._number("votes_abstaining")

    @property
    def present(self) -> int:
        """How many took part."""
        return self.yes + self.no + self.abstaining

    @property
    def casting(self) -> bool:
        """Whether the chair's casting vote decided."""
        return bool(self.text("casting_vote"))

    @property
    def given(self) -> bool:
        """Whether there was a vote, with figures for both sides."""
        return bool(self.text("votes_for") and self.text("votes_against"))

    @property
    def half_given(self) -> bool:
        """Whether there is any figure at all."""
        names = ("votes_for", "votes_against", "votes_abstaining", "casting_vote")
        return any(self.text(name) for name in names)

    @property
    def tied(self) -> bool:
        """Whether the votes are equal."""
        return self.yes == self.no

    @property
    def values(self) -> tuple[tuple[str, str], ...]:
        """For a message."""
        return (("votes", f"{self.yes}–{self.no}"),)

    def tally(self) -> dict[str, int]:
        """For the decision's row; empty when there was no vote."""
        if not self.given:
            return {}
        casting = {"casting_vote": 1} if self.casting else {}
        return {"approve": self.yes, "reject": self.no, "abstain": self.abstaining, **casting}


def forced_by_minority(content: Mapping[str, str]) -> bool:
    """Whether the figures of a referral back or a tabling say that a minority had the matter put off."""
    votes = Votes(content)
    return votes.given and votes.yes <= votes.no
