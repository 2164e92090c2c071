"""People of a cycle: found by their address, or added."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError
from sqlmodel import col, func, select

from config.definition import Address
from models.cycle import Person
from models.register import RegisterError

if TYPE_CHECKING:
    from config.terms import Language
    from models.change import Change

ADDRESS: TypeAdapter[str] = TypeAdapter(Address)


class BadAddress(RegisterError):  # noqa: N818
    """It is no address that mail can be sent to."""


def checked_address(text: str) -> str:
    """An address as it was typed.

    Raises:
        BadAddress: it is none.
    """
    try:
        return ADDRESS.validate_python(text.strip())
    except ValidationError:
        raise BadAddress(f"'{text}' is no e-mail address") from None


def person_at(change: Change, address: str, *, name: str | None, language: Language) -> Person:
    """Whoever has this address in the cycle, however it is capitalised; a new person when nobody has."""
    of_cycle = select(Person).where(col(Person.cycle_id) == change.cycle.id)
    same = of_cycle.where(func.lower(col(Person.address)) == address.lower()).order_by(col(Person.id))
    for known in change.session.exec(same):
        if not name or known.name in (None, name):
            return known
    count = select(func.count()).select_from(Person).where(col(Person.cycle_id) == change.cycle.id)
    return change.add(
        Person(
            id=f"{change.cycle.id}/p{change.session.exec(count).one() + 1}",
            cycle_id=change.cycle.id,
            address=address,
            name=name,
            language=language,
            salt=change.register.token(16),
        )
    )
