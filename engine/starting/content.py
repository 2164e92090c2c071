"""What has been typed on the way to a cycle, and the definition that comes of it. Pure."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from datetime import date
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from config.definition import Definition
from config.loader import dump
from config.movedays import confirmed, with_days
from config.redate import redate
from config.seats import SeatHolder, occupants
from config.terms import Language, Seat
from engine.starting.seating import in_order
from engine.starting.titles import with_titles

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_SLUG = 48


class Held(BaseModel):
    """A seat as it is to be filled."""

    model_config = ConfigDict(frozen=True)

    body: str
    seat: Seat
    number: int
    address: str
    name: str = ""
    language: Language

    @classmethod
    def of(cls, holder: SeatHolder) -> Held:
        """A seat as the definition, or an earlier cycle, fills it."""
        return cls(
            body=holder.body, seat=holder.seat, number=holder.ordinal, address=holder.address,
            name=holder.name or "", language=holder.language,
        )  # fmt: skip

    @property
    def key(self) -> tuple[str, Seat, int]:
        """Which seat it is."""
        return self.body, self.seat, self.number

    def holder(self) -> SeatHolder:
        """The same for `start_cycle`."""
        return SeatHolder(self.body, self.seat, self.number, self.address, self.name or None, self.language)


class Content(BaseModel):
    """Everything that is typed. Days are named by their place, as `config.movedays` does."""

    model_config = ConfigDict(frozen=True)

    title: str = ""
    slug: str = ""
    registry_no: str = ""
    begins: date | None = None
    language: Language = Language.SV
    titles: dict[str, str] = Field(default_factory=dict)  # those that were changed, by `engine.starting.titles`
    settled: bool = False  # the particulars have been saved once without faults
    seats: tuple[Held, ...] = ()
    days: dict[str, date] = Field(default_factory=dict)  # set by hand, or rolled forward
    kept: tuple[str, ...] = ()  # days on which nobody works, and which are to stay
    confirmed: tuple[str, ...] = ()  # keys of milestones whose worked-out dates somebody stands for
    seen: tuple[str, ...] = ()  # warnings that have been looked at, by `seen_as`


def first_content(definition: Definition, seats: Iterable[Held], today: date) -> Content:
    """What a new draft says: the definition's own, begun in a fortnight when its own dates are over."""
    begins = definition.begins
    if begins < today:
        begins = definition.where.roll_forward(date.fromordinal(today.toordinal() + 14))
    title = definition.text(definition.title)
    return Content(
        title=title, slug=proposed_slug(title, begins), registry_no="", begins=begins, language=definition.language,
        seats=tuple(seats),
    )  # fmt: skip


def seats_of(definition: Definition) -> list[Held]:
    """Every seat, as the definition fills it."""
    return [Held.of(holder) for key in definition.bodies for holder in occupants(definition, key)]


def fitting(definition: Definition, seats: Iterable[Held]) -> list[Held]:
    """Every seat of the definition, filled by `seats` where they have it, and those that its bodies have beside."""
    left = {held.key: held for held in seats}
    own = [left.pop(held.key, held) for held in seats_of(definition)]
    return in_order(definition, [*own, *left.values()])


def spoken(base: Definition, content: Content, language: Language) -> tuple[Held, ...]:
    """The seats when the cycle speaks another language: those that nobody has filled yet follow it."""
    untouched = {held.model_copy(update={"language": content.language}) for held in seats_of(base)}
    follows = {"language": language}
    return tuple(held.model_copy(update=follows) if held in untouched else held for held in content.seats)


def built(base: Definition, content: Content) -> Definition:
    """The definition as it is to start: with its particulars, on its day, with the dates that were decided.

    Raises:
        Fault: a decided day is of a date that is not there.
    """
    return confirmed(with_days(dated(base, content), content.days), content.confirmed)


def dated(base: Definition, content: Content) -> Definition:
    """The definition with its particulars and begun on its day, before dates are decided."""
    said = base.model_dump(mode="json", by_alias=True, exclude_none=True)
    said["language"] = str(content.language)
    if content.title and content.title != base.text(base.title):
        said["title"] = {str(content.language): content.title}
    with_titles(said, content.titles, content.language)
    said.pop("registry_no", None)
    if content.registry_no:
        said["registry_no"] = content.registry_no
    named = Definition.model_validate(said)
    return redate(named, content.begins) if content.begins else named


def proposed_slug(title: str, begins: date) -> str:
    """A short name for a title: its first words in small letters, and the year."""
    folded = unicodedata.normalize("NFKD", title.replace("ø", "o").replace("Ø", "O").replace("æ", "ae"))
    words = re.sub(r"[^a-z0-9]+", "-", folded.encode("ascii", "ignore").decode().lower()).strip("-")
    short = words if len(words) <= LONGEST_SLUG else words[:LONGEST_SLUG].rpartition("-")[0] or words[:LONGEST_SLUG]
    short = re.sub(r"(-[a-z]{1,3})+$", "", short) if short != words else short  # cut off after "for" or "och"
    return short if not short or str(begins.year) in short else f"{short}-{begins.year}"


def fingerprint(definition: Definition, content: Content) -> str:
    """What tells two starts apart; the same for the same definition, people and name."""
    people = [held.model_dump(mode="json") for held in content.seats]
    return digest([dump(definition), content.slug, people])


def seen_as(code: str, where: str, message: str) -> str:
    """What a warning is remembered as, once somebody has looked at it."""
    return digest([code, where, message])[:16]


def digest(values: Any) -> str:
    """A hash of plain values."""
    return hashlib.sha256(repr(values).encode()).hexdigest()
