"""The minutes of a meeting: who came, what became of each item, who attests, and when it ended (KL 5:65-68)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from config.definition import Rules
from config.terms import ItemOutcome
from models.forms.attendance import PRESENT, YES, Attendance, Sitting, attendance, attendance_faults, attendance_section
from models.forms.base import Fault, Field, FieldKind, Form, Section
from models.forms.election import Election, first_able
from models.forms.item import CLOCK, Item, Room, Treated, item_section
from models.forms.item_faults import NO_CLOCK, item_faults, votes_fields
from models.minutes import DECIDING
from models.rules.taking_part import serving

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NOT_PRESENT = "Choose somebody who took part."
TWICE = "Choose different people."
SECRETARY_ATTESTS = "The secretary cannot attest her own minutes."


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
    begins: str = ""  # as planned, by the clock on the wall
    closes: str = ""
    called_again: bool = False  # the body has been called again since these minutes were first written

    def sections(self) -> tuple[Section, ...]:
        """Attendance, the items, the attestors that were elected, the end."""
        seats = (*self.members, *self.substitutes)
        items = [item_section(number, item, seats, self.rules) for number, item in enumerate(self.items, start=1)]
        elected = [self.election.section("Elected to attest the minutes", "Attestor")] if self.elect else []
        return (
            attendance_section(self.members, self.substitutes),
            *items,
            *elected,
            Section("Closing", (Field("closed", "The meeting was closed at", FieldKind.LINE, required=True),)),
        )

    @property
    def election(self) -> Election:
        """The election of those who attest."""
        return Election("attestor", self.elect, (*self.members, *self.substitutes), self.rules)

    def attendance(self, content: Mapping[str, str]) -> Attendance:
        """Who took part."""
        return attendance(self.members, self.substitutes, content)

    def room(self, content: Mapping[str, str]) -> Room:
        """Who could take part in the items."""
        return Room(self.members, self.substitutes, self.rules, self.attendance(content))

    def treated(self, content: Mapping[str, str]) -> Iterator[Treated]:
        """What is said of each item."""
        room = self.room(content)
        return (Treated(item, content, room) for item in self.items)

    def quorate(self, content: Mapping[str, str]) -> bool:
        """Whether enough took part to decide, where nobody has a conflict of interest."""
        return self.attendance(content).voting >= self.quorum

    def elected(self, content: Mapping[str, str]) -> list[str]:
        """The seats of those who were elected to attest."""
        return self.election.chosen(content)

    def faults(self, content: Mapping[str, str], position: str) -> Iterator[Fault]:
        """Besides what is missing: no decision without a quorum, votes that do not add up, a secretary who attests."""
        plain = list(super().faults(content, position))
        yield from plain
        yield from attendance_faults(self.substitutes, content)
        wrong = {fault.field for fault in plain}
        closed = str(content.get("closed", "")).strip()
        if "closed" not in wrong and not CLOCK.fullmatch(closed):
            yield Fault("closed", NO_CLOCK)
            wrong.add("closed")
        for it in self.treated(content):
            if not wrong & {it.item.name("outcome"), "closed", *votes_fields(it)}:
                yield from item_faults(it, closed, self.begins, self.quorum, called_again=self.called_again)
        yield from self._attestor_faults(content, wrong)

    def _attestor_faults(self, content: Mapping[str, str], wrong: set[str]) -> Iterator[Fault]:
        names = [name for name in self.election.names() if name not in wrong]
        present, seen = set(self.attendance(content).present), set[str]()
        told = False
        for name in names:
            seat = str(content.get(name, "")).strip()
            if message := self._unable(seat, present, seen):
                told = True
                yield Fault(name, message)
            seen.add(seat)
        if self.elect and not told and len(names) == self.elect:
            yield from self.election.faults(content, self.attendance(content).voting)

    def _unable(self, seat: str, present: set[str], seen: set[str]) -> str | None:
        """Why somebody cannot attest."""
        if seat in self.secretary:
            return SECRETARY_ATTESTS
        if seat not in present:
            return NOT_PRESENT
        return TWICE if seat in seen else None

    def rehearsed(self, wishes: Mapping[str, str], today: str) -> dict[str, str]:  # noqa: ARG002 - no day is asked
        """Everybody comes, every item comes to what is foreseen, and the attestors are the first who may."""
        filled = {f"{PRESENT}.{one.seat}": YES for one in self.members}
        filled |= {item.name("text"): item.text for item in self.items} | {"closed": self.closes or "15:00"}
        filled = {**filled, **wishes}
        came = self.attendance(filled)
        able = [seat for seat in came.present if seat not in self.secretary]
        able.sort(key=lambda seat: seat.startswith("chair"))  # the chair attests by her office: others are elected
        filled = {**first_able(self.election.names(), able), **self._stepping_in(filled), **filled}
        enough = {it.item.key: it for it in self.treated(filled)}
        outcomes = {item.name("outcome"): _foreseen(enough[item.key]) for item in self.items}
        posts = {name: seat for item in self.items for name, seat in _posts(item, able, outcomes).items()}
        filled = {**posts, **self._votes(outcomes, wishes, filled), **filled}
        return {name: text for name, text in {**outcomes, **filled}.items() if text}

    def _stepping_in(self, filled: Mapping[str, str]) -> dict[str, str]:
        """For who leaves, the substitutes step in who are there, in their order."""
        found = {}
        for it in self.treated(filled):
            left = [place.instead_of for place in serving(
                it.vacated, it.room.came.without_vote, away=it.vacated, conflicted=it.seats("conflict")
            )]  # fmt: skip
            free = [seat for seat in it.room.came.without_vote if seat not in it.seats("conflict")]
            found[it.item.name("stepped_in")] = ", ".join(free[: len(left)])
        return found

    def _votes(
        self, outcomes: Mapping[str, str], wishes: Mapping[str, str], filled: Mapping[str, str]
    ) -> dict[str, str]:
        """Everybody's votes, where a vote is foreseen and nobody wishes anything else."""
        side = {str(ItemOutcome.DECIDED): "approve", str(ItemOutcome.REJECTED): "reject"}
        voted = [it for it in self.treated(filled) if it.item.force and it.item.name("outcome") not in wishes]
        counted = [(it, side[said]) for it in voted if (said := outcomes[it.item.name("outcome")]) in side]
        return {it.item.name(vote): str(it.taking_part) for it, vote in counted}


def _foreseen(it: Treated) -> str:
    fits = it.quorate or it.item.expects not in DECIDING
    return str(it.item.expects if fits else ItemOutcome.CARRIED_OVER)


def _posts(item: Item, able: list[str], outcomes: Mapping[str, str]) -> dict[str, str]:
    """Who is elected under an item, where it comes to anything."""
    chosen = outcomes[item.name("outcome")] in (ItemOutcome.AGREEMENT, ItemOutcome.NOTED)
    names = [f"{item.name('elected')}.{number}" for number in range(1, item.elects + 1)]
    return first_able(names, able) if chosen else {}
