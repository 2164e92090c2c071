"""The particulars of a cycle: what it is called, its registry number, its first day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError
from sqlmodel import col, select

from config.base import Day
from config.terms import Language
from engine.commands.start import SLUG, is_over
from engine.starting.content import Content, dated
from models.cycle import Body, Cycle

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from sqlmodel import Session

    from config.definition import Definition
    from models.register import Register

DAY: TypeAdapter[date] = TypeAdapter(Day)
LONGEST_TITLE = 200
RESERVED = frozenset({"accounts", "bodies", "enter", "new", "sign-in", "sign-out", "you"})
"""Words that are pages of the desk."""
NUMBER = re.compile(r"(?=.*[0-9])[0-9A-Za-zÅÄÖÆØåäöæø][0-9A-Za-zÅÄÖÆØåäöæø ./:_-]{0,59}")
"""A registry number: `2007/555`, `1-30-72-225-15`, `RS 2027-114`."""


class Wrong(StrEnum):
    """What is wrong with a particular."""

    NO_TITLE = "no_title"
    LONG_TITLE = "long_title"
    BAD_SLUG = "bad_slug"
    RESERVED_SLUG = "reserved_slug"
    TAKEN_SLUG = "taken_slug"
    BAD_NUMBER = "bad_number"
    TAKEN_NUMBER = "taken_number"
    BAD_DAY = "bad_day"
    OVER = "over"


@dataclass(frozen=True)
class Particulars:
    """The particulars as they were typed, and what is wrong with them by field."""

    content: Content
    wrong: dict[str, Wrong]


def read_particulars(
    register: Register, base: Definition, before: Content, typed: Mapping[str, str], *, now: datetime
) -> Particulars:  # fmt: skip
    """Read a form of particulars; what is wrong keeps its former value in the content."""
    wrong: dict[str, Wrong] = {}
    title, slug, number = (typed.get(name, "").strip() for name in ("title", "slug", "registry_no"))
    begins = _day(typed.get("begins", ""), wrong)
    spoken = typed.get("language", "")
    language = Language(spoken) if spoken in set(Language) else before.language
    if not title or len(title) > LONGEST_TITLE or "\n" in title:
        wrong["title"] = Wrong.LONG_TITLE if title else Wrong.NO_TITLE
    changed = {"title": title, "slug": slug, "registry_no": number, "begins": begins, "language": language}
    content = before.model_copy(update={**changed, "settled": True})
    if begins != before.begins:  # dates that were decided for another start are no decisions for this one
        content = content.model_copy(update={"days": {}, "kept": ()})
    with register.read() as session:
        wrong |= naming_faults(session, base, content)
    if begins and "title" not in wrong and is_over(dated(base, content), now):
        wrong["begins"] = Wrong.OVER
    return Particulars(content, wrong)


def naming_faults(session: Session, base: Definition, content: Content) -> dict[str, Wrong]:
    """What is wrong with the name and the number of a cycle, as the register is now."""
    wrong: dict[str, Wrong] = {}
    if not SLUG.fullmatch(content.slug):
        wrong["slug"] = Wrong.BAD_SLUG
    elif content.slug in RESERVED:
        wrong["slug"] = Wrong.RESERVED_SLUG
    elif session.get(Cycle, content.slug) is not None:
        wrong["slug"] = Wrong.TAKEN_SLUG
    if content.registry_no and not NUMBER.fullmatch(content.registry_no):
        wrong["registry_no"] = Wrong.BAD_NUMBER
    elif content.registry_no and _taken(session, base, content.registry_no):
        wrong["registry_no"] = Wrong.TAKEN_NUMBER
    return wrong


def free_slug(session: Session, wanted: str) -> str:
    """A name that no cycle has: the wanted one, or with the next number behind it."""
    number, slug = 1, wanted
    while session.get(Cycle, slug) is not None or slug in RESERVED:
        number += 1
        slug = f"{wanted}-{number}"
    return slug


def _day(text: str, wrong: dict[str, Wrong]) -> date | None:
    try:
        return DAY.validate_python(text)
    except ValidationError:
        wrong["begins"] = Wrong.BAD_DAY
        return None


def _taken(session: Session, base: Definition, number: str) -> bool:
    """Whether a registry has the number already. A registry is kept by the body that coordinates."""
    keeps = base.by_language(base.bodies[base.coordinator].name).values()
    query = (
        select(Cycle.id)
        .join(Body, (col(Body.cycle_id) == Cycle.id) & (col(Body.group) == Cycle.coordinator))
        .where(col(Cycle.registry_no) == number, col(Body.name).in_(keeps))
    )
    return session.exec(query).first() is not None
