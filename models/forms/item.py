"""One item of a meeting in the minutes' form: what is asked of it, and what the answers say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from config.agenda import VOTED
from config.terms import Force, ItemOutcome, Seat
from models.forms.base import Field, FieldKind, Label, Section
from models.forms.election import Election
from models.forms.seats import Seats
from models.rules.taking_part import Dissent, Serving, recorded, serving
from models.rules.voting import RULESETS, breaks_ties, quorate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from config.definition import Rules
    from models.forms.attendance import Attendance, Sitting

OUTCOMES: dict[ItemOutcome, str] = {
    ItemOutcome.NOTED: "Noted",
    ItemOutcome.AGREEMENT: "Agreed without a vote",
    ItemOutcome.DECIDED: "Carried in a vote",
    ItemOutcome.REJECTED: "Rejected",
    ItemOutcome.NO_DECISION: "No decision came about",
    ItemOutcome.CARRIED_OVER: "Returns at a later meeting",
    ItemOutcome.REFERRED_BACK: "Referred back",
    ItemOutcome.TABLED: "Tabled",
}
VOTES = {"approve": "Votes for", "reject": "Votes against", "abstain": "Abstained"}
VOTES_HINT = "Only if there was a vote. For a tabling or a referral back: the votes for putting the matter off."
SEATS_HINT = "As in the list of attendance, with commas between: member 3, member 5."
PRESIDED_HINT = (
    "Needed when the chair has left because of a conflict of interest, or is away: the seat as in the list of "
    "attendance, for instance member 1."
)
STEPPED_HINT = "In the same order as those who left. They were present without a vote."
ANNOUNCED_HINT = "With hours and minutes, for instance 14:20. Left empty: before the meeting was closed."


class Item(BaseModel):
    """An item to write minutes on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    title: Label
    force: Force | None = None
    elects: int = 0  # how many are elected
    delayed: bool = False  # a minority has had the matter put off before
    expects: ItemOutcome = ItemOutcome.NOTED
    text: str = ""  # as it was written before, when the minutes are written anew

    def name(self, what: str) -> str:
        """The name of one of the item's fields."""
        return f"item.{self.key}.{what}"


@dataclass(frozen=True)
class Room:
    """Who could take part in a meeting's items, and by which rules."""

    members: tuple[Sitting, ...]
    substitutes: tuple[Sitting, ...]
    rules: Rules
    came: Attendance

    @cached_property
    def seats(self) -> Seats:
        """Everybody in the body."""
        return Seats((*self.members, *self.substitutes))


def item_section(number: int, item: Item, members: tuple[Sitting, ...], rules: Rules) -> Section:
    """Votes, conflicts of interest and reservations are only asked for where there is something to decide."""
    offered = [outcome for outcome in OUTCOMES if item.force or outcome not in VOTED]
    choices = tuple((str(outcome), OUTCOMES[outcome]) for outcome in offered)
    fields = [
        Field(item.name("outcome"), "Outcome", FieldKind.CHOICE, choices, required=True),
        Field(item.name("text"), "What was said and decided", FieldKind.TEXT, first=item.text),
    ]
    if item.elects:
        fields += election_of(item, members, rules).posts_fields("Elected", required=False)
        fields += election_of(item, members, rules).vote_fields()
    if item.force:
        fields += [*_taking_part(item), *_voting(item, rules), *_differing(item, rules)]
    return Section(_numbered(number, item.title), tuple(fields))


def election_of(item: Item, sittings: tuple[Sitting, ...], rules: Rules) -> Election:
    """The election under an item."""
    return Election(item.name("elected"), item.elects, sittings, rules)


def _taking_part(item: Item) -> Iterator[Field]:
    conflict, stepped_in = item.name("conflict"), item.name("stepped_in")
    yield Field(conflict, "Left because of a conflict of interest", FieldKind.LINE, hint=SEATS_HINT)
    yield Field(stepped_in, "Substitutes who stepped in for them", FieldKind.LINE, hint=STEPPED_HINT)
    presided = "Who presided over the item, if not the chair"
    yield Field(item.name("presided"), presided, FieldKind.LINE, hint=PRESIDED_HINT)


def _voting(item: Item, rules: Rules) -> Iterator[Field]:
    for vote, label in VOTES.items():
        yield Field(item.name(vote), label, FieldKind.NUMBER, hint=VOTES_HINT if vote == "approve" else None)
    if breaks_ties(rules):
        yield Field(item.name("casting_vote"), "The chair's casting vote decided", FieldKind.CHECK)


