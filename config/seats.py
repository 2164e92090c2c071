"""Who holds the seats of a body, and at which address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from config.i18n import N_
from config.said import Row, listed, sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from config.definition import Body, Definition
    from config.said import Said
    from config.terms import Language, Seat

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
TEMPLATE_NAMES = ("seat", "body", "n")


@dataclass(frozen=True)
class SeatHolder:
    """One person in one seat; `body` is the key of the part, `ordinal` counts from 1 within the seat."""

    body: str
    seat: Seat
    ordinal: int
    address: str
    name: str | None
    language: Language


def occupants(definition: Definition, key: str) -> list[SeatHolder]:
    """The holders of every seat in every body that an entry of `bodies` stands for, in the order written.

    Raises:
        KeyError: `bodies` has no such entry.
    """
    body = definition.bodies[key]
    return [holder for part in body.parts(key) for holder in _of_part(definition, body, part)]


def _of_part(definition: Definition, body: Body, part: str) -> Iterator[SeatHolder]:
    for seat, holders in body.seats.items():
        if isinstance(holders, int):
            for ordinal in range(1, holders + 1):
                address = _counted(definition.addresses, seat, part, ordinal, of=holders)
                yield SeatHolder(part, seat, ordinal, address, None, definition.language)
            continue
        for ordinal, holder in enumerate(holders, start=1):
            if isinstance(holder, str):
                address, name, language = holder, None, definition.language
            else:
                address, name, language = holder.address, holder.name, holder.language or definition.language
            yield SeatHolder(part, seat, ordinal, _fill(address, {"body": part}), name, language)


def _counted(template: str, seat: Seat, part: str, ordinal: int, *, of: int) -> str:
    """The address of a seat that is only counted; where the template has no {n}, the seat is numbered."""
    numbered = of > 1 and "{n}" not in template
    word = f"{seat.value}-{ordinal}" if numbered else seat.value
    return _fill(template, {"seat": word, "body": part, "n": str(ordinal)})


def _fill(template: str, values: dict[str, str]) -> str:
    """Plain replacement. `str.format` would reach into attributes, and a definition is not to be trusted."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), template)


def placeholder_fault(template: str, allowed: tuple[str, ...]) -> Said | None:
    """What is wrong with the placeholders of an address, in words; None when nothing is."""
    known = listed([f"{{{name}}}" for name in allowed], Row.AND)
    for found in PLACEHOLDER.finditer(template):
        if found[1] not in allowed:
            strange = N_("the placeholder %(placeholder)s is not known here; write %(known)s only")
            return sentence(strange, placeholder=found[0], known=known)
    if set("{}") & set(PLACEHOLDER.sub("", template)):
        return sentence(N_("has a brace without its partner; placeholders are %(known)s"), known=known)
    return None


def template_fault(template: str) -> Said | None:
    """What is wrong with the addresses of counted seats, in words; None when nothing is."""
    wrong = placeholder_fault(template, TEMPLATE_NAMES)
    if wrong:
        return wrong
    filled = _fill(template, {"seat": "chair", "body": "berg", "n": "1"})
    plain = re.fullmatch(r"[A-Za-z0-9.!#$%&'*+/=?^_`|~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", filled)
    return None if plain else sentence(N_("gives '%(filled)s', which is no e-mail address"), filled=filled)
