"""The dates of a start, one by one: what each says, the day that comes of it, and what somebody has to decide."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from config.check import check
from config.check_dates import last_day
from config.findings import Code, Level
from config.named import date_written
from config.redate import landings
from engine.starting.content import Content, dated

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from config.definition import Definition
    from config.named import Written
    from config.redate import Landing


class DateKind(StrEnum):
    """What a date is of."""

    MILESTONE = "milestone"
    MEETING = "meeting"
    PHASE_END = "phase_end"
    WANTED = "wanted"  # of a phase that cannot begin without one


@dataclass(frozen=True)
class DateLine:
    """One date; `where` is its place, as `config.movedays` names it."""

    where: str
    kind: DateKind
    title: str
    words: str | None  # the source's own, when they still name this date
    written: Written  # EDTF, or what it is counted from
    earliest: date | None
    day: date | None  # the last day; None while it waits for an event
    relative: bool
    inferred: bool
    statutory: bool
    landing: Landing | None  # on a day on which nobody works


def date_lines(definition: Definition) -> list[DateLine]:
    """Every date of a definition, those that are wanted first."""
    landed = {where_of(one): one for one in landings(definition)}
    lines = [*_wanted(definition), *_milestones(definition, landed), *_of_phases(definition, landed)]
    return sorted(lines, key=lambda line: line.kind is not DateKind.WANTED)


def where_of(landing: Landing) -> str:
    """The place of a landing, as text."""
    return ".".join(str(step) for step in landing.path)


def wanted(definition: Definition) -> list[str]:
    """The phases that cannot begin without a date."""
    found = (one for one in check(definition) if one.code is Code.NO_DATE and one.level is Level.ERROR)
    return [one.where.removeprefix("phases.") for one in found]


def undecided(definition: Definition, content: Content) -> list[str]:
    """The places that nobody has decided on yet: days on which nobody works, and dates that are wanted."""
    landed = [where for one in landings(definition) if (where := where_of(one)) not in content.kept]
    return [*(f"phases.{key}.due" for key in wanted(definition)), *landed]


def before_decisions(base: Definition, content: Content) -> dict[str, DateLine]:
    """The lines as they are before anything is decided, by place."""
    return {line.where: line for line in date_lines(dated(base, content))}


def proposals(base: Definition, content: Content) -> dict[str, date]:
    """For days on which nobody works, the next working day."""
    lines = before_decisions(base, content).values()
    return {line.where: line.landing.proposal for line in lines if line.landing}


def _wanted(definition: Definition) -> Iterator[DateLine]:
    for key in wanted(definition):
        yield DateLine(
            f"phases.{key}.due", DateKind.WANTED, definition.phase_title(key), None,
            date_written(definition, ""), None, None, relative=False,
            inferred=False, statutory=False, landing=None,
        )  # fmt: skip


def _milestones(definition: Definition, landed: Mapping[str, Landing]) -> Iterator[DateLine]:
    for key, milestone in definition.milestones.items():
        where, window = f"milestones.{key}", milestone.window
        yield DateLine(
            where, DateKind.MILESTONE, definition.milestone_title(key), milestone.words,
            date_written(definition, milestone.date),
            window.earliest if window else None, last_day(definition, key), relative=milestone.relative is not None,
            inferred=milestone.inferred, statutory=milestone.statutory, landing=landed.get(where),
        )  # fmt: skip


def _of_phases(definition: Definition, landed: Mapping[str, Landing]) -> Iterator[DateLine]:
    """Days of meetings, and ends of phases that no milestone dates."""
    for key, phase in definition.phases.items():
        meetings = getattr(phase, "meetings", None)
        for position, day in enumerate(meetings if isinstance(meetings, list) else ()):
            yield _of_phase(definition, key, f"phases.{key}.meetings.{position}", DateKind.MEETING, day, landed)
        window = phase.window
        if phase.within and window.latest and not any(True for _ in phase.milestone_refs()):
            where = f"phases.{key}.in"
            yield _of_phase(definition, key, where, DateKind.PHASE_END, window.latest, landed, window.earliest)


def _of_phase(
    definition: Definition, key: str, where: str, kind: DateKind, day: date, landed: Mapping[str, Landing],
    earliest: date | None = None,
) -> DateLine:  # fmt: skip
    return DateLine(
        where, kind, definition.phase_title(key), None, date_written(definition, day.isoformat()), earliest, day,
        relative=False, inferred=False, statutory=False, landing=landed.get(where),
    )  # fmt: skip
