"""A formal meeting and its agenda, as a definition says them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from config.base import BY_SHAPE, MAPPING, ONE, Clock, Duration, Key, Line, Strict, Text
from config.i18n import N_
from config.said import Refused
from config.terms import Force, ItemOutcome

if TYPE_CHECKING:
    from collections.abc import Sequence

VOTED = (ItemOutcome.DECIDED, ItemOutcome.REJECTED, ItemOutcome.NO_DECISION)


class AgendaItem(Strict):
    """One item of an agenda."""

    title: Text
    """What it is about."""
    key: Key | None = None
    """A name; an item with the same name that an earlier meeting carried over is taken up under it."""
    documents: list[Text] = Field(default_factory=list, max_length=20)
    """What is sent to the members separately, by name."""
    about: Key | None = None
    """The name of the text that is treated."""
    decision: Force | None = None
    """What a decision binds to; without it there is nothing to decide."""
    elects: Annotated[int, Field(ge=1, le=5)] | None = None
    """How many of its own the body elects under this item."""
    expects: ItemOutcome | None = None
    """What the item is foreseen to come to; agreement where there is something to decide, otherwise noted."""

    @model_validator(mode="after")
    def _something_to_vote_on(self) -> AgendaItem:
        if self.expects in VOTED and self.decision is None:
            nothing = N_("expects '%(expects)s', but has nothing to decide; write decision")
            raise Refused(nothing, expects=self.expects.value)
        if self.expects is ItemOutcome.NO_DECISION:
            raise Refused(N_("expects 'no_decision', which nobody can plan for; leave it out"))
        return self

    @property
    def foreseen(self) -> ItemOutcome:
        """What the item is foreseen to come to."""
        return self.expects or (ItemOutcome.AGREEMENT if self.decision or self.elects else ItemOutcome.NOTED)


AgendaEntry = Annotated[Annotated[Line, ONE] | Annotated[AgendaItem, MAPPING], BY_SHAPE]
"""An item, or only its title."""


class CalledAgain(Strict):
    """What holds where a body meets to decide something."""

    called_again: Duration | None = None
    """How long after a meeting without a decision the body meets again; its secretary says when, without it."""


class CalledMeeting(CalledAgain):
    """What a definition says of a formal meeting."""

    body: Key
    """The body that meets."""
    on: Key
    """The milestone that fixes the day."""
    time: Clock
    """When the meeting begins, on the place's clock: 13:00."""
    until: Clock | None = None
    """When it is planned to end."""
    place: Text | None = None
    """Where the body meets."""
    agenda: Annotated[list[AgendaEntry], Field(min_length=1, max_length=60)]
    """The items in order: titles, or mappings with title and more."""
    summons: Duration = "14d"
    """How long before the day the body is called, with the agenda."""
    first_paragraph: Annotated[int, Field(ge=1, le=9999)] | None = None
    """The number of the first item; without it the numbers run on from the body's last meeting."""
    attestors: Annotated[int, Field(ge=1, le=5)] = 1
    """How many attest the minutes: holders of attestor seats, or elected at the meeting where there are none."""
    attestation: Literal["whole", "paragraph"] = "whole"
    """Whether the minutes are attested as a whole or paragraph by paragraph."""
    attest_within: Duration = "14d"
    """How long after the meeting the minutes are to be attested."""
    notice: bool = False
    """Whether the attestation is announced on a notice board, so that the decisions become final."""


def agenda_items(agenda: Sequence[str | AgendaItem]) -> dict[str, AgendaItem]:
    """The items of an agenda by key, in order; an item without a name is called after its place."""
    items = [AgendaItem(title=entry) if isinstance(entry, str) else entry for entry in agenda]
    return {item.key or f"item-{number}": item for number, item in enumerate(items, start=1)}
