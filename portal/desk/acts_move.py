"""Move a milestone: what follows from it is shown first."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from config.dates import YEARS, parse_window
from engine.accounts.permissions import may_coordinate
from engine.commands.coordinate import CannotDo, Said
from engine.commands.propose import do_or_propose
from engine.desk.moving import preview
from models.proposal import Act as Proposed
from notifications.i18n import N_
from portal.desk.acting import OVERTAKEN, Act, Field, attempt, cycle_address, reason_faults, reason_field, show_act
from portal.desk.acts_dates import milestone_facts, milestone_here
from portal.desk.moving_words import MoveWords

if TYPE_CHECKING:
    from starlette.responses import Response

    from models.phase import Milestone
    from portal.desk.routes import DeskRoutes
    from portal.desk.visit import Visit

TITLE = N_("Move a milestone")
VAGUE = N_("2027-04 for April, 2027-Q1 for a quarter, ../2027-08-15 for “no later than”. It goes before the day.")
MOVED = N_("The milestone has been moved, and those who are concerned are told.")
NO_DAY = N_("Write the new day with year, month and day, for instance 2027-09-15.")
NO_DATE = N_("This is no date. Write a day (2027-09-15), a month (2027-04), a quarter (2027-Q1) or ../2027-08-15.")
SAME = N_("It has this day already. Write another one.")
PROPOSED = N_("It has been proposed. Another account has to confirm it before anything happens.")


def add_routes(routes: DeskRoutes) -> None:
    """`/desk/{slug}/move`."""
    routes.page("/desk/{slug}/move", show, may=may_coordinate)
    routes.act("/desk/{slug}/move", review, may=may_coordinate)
    routes.act("/desk/{slug}/move/confirm", move, may=may_coordinate)


def show(visit: Visit) -> Response:
    """The promise, and where its new day is written."""
    return show_act(visit, _act(visit, milestone_here(visit, visit.asked("milestone"))))


def _act(visit: Visit, milestone: Milestone) -> Act:
    say = visit.say
    fields = (
        Field("day", say(N_("New day")), "day", value=milestone.due_on.isoformat() if milestone.due_on else ""),
        Field(
            "edtf", say(N_("Or a less exact date")), optional=True,
            hint=say(VAGUE),
        ),
        Field(
            "words", say(N_("The promise in words")), optional=True,
            hint=say(N_("As it is shown from now on. Left empty, the words of the plan stay.")),
        ),
        reason_field(visit),
    )  # fmt: skip
    return Act(
        title=say(TITLE), address=cycle_address(visit, "move"), back=cycle_address(visit, "dates"), fields=fields,
        facts=milestone_facts(visit, milestone), hidden={"milestone": milestone.key},
        button=say(N_("See what follows from it")),
    )  # fmt: skip


def review(visit: Visit) -> Response:
    """What else moves, who is told, what is in danger."""
    milestone = milestone_here(visit, visit.form.get("milestone", ""))
    to, said, faults = _read(visit, milestone)
    faults |= reason_faults(visit)
    if faults or to is None:
        return show_act(visit, _act(visit, milestone), faults)
    reason = visit.form["reason"]
    try:
        found = preview(visit.register, visit.here, milestone.key, to, reason=reason, now=visit.now, said=said)
    except CannotDo:
        visit.tell(visit.say(OVERTAKEN), good=False)
        return visit.go(cycle_address(visit, "dates"))
    if not found.dates and said is None:
        return show_act(visit, _act(visit, milestone), {"day": visit.say(SAME)})
    sealed = visit.seal(cycle_address(visit, "move/confirm"), _content(milestone, to, said, reason))
    return visit.page(
        "desk/act_move.html", milestone=milestone, move=found, to=to, worded=said, reason=reason, sealed=sealed,
        words=MoveWords(visit.say, visit.here, visit.register), second=visit.services.settings.second_person,
    )  # fmt: skip


def _content(milestone: Milestone, to: date, said: Said | None, reason: str) -> dict[str, Any]:
    return {
        "milestone": milestone.key, "was": milestone.due_on.isoformat() if milestone.due_on else None,
        "to": to.isoformat(), "edtf": said.edtf if said else None, "words": said.words if said else None,
        "earliest": said.earliest.isoformat() if said and said.earliest else None, "reason": reason,
    }  # fmt: skip


def _read(visit: Visit, milestone: Milestone) -> tuple[date | None, Said | None, dict[str, str]]:
    """The new day, and the new words if there are some, or what is wrong with them."""
    form, words = visit.form, visit.form.get("words") or milestone.words
    if form.get("edtf"):
        try:
            window = parse_window(form["edtf"])
        except ValueError:
            return None, None, {"edtf": visit.say(NO_DATE)}
        if window.latest is None:
            return None, None, {"edtf": visit.say(NO_DATE)}
        return window.latest, Said(form["edtf"], words, window.earliest), {}
    try:
        day = date.fromisoformat(form.get("day", ""))
    except ValueError:
        return None, None, {"day": visit.say(NO_DAY)}
    if day.year not in YEARS:
        return None, None, {"day": visit.say(NO_DAY)}
    said = Said(day.isoformat(), words, None) if form.get("words") else None
    return day, said, {}


def move(visit: Visit) -> Response:
    """Do exactly what was shown, or write it down for a second person."""
    content = visit.reviewed()
    reason = content.pop("reason")

    def work() -> str:
        waits = do_or_propose(
            visit.register, visit.here.id, Proposed.MOVE, content, second=visit.services.settings.second_person,
            reason=reason, now=visit.now, actor=visit.actor,
        )  # fmt: skip
        return visit.say(
            PROPOSED if waits else N_("The milestone has been moved, and those who are concerned are told.")
        )

    return attempt(visit, work, done=cycle_address(visit), back=cycle_address(visit, "dates"))
