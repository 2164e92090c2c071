"""Who holds a seat, and at which address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.loader import load_named
from config.seats import SeatHolder, occupants
from config.terms import Language, Seat

if TYPE_CHECKING:
    from collections.abc import Callable

    from config.definition import Definition


def addresses(definition: Definition, body: str = "board") -> list[str]:
    return [holder.address for holder in occupants(definition, body)]


def test_a_seat_for_one_has_no_number_and_a_seat_for_several_has(changed: Callable[..., Definition]) -> None:
    assert addresses(changed()) == ["chair@board.example", "member-1@board.example", "member-2@board.example"]


def test_the_pattern_may_place_the_number_itself(changed: Callable[..., Definition]) -> None:
    definition = changed(("coordinator:", "addresses: '{body}+{seat}{n}@x.example'\ncoordinator:"))
    assert addresses(definition)[1:] == ["board+member1@x.example", "board+member2@x.example"]


def test_people_are_taken_as_written(changed: Callable[..., Definition]) -> None:
    definition = changed(
        ("chair: 1, members: 2", "chair: [{address: a@b.example, name: Anna, language: da}], members: [c@d.example]")
    )
    assert occupants(definition, "board") == [
        SeatHolder("board", Seat.CHAIR, 1, "a@b.example", "Anna", Language.DA),
        SeatHolder("board", Seat.MEMBER, 1, "c@d.example", None, Language.SV),
    ]


def test_a_body_with_parts_has_holders_in_each(changed: Callable[..., Definition]) -> None:
    definition = changed(
        ("name: The board\n", "name: The board\n    each: [north, south]\n"),
        ("chair: 1, members: 2", "contact: ['{body}@b.example']"),
    )
    assert [(h.body, h.address) for h in occupants(definition, "board")] == [
        ("north", "north@b.example"),
        ("south", "south@b.example"),
    ]


def test_the_bundled_cycle_has_all_its_seats() -> None:
    cycle = load_named("jamtland-2012")
    assert addresses(cycle, "malsattningsgruppen")[0] == "chair@malsattningsgruppen.example"
    assert addresses(cycle, "malsattningsgruppen")[8] == "member-8@malsattningsgruppen.example"
    assert {key: len(occupants(cycle, key)) for key in cycle.bodies} == {
        "projektkontor": 1,
        "malsattningsgruppen": 10,
        "referensgrupper": 4,
        "huvudman": 18,
    }
