"""A register with one bare cycle, for tests of the register itself."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from config.terms import Language
from models.cycle import Body, Cycle, Person

if TYPE_CHECKING:
    from models.register import Register

AT = datetime(2024, 1, 15, 7, tzinfo=UTC)
ADDRESS = "anna.berg@region.example"
NAME = "Anna Berg"
SALT = "the salt of Anna Berg"


def a_cycle(name: str = "c") -> Cycle:
    """A cycle that nothing happens in."""
    return Cycle(
        id=name, definition_name=name, title="A cycle", language=Language.EN, place="SE", begins=date(2024, 1, 15),
        started_at=AT, coordinator="office", definition="{}",
    )  # fmt: skip


def begin(register: Register, name: str = "c") -> None:
    """Bring the cycle into being."""
    with register.begin_cycle(a_cycle(name), at=AT, actor="test") as change:
        change.record("cycle_started", name)


def a_body(key: str, cycle: str = "c") -> Body:
    """A body with nobody in it."""
    return Body(id=f"{cycle}/@{key}", cycle_id=cycle, key=key, group=key, name=key, ordinal=1, rules={})


def a_person() -> Person:
    """Somebody with an address, a name and a salt."""
    return Person(id="c/p1", cycle_id="c", address=ADDRESS, name=NAME, language=Language.SV, salt=SALT)
