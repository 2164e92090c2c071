"""The promises of a cycle: each can be moved, confirmed or given up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select
from starlette.exceptions import HTTPException

from engine.accounts.permissions import may_coordinate, may_read
from engine.commands.coordinate import confirm_date
from engine.commands.waive import waive
from models.phase import Milestone, MilestoneStatus
from notifications.i18n import N_
from portal.desk.acting import Act, attempt, cycle_address, reason_faults, reason_field, show_act
from portal.desk.words import DeskWords
from portal.pages import NOT_FOUND

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.desk.routes import DeskRoutes
    from portal.desk.visit import Visit

CONFIRM, WAIVE = N_("Confirm a date"), N_("Give a promise up")


def add_routes(routes: DeskRoutes) -> None:
    """`/desk/{slug}/dates`, `/confirm-date` and `/waive`."""
    routes.page("/desk/{slug}/dates", show, may=may_read)
    for part, ask, review, do in (
        ("confirm-date", ask_confirm, review_confirm, confirm), ("waive", ask_waive, review_waive, give_up)
    ):  # fmt: skip
        routes.page(f"/desk/{{slug}}/{part}", ask, may=may_coordinate)
        routes.act(f"/desk/{{slug}}/{part}", review, may=may_coordinate)
        routes.act(f"/desk/{{slug}}/{part}/confirm", do, may=may_coordinate)


def show(visit: Visit) -> Response:
    """Every promise with what can be done about it."""
    with visit.register.read() as session:
        mine = select(Milestone).where(col(Milestone.cycle_id) == visit.here.id)
        milestones = session.exec(mine.order_by(col(Milestone.ordinal))).all()
    return visit.page(
        "desk/act_dates.html",
        milestones=milestones,
        desk=DeskWords(visit.say, visit.here),
        can=visit.may(may_coordinate) and visit.here.ended_at is None,
    )


def milestone_here(visit: Visit, key: str) -> Milestone:
    """A promise that is still open.

    Raises:
        HTTPException: 404, when there is none of that key.
    """
    with visit.register.read() as session:
        found = session.get(Milestone, f"{visit.here.id}/:{key}")
    if found is None or found.met_on is not None or found.status is MilestoneStatus.WAIVED:
        raise HTTPException(NOT_FOUND)
    return found


def milestone_facts(visit: Visit, milestone: Milestone) -> tuple[tuple[str, str], ...]:
    """What a promise is called and when it falls due."""
    say = visit.say
    day = say.plain_day(milestone.due_on) if milestone.due_on else say(N_("follows from an event"))
    words = ((say(N_("In the plan")), f"”{milestone.words}”"),) if milestone.words else ()
    return (
        (say(N_("Milestone")), DeskWords(say, visit.here).milestone(milestone, visit.here)), (say(N_("Last day")), day),
        *words,
    )  # fmt: skip


def _plain(visit: Visit, part: str, title: str, lead: str, milestone: Milestone) -> Act:
    return Act(
        title=visit.say(title), lead=visit.say(lead), address=cycle_address(visit, part),
        back=cycle_address(visit, "dates"), facts=milestone_facts(visit, milestone), fields=(reason_field(visit),),
        hidden={"milestone": milestone.key},
    )  # fmt: skip


def _reviewed(visit: Visit, part: str, act: Act, milestone: Milestone, button: str) -> Response:
    if faults := reason_faults(visit):
        return show_act(visit, act, faults)
    reason = visit.form["reason"]
    day = milestone.due_on.isoformat() if milestone.due_on else None
    return visit.review(
        title=act.title, facts=[*act.facts, (visit.say(N_("Reason")), reason)], button=visit.say(button),
        act=cycle_address(visit, f"{part}/confirm"), back=cycle_address(visit, "dates"),
        content={"milestone": milestone.key, "reason": reason, "was": day}, warning=act.lead,
    )  # fmt: skip


def _confirm_act(visit: Visit, milestone: Milestone) -> Act:
    lead = N_("The date was worked out from the words. Confirmed, it is a promise like any other.")
    return _plain(visit, "confirm-date", CONFIRM, lead, milestone)


def ask_confirm(visit: Visit) -> Response:
    """A date that was worked out."""
    return show_act(visit, _confirm_act(visit, milestone_here(visit, visit.asked("milestone"))))


def review_confirm(visit: Visit) -> Response:
    """What confirming it means."""
    milestone = milestone_here(visit, visit.form.get("milestone", ""))
    return _reviewed(visit, "confirm-date", _confirm_act(visit, milestone), milestone, N_("Confirm the date"))


def confirm(visit: Visit) -> Response:
    """Confirm it, if it is still the day that was shown."""
    content = visit.reviewed()

    def work() -> str:
        seen_as_it_was(visit, content)
        confirm_date(
            visit.register, visit.here.id, content["milestone"], reason=content["reason"], now=visit.now,
            actor=visit.actor,
        )  # fmt: skip
        return visit.say(N_("The date is confirmed."))

    return attempt(visit, work, done=cycle_address(visit, "dates"))


def seen_as_it_was(visit: Visit, content: dict[str, str]) -> None:
    """See that a promise has the day that was shown.

    Raises:
        ChangedMeanwhile: somebody has moved it.
    """
    from engine.commands.coordinate import ChangedMeanwhile

    with visit.register.read() as session:
        found = session.get(Milestone, f"{visit.here.id}/:{content['milestone']}")
    due = found.due_on.isoformat() if found and found.due_on else None
    if due != content["was"]:
        raise ChangedMeanwhile("it has another day by now")


def _waive_act(visit: Visit, milestone: Milestone) -> Act:
    lead = N_(
        "Nobody waits for its day any more, and it does not count as missed. It cannot be taken up again. Questions "
        "that are open keep their last day."
    )
    return _plain(visit, "waive", WAIVE, lead, milestone)


def ask_waive(visit: Visit) -> Response:
    """A promise that nothing will come of."""
    return show_act(visit, _waive_act(visit, milestone_here(visit, visit.asked("milestone"))))


def review_waive(visit: Visit) -> Response:
    """What giving it up means."""
    milestone = milestone_here(visit, visit.form.get("milestone", ""))
    return _reviewed(visit, "waive", _waive_act(visit, milestone), milestone, N_("Give it up"))


def give_up(visit: Visit) -> Response:
    """Give it up."""
    content = visit.reviewed()

    def work() -> str:
        seen_as_it_was(visit, content)
        waive(
            visit.register, visit.here.id, content["milestone"], reason=content["reason"], now=visit.now,
            actor=visit.actor,
        )  # fmt: skip
        return visit.say(N_("The promise has been given up."))

    return attempt(visit, work, done=cycle_address(visit, "dates"))
