"""Who took part in a meeting: the part of the minutes' form that says so, and when it does not fit together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from models.forms.base import Fault, Field, FieldKind, Label, Section

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

PRESENT = "present"
INSTEAD = "instead"
YES = "yes"
NOT_IN_PLACE = "without-vote"
IN_PLACE_OF_PRESENT = "A substitute can only take the place of somebody who was absent."
ONE_SUBSTITUTE = "Somebody else has taken that place already."


class Sitting(BaseModel):
    """A seat in the body that meets: its name in the register, and what people call it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seat: str  # member-3
    label: Label


@dataclass(frozen=True)
class Attendance:
    """Who took part, and of whom a substitute took the place."""

    present: tuple[str, ...]
    instead: dict[str, str]
    without_vote: tuple[str, ...] = ()  # substitutes who were there and took nobody's place

    @property
    def voting(self) -> int:
        """How many could take part in decisions."""
        return len(self.present)


def attendance_section(members: Sequence[Sitting], substitutes: Sequence[Sitting]) -> Section:
    """A box for each member, and for each substitute whose place she took."""
    boxes = [Field(f"{PRESENT}.{one.seat}", one.label, FieldKind.CHECK) for one in members]
    places = ((NOT_IN_PLACE, "Present without a vote"), *((one.seat, one.label) for one in members))
    serving = [Field(f"{INSTEAD}.{one.seat}", one.label, FieldKind.CHOICE, places) for one in substitutes]
    lead = "Mark who took part. For a substitute, choose whose place she took; leave the others blank."
    return Section("Attendance", (*boxes, *serving), lead if serving else "Mark who took part.")


def attendance(members: Sequence[Sitting], substitutes: Sequence[Sitting], content: Mapping[str, str]) -> Attendance:
    """Who took part, as the form says."""
    came = [one.seat for one in members if content.get(f"{PRESENT}.{one.seat}")]
    places = {one.seat: str(content.get(f"{INSTEAD}.{one.seat}", "")).strip() for one in substitutes}
    instead = {seat: place for seat, place in places.items() if place and place != NOT_IN_PLACE}
    idle = tuple(seat for seat, place in places.items() if place == NOT_IN_PLACE)
    return Attendance((*came, *instead), instead, idle)


def attendance_faults(substitutes: Sequence[Sitting], content: Mapping[str, str]) -> Iterator[Fault]:
    """Substitutes in places that were taken."""
    taken: set[str] = set()
    for one in substitutes:
        name = f"{INSTEAD}.{one.seat}"
        place = str(content.get(name, "")).strip()
        if not place or place == NOT_IN_PLACE:
            continue
        if content.get(f"{PRESENT}.{place}"):
            yield Fault(name, IN_PLACE_OF_PRESENT)
        elif place in taken:
            yield Fault(name, ONE_SUBSTITUTE)
        taken.add(place)
