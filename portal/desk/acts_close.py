"""Close a question before everybody has answered, put the cycle on hold, let it go on, or end it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from engine.accounts.permissions import may_coordinate
from engine.commands.hold import hold, release
from engine.commands.propose import do_or_propose
from engine.desk.reminding import open_questions, silences
from models.cycle import CycleStatus
from models.meeting import Meeting, MeetingStatus
from models.phase import Step
from models.proposal import Act as Proposed
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
from portal.desk.acts_move import PROPOSED
from portal.desk.words import DeskWords

if TYPE_CHECKING:
    from starlette.responses import Response

    from engine.desk.reminding import Question
    from portal.desk.routes import DeskRoutes
    from portal.desk.visit import Visit

CLOSE, HOLD, RELEASE, CANCEL = (
    N_("Close a question early"), N_("Put on hold"), N_("Let it go on"), N_("Cancel the process"),
)  # fmt: skip


def add_routes(routes: DeskRoutes) -> None:
    """`/desk/{slug}/close`, `/hold` and `/cancel`."""
    for part, show, review, do in (
        ("close", show_close, review_close, close), ("hold", show_hold, review_hold, turn),
        ("cancel", show_cancel, review_cancel, cancel),
    ):  # fmt: skip
        routes.page(f"/desk/{{slug}}/{part}", show, may=may_coordinate)
        routes.act(f"/desk/{{slug}}/{part}", review, may=may_coordinate)
        routes.act(f"/desk/{{slug}}/{part}/confirm", do, may=may_coordinate)


def show_close(visit: Visit) -> Response:
    """The open questions; `?question=PHASE/STEP` is chosen already."""
    return show_act(visit, _close_act(visit, _closable(visit)))


def _closable(visit: Visit) -> list[Question]:
    return [one for one in open_questions(visit.register, visit.here) if one.step.closing is None]


def _close_act(visit: Visit, found: list[Question]) -> Act:
    say, words = visit.say, DeskWords(visit.say, visit.here)
    options = tuple(
        Option(
            one.key,
            f"{one.phase.title}: {words.asks(one.step)} "
            f"({say(N_('%(answered)s of %(asked)s'), answered=one.step.answered, asked=one.step.asked)})",
        )
        for one in found
    )  # fmt: skip
    which = Field("question", say(N_("Question")), "choice", options=options, value=visit.asked("question"))
    return Act(
        title=say(CLOSE), address=cycle_address(visit, "close"), back=cycle_address(visit),
        lead=say(N_("Who has not answered by then is recorded as silent. Silence is no answer.")),
        fields=(which, reason_field(visit)) if options else (), empty=say(N_("No question waits for an answer.")),
    )  # fmt: skip


def review_close(visit: Visit) -> Response:
    """Whose answers would be missing."""
    found, say = _closable(visit), visit.say
    chosen = next((one for one in found if one.key == visit.form.get("question")), None)
    faults = {} if chosen else {"question": say(N_("Choose a question."))}
    faults |= reason_faults(visit)
    if chosen is None or faults:
        return show_act(visit, _close_act(visit, found), faults)
    silent = [
        f"{one.body.name}: {one.person.name or one.person.address}"
        for silence in silences(visit.register, visit.here, visit.now, chosen.key) for one in silence.silent
    ]  # fmt: skip
    reason = visit.form["reason"]
    return visit.review(
        title=say(CLOSE), act=cycle_address(visit, "close/confirm"), back=cycle_address(visit, "close"),
        facts=[
            (say(N_("Question")), f"{chosen.phase.title}: {DeskWords(say, visit.here).asks(chosen.step)}"),
            (say(N_("Not answered")), listed(silent)), (say(N_("Reason")), reason),
        ],
        content={"question": chosen.key, "reason": reason}, button=_button(visit, N_("Close the question")),
        warning=say(N_("It cannot be opened again.")),
    )  # fmt: skip


def _button(visit: Visit, plain: str) -> str:
    return visit.say(N_("Propose it") if visit.services.settings.second_person else plain)


def close(visit: Visit) -> Response:
    """Close it, or write it down for a second person."""
    return _proposed(visit, Proposed.CLOSE, N_("The question is closed. What comes of it shows in a moment."))


def _proposed(visit: Visit, act: Proposed, done: str) -> Response:
    content: dict[str, Any] = visit.reviewed()
    reason = content.pop("reason")

    def work() -> str:
        waits = do_or_propose(
            visit.register, visit.here.id, act, content, second=visit.services.settings.second_person, reason=reason,
            now=visit.now, actor=visit.actor,
        )  # fmt: skip
        return visit.say(PROPOSED if waits else done)

    return attempt(visit, work, done=cycle_address(visit))


def show_hold(visit: Visit) -> Response:
    """What being on hold means; or, of a cycle that is, what going on means."""
    return show_act(visit, _hold_act(visit))


def _held(visit: Visit) -> bool:
    return visit.here.status is CycleStatus.HELD


def _hold_act(visit: Visit) -> Act:
    say = visit.say
    lead = (
        N_("What fell due meanwhile is done at once: mails go out, and last days that have passed count as passed.")
        if _held(visit) else N_("Nothing is asked, sent or missed until it goes on. Dates stay as they are.")
    )  # fmt: skip
    passed = _passed(visit) if _held(visit) else []
    facts = ((say(N_("Last days that have passed meanwhile")), listed(passed)),) if passed else ()
    return Act(
        title=say(RELEASE if _held(visit) else HOLD), lead=say(lead), address=cycle_address(visit, "hold"),
        back=cycle_address(visit), fields=(reason_field(visit),), facts=facts,
        notes=(say(N_("Move those dates first, if people should have more time.")),) if passed else (),
        hidden={"was": str(visit.here.status)},
    )  # fmt: skip


def _passed(visit: Visit) -> list[str]:
    """The questions whose last day has gone by while nobody could answer."""
    words = DeskWords(visit.say, visit.here)
    query = select(Step).where(
        col(Step.cycle_id) == visit.here.id, col(Step.settled_at).is_(None), col(Step.missed_at).is_(None),
        col(Step.due_before) <= visit.now, col(Step.asked) > col(Step.answered),
    )  # fmt: skip
    with visit.register.read() as session:
        steps = session.exec(query.order_by(col(Step.due_before))).all()
    return [f"{words.asks(step)}: {words.last_day(step.due_before)}" for step in steps if step.due_before]


def review_hold(visit: Visit) -> Response:
    """Look it over."""
    act = _hold_act(visit)
    if faults := reason_faults(visit):
        return show_act(visit, act, faults)
    reason = visit.form["reason"]
    return visit.review(
        title=act.title, act=cycle_address(visit, "hold/confirm"), back=cycle_address(visit), button=act.title,
        facts=[*act.facts, (visit.say(N_("Reason")), reason)], warning=act.lead,
        content={"to": "running" if _held(visit) else "held", "reason": reason},
    )  # fmt: skip


def turn(visit: Visit) -> Response:
    """Hold it, or let it go on."""
    content = visit.reviewed()
    goes_on = content["to"] == "running"

    def work() -> str:
        do = release if goes_on else hold
        do(visit.register, visit.here.id, reason=content["reason"], now=visit.now, actor=visit.actor)
        return visit.say(N_("The process goes on.") if goes_on else N_("The process is on hold."))

    return attempt(visit, work, done=cycle_address(visit))


def show_cancel(visit: Visit) -> Response:
    """What ending it means."""
    return show_act(visit, _cancel_act(visit))


def _cancel_act(visit: Visit) -> Act:
    say = visit.say
    meetings = _called_off(visit)
    waiting = sum(one.silent for one in open_questions(visit.register, visit.here))
    return Act(
        title=say(CANCEL), address=cycle_address(visit, "cancel"), back=cycle_address(visit),
        lead=say(N_("It ends without an outcome. Nothing more is asked or sent; the record stays.")),
        facts=(
            (say(N_("Have not answered yet")), str(waiting)),
            (say(N_("Meetings that are called off")), listed(meetings) or say(N_("none"))),
        ),
        fields=(reason_field(visit),),
    )  # fmt: skip


def _called_off(visit: Visit) -> list[str]:
    with visit.register.read() as session:
        mine = select(Meeting).where(col(Meeting.cycle_id) == visit.here.id)
        planned = mine.where(col(Meeting.status).in_((MeetingStatus.PLANNED, MeetingStatus.SUMMONED)))
        found = session.exec(planned.order_by(col(Meeting.day))).all()
    return [visit.say.plain_day(meeting.day) for meeting in found if meeting.day]


def review_cancel(visit: Visit) -> Response:
    """Look it over."""
    act = _cancel_act(visit)
    if faults := reason_faults(visit):
        return show_act(visit, act, faults)
    reason = visit.form["reason"]
    return visit.review(
        title=act.title, act=cycle_address(visit, "cancel/confirm"), back=cycle_address(visit),
        facts=[(visit.say(N_("Process")), visit.here.title), *act.facts, (visit.say(N_("Reason")), reason)],
        content={"reason": reason}, button=_button(visit, CANCEL), warning=visit.say(N_("It cannot be undone.")),
    )  # fmt: skip


def cancel(visit: Visit) -> Response:
    """End it, or write it down for a second person."""
    return _proposed(visit, Proposed.CANCEL, N_("The process has been cancelled."))
