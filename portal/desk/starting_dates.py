"""The dates of a cycle that is being prepared, decided one by one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import ValidationError

from engine.accounts.permissions import may_start
from engine.starting.content import dated
from engine.starting.dates import DateKind, before_decisions, date_lines
from engine.starting.particulars import DAY
from notifications.dates import window_words
from notifications.i18n import N_
from portal.desk.starting import HERE, change, draft_of
from portal.desk.starting_words import Steps
from portal.pages import UNPROCESSABLE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from starlette.responses import Response

    from engine.starting.content import Content
    from engine.starting.dates import DateLine
    from engine.starting.drafts import Prepared
    from portal.desk.routes import DeskRoutes
    from portal.desk.visit import Visit

KEEP, ROLL, OTHER = "keep", "roll", "other"


def add_routes(routes: DeskRoutes) -> None:
    """`/desk/new/{draft}/dates`."""
    routes.page(f"{HERE}/{{draft}}/dates", show, may=may_start)
    routes.act(f"{HERE}/{{draft}}/dates", save, may=may_start)


def show(visit: Visit) -> Response:
    """Every date with its words, its day and what has to be decided."""
    draft = draft_of(visit)
    return _page(visit, draft, _said(draft), {})


def _page(visit: Visit, draft: Prepared, typed: Mapping[str, str], faults: dict[str, str]) -> Response:
    definition = dated(draft.given, draft.content)
    lines = date_lines(definition)
    after = {line.where: line for line in date_lines(draft.definition)}
    return visit.page(
        "desk/start_dates.html", status=UNPROCESSABLE if faults else 200, draft=draft, faults=faults,
        typed=defaultdict(str, typed),
        lines=lines, after=after, place=definition.where, window=_window, visit_language=visit.say.language,
        steps=Steps(visit, draft, "dates"), open=sum(line.landing is not None for line in lines),
    )  # fmt: skip


def _window(line: DateLine, language: str) -> str:
    """What a vague date says: `april 2021`; nothing of an exact one."""
    vague = line.earliest is not None and line.day is not None and line.earliest < line.day
    return window_words(line.earliest, line.day, language) if vague else ""


def _said(draft: Prepared) -> dict[str, str]:
    """The form as it was saved last."""
    content, said = draft.content, {}
    for where, line in before_decisions(draft.given, content).items():
        day = content.days.get(where)
        if day is not None:
            rolled = line.landing is not None and line.landing.proposal == day
            said[f"decide-{where}"] = ROLL if rolled else OTHER
            said[f"day-{where}"] = "" if rolled else day.isoformat()
        elif where in content.kept:
            said[f"decide-{where}"] = KEEP
    return {**said, **{f"confirm-milestones.{key}": "yes" for key in content.confirmed}}


@dataclass
class Decided:
    """What was decided on a page of dates."""

    days: dict[str, date] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    confirmed: list[str] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)


def save(visit: Visit) -> Response:
    """Keep the decisions, when every date has one that needs one."""
    draft = draft_of(visit)
    found = Decided()
    for line in before_decisions(draft.given, draft.content).values():
        _decide(visit, draft.content, line, found)
    if found.faults:
        return _page(visit, draft, visit.form, found.faults)
    kept = {"days": found.days, "kept": tuple(found.kept), "confirmed": tuple(found.confirmed)}
    change(visit, draft, kept)
    return visit.go(f"{HERE}/{draft.id}/preview")


def _decide(visit: Visit, content: Content, line: DateLine, found: Decided) -> None:
    """One line of the form."""
    where, form = line.where, visit.form
    choice, typed = form.get(f"decide-{where}", ""), form.get(f"day-{where}", "").strip()
    if form.get(f"confirm-{where}") and line.inferred:
        found.confirmed.append(where.partition(".")[2])
    if line.landing is not None and choice in (ROLL, KEEP) and typed:
        message = N_("%(title)s: choose the day that is written, or take it away.")
        found.faults[f"day-{where}"] = visit.say(message, title=line.title)
    elif line.landing is not None and choice == ROLL:
        found.days[where] = line.landing.proposal
    elif line.landing is not None and choice == KEEP:
        found.kept.append(where)
    elif typed or choice == OTHER or line.kind is DateKind.WANTED:
        _set_day(visit, content, line, typed, found)
    elif line.landing is not None:
        found.faults[f"decide-{where}"] = visit.say(N_("%(title)s: decide what is to happen."), title=line.title)


def _set_day(visit: Visit, content: Content, line: DateLine, typed: str, found: Decided) -> None:
    field_name = f"day-{line.where}"
    try:
        day = DAY.validate_python(typed)
    except ValidationError:
        message = N_("%(title)s: write the day with year, month and day, for instance 2027-05-14.")
        found.faults[field_name] = visit.say(message, title=line.title)
        return
    if content.begins and day < content.begins:
        message = N_("%(title)s: the day comes before the process begins.")
        found.faults[field_name] = visit.say(message, title=line.title)
        return
    found.days[line.where] = day
    found.kept.append(line.where)  # chosen by hand: whether anybody works on it or not
