"""The minutes of a meeting: who came, what became of each item, who attests, and when it ended (KL 5:65-68)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict

from config.agenda import VOTED
from config.definition import Rules
from config.terms import Force, ItemOutcome
from models.forms.attendance import PRESENT, YES, Attendance, Sitting, attendance, attendance_faults, attendance_section
from models.forms.base import Fault, Field, FieldKind, Form, Label, Section
from models.minutes import DECIDING, possible_outcomes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

OUTCOMES: dict[ItemOutcome, str] = {
    ItemOutcome.NOTED: "Noted",
    ItemOutcome.AGREEMENT: "Agreed without a vote",
    ItemOutcome.DECIDED: "Carried in a vote",
    ItemOutcome.REJECTED: "Rejected",
    ItemOutcome.CARRIED_OVER: "Returns at a later meeting",
    ItemOutcome.REFERRED_BACK: "Referred back",
    ItemOutcome.TABLED: "Tabled",
}
VOTES = {"approve": "Votes for", "reject": "Votes against", "abstain": "Abstained"}
CLOCK = re.compile(r"([01]?[0-9]|2[0-3])[:.][0-5][0-9]")

NO_CLOCK = "Write the time with hours and minutes, for instance 15:50."
NOT_QUORATE = "Too few took part to decide: %(present)s of the %(needed)s that are needed. Carry the item over."
VOTES_MISSING = "Write how many voted for and against."
VOTES_WITHOUT_VOTE = "Votes were counted: choose carried or rejected, or take the figures away."
VOTES_SAY_OTHERWISE = "By the body's rules these votes come to something else."
TOO_MANY_VOTES = "More have voted than took part: %(present)s took part."
NOT_PRESENT = "Choose somebody who took part."
TWICE = "Choose different people."
SECRETARY_ATTESTS = "The secretary cannot attest her own minutes."


class Item(BaseModel):
    """An item to write minutes on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    title: Label
    force: Force | None = None
    expects: ItemOutcome = ItemOutcome.NOTED
    text: str = ""  # as it was written before, when the minutes are written anew

    def name(self, what: str) -> str:
        """The name of one of the item's fields."""
        return f"item.{self.key}.{what}"


