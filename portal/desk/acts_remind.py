"""Remind those who have not answered: all of them, or some."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.accounts.permissions import may_coordinate
from engine.commands.remind import Hindrance, remind_silent
from engine.desk.reminding import silences
from models.finding import has
from notifications.i18n import N_
from portal.desk.acting import Act, Field, Option, attempt, cycle_address, listed, reason_faults, reason_field, show_act
from portal.desk.paging import PAGE, asked_page, page_of, wanted_in
from portal.desk.words import DeskWords

if TYPE_CHECKING:
    from starlette.responses import Response

    from engine.desk.reminding import Silence, Silent
    from portal.desk.routes import DeskRoutes
    from portal.desk.visit import Visit

TITLE = N_("Remind")
ALL = N_("Choose nobody to remind all %(count)s who can be reminded.")
ONE = N_("Choose nobody to remind the one who can be reminded.")
GONE = N_("Whom you chose cannot be reminded any more. Choose again.")
WHY = N_("Why you remind them. It is kept in the record and is not sent.")
WHY_NOT = {
    Hindrance.TODAY: N_("has been reminded today"),
    Hindrance.NO_LINK: N_("has no link that works; replace the person first"),
    Hindrance.TOO_EARLY: N_("an answer makes no sense yet"),
    Hindrance.OFF: N_("has turned reminders off"),
    Hindrance.NOT_ASKED: N_("has not been asked yet: the mail is still to go"),
}


def add_routes(routes: DeskRoutes) -> None:
    """`/desk/{slug}/remind`."""
    routes.page("/desk/{slug}/remind", show, may=may_coordinate)
    routes.act("/desk/{slug}/remind", review, may=may_coordinate)
    routes.act("/desk/{slug}/remind/confirm", remind, may=may_coordinate)


def show(visit: Visit) -> Response:
    """Everybody who has not answered, by question; `?question=PHASE/STEP` shows one."""
    return show_act(visit, _act(visit, _wanted(visit, visit.asked("question"))))


def _wanted(visit: Visit, question: str) -> list[Silence]:
    return silences(visit.register, visit.here, visit.now, question)


def _act(visit: Visit, found: list[Silence]) -> Act:
    say, words = visit.say, DeskWords(visit.say, visit.here)
    question = visit.form.get("question", visit.asked("question"))
    wanted = wanted_in(visit)
    looked_for = [(one, silent) for one in found for silent in one.silent if has(wanted, *_names(silent))]
    can = sum(silent.hindrance is None for _, silent in looked_for)
    pages = page_of(
        len(looked_for), cycle_address(visit, "remind"), asked_page(visit), kept={"question": question}, wanted=wanted
    )
    shown = looked_for[pages.first : pages.first + PAGE]
    options = [_option(visit, words, one, silent) for one, silent in shown]
    who = Field(
        "who", say(N_("Who is reminded")), "checks", options=tuple(options),
        hint=say(ALL if can > 1 else ONE, count=can),
    )  # fmt: skip
    return Act(
        title=say(TITLE), address=cycle_address(visit, "remind"), back=cycle_address(visit),
        lead=say(N_("Everybody here has not answered. Nobody is reminded twice on a day.")),
        fields=(who, reason_field(visit, WHY)) if can else (),
        facts=tuple((option.words, option.why_not) for option in options) if not can else (),
        hidden={"question": question, **pages.place}, pages=pages,
        empty=say(N_("There is nobody to remind just now.")),
    )  # fmt: skip


def _names(silent: Silent) -> tuple[str | None, ...]:
    return silent.body.name, silent.person.name, silent.person.address


def _option(visit: Visit, words: DeskWords, one: Silence, silent: Silent) -> Option:
    called = silent.person.name or silent.person.address
    why = visit.say(WHY_NOT[silent.hindrance]) if silent.hindrance else ""
    group = f"{one.phase.title}: {words.asks(one.step)}"
    return Option(silent.assignment.id, f"{silent.body.name}: {called}", why, group)


def review(visit: Visit) -> Response:
    """Who gets it."""
    found, wanted = _wanted(visit, visit.form.get("question", "")), wanted_in(visit)
    can = [
        silent for one in found for silent in one.silent if silent.hindrance is None and has(wanted, *_names(silent))
    ]
    chosen = [silent for silent in can if f"who:{silent.assignment.id}" in visit.form]
    gone = not chosen and any(name.startswith("who:") for name in visit.form)
    faults = {**({"who": visit.say(GONE)} if gone else {}), **reason_faults(visit)}
    if faults or not can:
        return show_act(visit, _act(visit, found), faults)
    told = chosen or can
    say = visit.say
    names = [f"{one.body.name}: {one.person.name or one.person.address}" for one in told]
    return visit.review(
        title=say(TITLE), act=cycle_address(visit, "remind/confirm"), back=cycle_address(visit, "remind"),
        facts=[
            (say(N_("How many")), str(len(told))), (say(N_("Who")), listed(names)),
            (say(N_("Reason")), visit.form["reason"]),
        ],
        content={"only": [one.assignment.id for one in told], "reason": visit.form["reason"]},
        button=say(N_("Send the reminders")),
    )  # fmt: skip


def remind(visit: Visit) -> Response:
    """Owe the reminders to those who were shown, except who has answered or was reminded meanwhile."""
    content = visit.reviewed()

    def work() -> str:
        done = remind_silent(
            visit.register, visit.here.id, None, reason=content["reason"], now=visit.now, actor=visit.actor,
            only=frozenset(content["only"]),
        )  # fmt: skip
        return visit.say(
            N_("Reminded: %(count)s of %(of)s. The others have answered or been reminded meanwhile.")
            if sum(done.values()) < len(content["only"]) else N_("Reminded: %(count)s."),
            count=sum(done.values()), of=len(content["only"]),
        )  # fmt: skip

    return attempt(visit, work, done=cycle_address(visit))