def _differing(item: Item, rules: Rules) -> Iterator[Field]:
    """Reservations where the law knows them; elsewhere a different opinion is taken down."""
    ruleset = RULESETS[rules.ruleset]
    who, words = "Who had a different opinion recorded", "The different opinions"
    if ruleset.reservations:
        who, words = "Who reserved against the decision", "Reservations"
    yield Field(item.name("reserved"), who, FieldKind.LINE, hint=SEATS_HINT)
    yield Field(item.name("reservation"), words, FieldKind.TEXT)
    if ruleset.dissent_follows:
        yield Field(item.name("sent_along"), "They demand that it is sent along with the case", FieldKind.CHECK)
    if ruleset.reservations:
        yield Field(item.name("stating"), "Who made a separate statement", FieldKind.LINE, hint=SEATS_HINT)
        yield Field(item.name("statement"), "Separate statements", FieldKind.TEXT)
    yield Field(item.name("announced"), "When these were announced", FieldKind.LINE, hint=ANNOUNCED_HINT)


def _numbered(number: int, title: Label) -> Label:
    if isinstance(title, str):
        return f"{number}. {title}"
    return {language: f"{number}. {words}" for language, words in title.items()}


CLOCK = re.compile(r"([01]?[0-9]|2[0-3])[:.][0-5][0-9]")


@dataclass(frozen=True)
class Treated:
    """What the form says of one item: who took part, what they voted, and who differed."""

    item: Item
    content: Mapping[str, str]
    room: Room

    def text(self, what: str) -> str:
        """A field as it was typed."""
        return str(self.content.get(self.item.name(what), "")).strip()

    def seats(self, what: str) -> list[str]:
        """The seats that a field names."""
        return list(self.named(what))

    def named(self, what: str) -> dict[str, str]:
        """The seats that a field names, each with the word that was typed."""
        return self.room.seats.named(self.text(what))

    def strangers(self, what: str) -> list[str]:
        """The words in a field that name no seat."""
        return self.room.seats.read(self.text(what))[1]

    @property
    def outcome(self) -> ItemOutcome:
        """What became of it; the field must be without fault."""
        return ItemOutcome(self.text("outcome"))

    @property
    def votes(self) -> dict[str, int]:
        """The figures of a vote; empty when none was taken."""
        said = {vote: self.text(vote) for vote in VOTES}
        return {vote: int(figure or 0) for vote, figure in said.items()} if any(said.values()) else {}

    @property
    def casting(self) -> bool:
        """Whether the chair's casting vote decided."""
        return bool(self.text("casting_vote"))

    def tally(self) -> dict[str, int]:
        """For the register."""
        return {**self.votes, **({"casting_vote": 1} if self.casting and self.votes else {})}

    @cached_property
    def vacated(self) -> list[str]:
        """The members' places that are empty because whoever held them has a conflict of interest."""
        held = [self.room.came.instead.get(seat, seat) for seat in self.seats("conflict")]
        members = {one.seat for one in self.room.members}
        sitting = {*self.room.came.present, *self.room.came.instead.values()}
        return [place for place in held if place in members and place in sitting]

    @cached_property
    def stepped_in(self) -> dict[str, str]:
        """The substitutes who stepped in, each with the place that she took."""
        return dict(zip(self.seats("stepped_in"), self.vacated, strict=False))

    @cached_property
    def serving(self) -> tuple[Serving, ...]:
        """Who took part in this item."""
        came, conflicted = self.room.came, set(self.seats("conflict"))
        members = [one.seat for one in self.room.members]
        away = {seat for seat in members if seat not in came.present}
        held = {name: place for name, place in came.instead.items() if name not in conflicted}
        instead = {**held, **self.stepped_in}
        return serving(members, [], away=away, conflicted=conflicted, instead=instead)

    @property
    def presided(self) -> str | None:
        """The seat of whoever presided over the item instead of the chair, and has the casting vote; None as usual."""
        return next(iter(self.seats("presided")), None)

    @property
    def chair_is_out(self) -> bool:
        """Whether the body has a chair, and she takes no part in the item: she is away, or has a conflict."""
        chairs = {one.seat for one in self.room.members if one.seat.startswith(Seat.CHAIR)}
        return bool(chairs) and chairs.isdisjoint(one.who for one in self.serving)

    @property
    def taking_part(self) -> int:
        """How many took part."""
        return len(self.serving)

    @property
    def quorate(self) -> bool:
        """Whether so many could decide; who has a conflict is not missed where the ruleset says so (KL 5:46)."""
        empty = len(self.vacated) - len(self.stepped_in)
        return quorate(self.room.rules, self.taking_part, len(self.room.members), max(empty, 0))

    @property
    def sent_along(self) -> bool:
        """Whether somebody's different opinion goes along with the case (KSL 13 (2))."""
        wanted, words = bool(self.text("sent_along")), self.text("reservation")
        differing = [Dissent(seat, words, send_along=wanted) for seat in self.seats("reserved")]
        return any(one.send_along for one in recorded(self.room.rules, differing))