class MinutesForm(Form):
    """What the secretary records."""

    kind: Literal["minutes"] = "minutes"
    members: tuple[Sitting, ...]
    substitutes: tuple[Sitting, ...] = ()
    secretary: tuple[str, ...] = ()  # seats that the person holds who writes the minutes
    elect: int = 0  # how many attestors the meeting elects
    quorum: int = 1
    rules: Rules = Rules()
    items: tuple[Item, ...]
    closes: str = ""  # as planned

    def sections(self) -> tuple[Section, ...]:
        """Attendance, the items, the attestors that were elected, the end."""
        items = [_item_section(number, item) for number, item in enumerate(self.items, start=1)]
        return (
            attendance_section(self.members, self.substitutes),
            *items,
            *self._election(),
            Section("Closing", (Field("closed", "The meeting was closed at", FieldKind.LINE, required=True),)),
        )

    def _election(self) -> tuple[Section, ...]:
        """Everybody who can vote is offered, so that a wrong choice is told and not only missing."""
        seats = tuple((one.seat, one.label) for one in (*self.members, *self.substitutes))
        fields = [Field(name, "Attestor", FieldKind.CHOICE, seats, required=True) for name in self._attestor_names()]
        return (Section("Elected to attest the minutes", tuple(fields)),) if fields else ()

    def _attestor_names(self) -> list[str]:
        return [f"attestor.{number}" for number in range(1, self.elect + 1)]

    def attendance(self, content: Mapping[str, str]) -> Attendance:
        """Who took part."""
        return attendance(self.members, self.substitutes, content)

    def quorate(self, content: Mapping[str, str]) -> bool:
        """Whether enough took part to decide."""
        return self.attendance(content).voting >= self.quorum

    def elected(self, content: Mapping[str, str]) -> list[str]:
        """The seats of those who were elected to attest."""
        return [str(content[name]) for name in self._attestor_names() if content.get(name)]

    def faults(self, content: Mapping[str, str], position: str) -> Iterator[Fault]:
        """Besides what is missing: no decision without a quorum, votes that do not add up, a secretary who attests."""
        plain = list(super().faults(content, position))
        yield from plain
        yield from attendance_faults(self.substitutes, content)
        wrong = {fault.field for fault in plain}
        for item in self.items:
            yield from self._item_faults(item, content, wrong)
        yield from self._attestor_faults(content, wrong)
        if "closed" not in wrong and not CLOCK.fullmatch(str(content.get("closed", "")).strip()):
            yield Fault("closed", NO_CLOCK)

    def _item_faults(self, item: Item, content: Mapping[str, str], wrong: set[str]) -> Iterator[Fault]:
        name = item.name("outcome")
        if name in wrong:
            return
        outcome, present = ItemOutcome(str(content[name]).strip()), self.attendance(content).voting
        if outcome in DECIDING and present < self.quorum:
            yield Fault(name, NOT_QUORATE, (("present", str(present)), ("needed", str(self.quorum))))
        elif item.force and not wrong & {item.name(vote) for vote in VOTES}:
            yield from self._vote_faults(item, content, outcome, present)

    def _vote_faults(
        self, item: Item, content: Mapping[str, str], outcome: ItemOutcome, present: int
    ) -> Iterator[Fault]:
        votes = votes_on(item, content)
        voted = outcome is ItemOutcome.DECIDED or (outcome is ItemOutcome.REJECTED and bool(votes))
        if votes and sum(votes.values()) > present:
            yield Fault(item.name("approve"), TOO_MANY_VOTES, (("present", str(present)),))
        elif votes and outcome not in (ItemOutcome.DECIDED, ItemOutcome.REJECTED):
            yield Fault(item.name("outcome"), VOTES_WITHOUT_VOTE)
        elif voted and not votes:
            yield Fault(item.name("approve"), VOTES_MISSING)
        elif voted and outcome not in possible_outcomes(self.rules, **votes):
            yield Fault(item.name("outcome"), VOTES_SAY_OTHERWISE)

    def _attestor_faults(self, content: Mapping[str, str], wrong: set[str]) -> Iterator[Fault]:
        present, seen = set(self.attendance(content).present), set()
        for name in self._attestor_names():
            seat = str(content.get(name, "")).strip()
            if name in wrong:
                continue
            if seat in self.secretary:
                yield Fault(name, SECRETARY_ATTESTS)
            elif seat not in present:
                yield Fault(name, NOT_PRESENT)
            elif seat in seen:
                yield Fault(name, TWICE)
            seen.add(seat)

    def rehearsed(self, wishes: Mapping[str, str], today: str) -> dict[str, str]:  # noqa: ARG002 - no day is asked
        """Everybody comes, every item comes to what is foreseen, and the attestors are the first who may."""
        filled = {f"{PRESENT}.{one.seat}": YES for one in self.members}
        filled |= {item.name("text"): item.text for item in self.items} | {"closed": self.closes or "15:00"}
        filled = {**filled, **wishes}
        came = self.attendance(filled)
        able = [seat for seat in came.present if seat not in self.secretary]
        able.sort(key=lambda seat: seat.startswith("chair"))  # the chair attests by her office: others are elected
        filled = {**dict(zip(self._attestor_names(), able, strict=False)), **filled}
        enough = came.voting >= self.quorum
        outcomes = {item.name("outcome"): _foreseen(item, enough=enough) for item in self.items}
        filled = {**self._votes(outcomes, wishes, came.voting), **filled}
        return {name: text for name, text in {**outcomes, **filled}.items() if text}

    def _votes(self, outcomes: Mapping[str, str], wishes: Mapping[str, str], present: int) -> dict[str, str]:
        """Everybody's votes, where a vote is foreseen and nobody wishes anything else."""
        side = {str(ItemOutcome.DECIDED): "approve", str(ItemOutcome.REJECTED): "reject"}
        voted = [item for item in self.items if item.force and item.name("outcome") not in wishes]
        counted = [(item, side[said]) for item in voted if (said := outcomes[item.name("outcome")]) in side]
        return {item.name(vote): str(present) for item, vote in counted}


def _foreseen(item: Item, *, enough: bool) -> str:
    fits = enough or item.expects not in DECIDING
    return str(item.expects if fits else ItemOutcome.CARRIED_OVER)


def _item_section(number: int, item: Item) -> Section:
    """Votes, conflicts of interest and reservations are only asked for where there is something to decide."""
    offered = [outcome for outcome in OUTCOMES if item.force or outcome not in VOTED]
    choices = tuple((str(outcome), OUTCOMES[outcome]) for outcome in offered)
    title = _numbered(number, item.title)
    fields = [
        Field(item.name("outcome"), "Outcome", FieldKind.CHOICE, choices, required=True),
        Field(item.name("text"), "What was said and decided", FieldKind.TEXT, first=item.text),
    ]
    if item.force:
        fields += [Field(item.name(vote), label, FieldKind.NUMBER) for vote, label in VOTES.items()]
        fields += [
            Field(item.name("conflict"), "Left because of a conflict of interest", FieldKind.LINE),
            Field(item.name("reservation"), "Reservations made before the meeting closed", FieldKind.TEXT),
        ]
    return Section(title, tuple(fields))


def _numbered(number: int, title: Label) -> Label:
    if isinstance(title, str):
        return f"{number}. {title}"
    return {language: f"{number}. {words}" for language, words in title.items()}


def votes_on(item: Item, content: Mapping[str, str]) -> dict[str, int]:
    """The figures of a vote; empty when none was taken."""
    said = {vote: str(content.get(item.name(vote), "")).strip() for vote in VOTES}
    return {vote: int(figure or 0) for vote, figure in said.items()} if any(said.values()) else {}
