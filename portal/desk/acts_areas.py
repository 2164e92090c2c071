"""Fill in the bodies of a group, before the group is asked anything: the areas of reference groups, above all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from engine.accounts.permissions import may_coordinate
from engine.commands.coordinate import ChangedMeanwhile, set_areas
from models.assignment import Assignment
from models.cycle import Body
from notifications.i18n import N_
from portal.desk.acting import (
    Act,
    Field,
    Option,
    attempt,
    cycle_address,
    listed,
    reason_faults,
    reason_field,
    show_act,
)
from portal.form import lines_of
from tasks.phase import definition_of

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.desk.routes import DeskRoutes
    from portal.desk.visit import Visit

TITLE = N_("Areas of the groups")
HINT = N_("A name that stays keeps its people. For a new one the coordinator answers until somebody is named.")
MOST = 100


def add_routes(routes: DeskRoutes) -> None:
    """`/desk/{slug}/areas`."""
    routes.page("/desk/{slug}/areas", show, may=may_coordinate)
    routes.act("/desk/{slug}/areas", review, may=may_coordinate)
    routes.act("/desk/{slug}/areas/confirm", put, may=may_coordinate)


def open_groups(visit: Visit) -> dict[str, list[str]]:
    """The groups that a result may name the bodies of and that have been asked nothing, with their bodies' names."""
    definition = definition_of(visit.here.definition)
    outcomes = (getattr(phase, "outcome", None) for phase in definition.phases.values())
    named = {group for outcome in outcomes if (group := getattr(outcome, "areas", None))}
    with visit.register.read() as session:
        asked = select(Assignment.body_id).where(col(Assignment.cycle_id) == visit.here.id)
        touched = set(session.exec(asked))
        mine = select(Body).where(col(Body.cycle_id) == visit.here.id).order_by(col(Body.ordinal))
        bodies = [body for body in session.exec(mine) if body.group in named]
    closed = {body.group for body in bodies if body.id in touched}
    groups: dict[str, list[str]] = {body.group: [] for body in bodies if body.group not in closed}
    for body in bodies:
        if body.group in groups and not body.withdrawn:
            groups[body.group].append(body.name)
    return groups


def show(visit: Visit) -> Response:
    """The names, one on a line."""
    return show_act(visit, _act(visit, open_groups(visit)))


def _act(visit: Visit, groups: dict[str, list[str]]) -> Act:
    say = visit.say
    wanted = visit.form.get("group") or visit.asked("group") or next(iter(groups), "")
    options = tuple(Option(group, f"{group}: {', '.join(names)}") for group, names in groups.items())
    names = Field(
        "names", say(N_("Names, one on each line")), "area", rows=8, value="\n".join(groups.get(wanted, [])),
        hint=say(HINT),
    )  # fmt: skip
    group = (Field("group", say(N_("Group")), "choice", options=options, value=wanted),) if len(groups) > 1 else ()
    return Act(
        title=say(TITLE), address=cycle_address(visit, "areas"), back=cycle_address(visit),
        fields=(*group, names, reason_field(visit)) if groups else (),
        hidden={"group": wanted} if len(groups) == 1 else None,
        empty=say(N_("No group can be changed: none has areas, or they have been asked something already.")),
    )  # fmt: skip


def review(visit: Visit) -> Response:
    """The names before and after."""
    groups, say = open_groups(visit), visit.say
    group, names = visit.form.get("group", ""), lines_of(visit.form.get("names", ""))
    folded = [name.casefold() for name in names]
    faults = {}
    if not names:
        faults["names"] = say(N_("Write at least one name, one on each line."))
    elif len(set(folded)) < len(folded) or len(names) > MOST:
        faults["names"] = say(N_("Write each name once, and at most %(most)s of them."), most=MOST)
    faults |= reason_faults(visit)
    if faults or group not in groups:
        return show_act(visit, _act(visit, groups), faults)
    reason = visit.form["reason"]
    return visit.review(
        title=say(TITLE), act=cycle_address(visit, "areas/confirm"), back=cycle_address(visit, "areas"),
        facts=[
            (say(N_("Until now")), listed(groups[group])), (say(N_("From now on")), listed(names)),
            (say(N_("Reason")), reason),
        ],
        content={"group": group, "was": groups[group], "names": names, "reason": reason}, button=say(N_("Save")),
    )  # fmt: skip


def put(visit: Visit) -> Response:
    """Make them the group's bodies, if they are still those that were shown."""
    content = visit.reviewed()

    def work() -> str:
        if open_groups(visit).get(content["group"]) != content["was"]:
            raise ChangedMeanwhile("the group has other bodies by now")
        set_areas(
            visit.register, visit.here.id, content["group"], content["names"], reason=content["reason"], now=visit.now,
            actor=visit.actor,
        )  # fmt: skip
        return visit.say(N_("The groups are set."))

    return attempt(visit, work, done=cycle_address(visit), back=cycle_address(visit, "areas"))
