"""What a start will come to, before anything is sent: its plan, its mails, and what should be looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from config.check import check
from config.examples import examples
from config.findings import Level
from engine.plan_facts import course_of
from engine.plan_pace import course
from engine.plan_parts import Plan
from engine.plan_promises import promises_of
from engine.plan_rows import phases_of, rows_of
from engine.rehearsal import uncollected
from engine.script import Script
from engine.starting.content import Content, seen_as
from engine.starting.rehearsed import Letters, Previewed, RehearsedMail

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from config.definition import Definition
    from config.findings import Finding


@dataclass(frozen=True)
class Sending:
    """How many people get what, when."""

    at: datetime
    kind: str
    phase: str | None
    step: str | None
    mails: int
    people: int


@dataclass(frozen=True)
class Preview:
    """A start as it will go when everybody answers on the last day."""

    of: str  # the fingerprint of what it shows
    definition: Definition
    plan: Plan
    mails: tuple[RehearsedMail, ...]
    letters: Letters
    sendings: tuple[Sending, ...]


def made(named: str, definition: Definition, content: Content, base_url: str) -> Preview:
    """Rehearse a start twice: with its mails at the latest, and at the earliest for the plan."""
    called = definition.model_copy(update={"cycle": content.slug}) if content.slug else definition
    people = [held.holder() for held in content.seats]
    rehearsal = Previewed(called, Script(), people, base_url=base_url)
    with uncollected():
        rehearsal.play()
        try:
            late = course_of(rehearsal.register, rehearsal.slug)
        finally:
            rehearsal.register.close()
        soon = course(called, late=())
    place, promises = called.where, promises_of(called, late, soon)
    plan = Plan(
        cycle=called.cycle, title=called.text(called.title), language=str(called.language), place=place,
        begins=called.begins, ends=place.today(late.ended) if late.ended else None,
        rows=rows_of(called, late, soon, promises), phases=phases_of(called, late, soon), promises=promises,
    )  # fmt: skip
    mails = tuple(rehearsal.mails)
    return Preview(named, definition, plan, mails, Letters.of(rehearsal.outlines), tuple(_sendings(mails)))


def _sendings(mails: Sequence[RehearsedMail]) -> list[Sending]:
    together: dict[tuple[datetime, str, str | None, str | None], list[RehearsedMail]] = {}
    for mail in mails:
        together.setdefault((mail.at, mail.kind, mail.phase, mail.step), []).append(mail)
    return [
        Sending(at, kind, phase, step, len(group), len({mail.to for mail in group}))
        for (at, kind, phase, step), group in together.items()
    ]


@dataclass(frozen=True)
class Noted:
    """A finding, and what it is remembered as when somebody has looked at it."""

    finding: Finding
    as_seen: str


def noted(definition: Definition) -> list[Noted]:
    """What `check` finds, the gravest first."""
    order = list(Level)
    found = sorted(check(definition), key=lambda one: order.index(one.level))
    return [Noted(one, seen_as(str(one.code), one.where, one.message)) for one in found]


def unreachable(content: Content) -> list[str]:
    """Addresses that no mail reaches, because they are examples."""
    return examples(held.address for held in content.seats)
