"""Record an answer that came on paper, by telephone or by mail: the participant's own form, and how it came."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from engine.accounts.permissions import may_coordinate
from engine.commands.answer import BadAnswer, NoLongerOpen
from engine.commands.coordinate import any_phase
from engine.commands.on_behalf import CURRENT, answer_for
from engine.desk.reminding import waited_for, waiting_count
from models.assignment import Assignment, Link
from models.cycle import Person
from notifications.i18n import N_
from portal.answer_page import read_first
from portal.asked import Asked, Standing, load_asked
from portal.desk.acting import (
    OVERTAKEN,
    Act,
    Field,
    Option,
    attempt,
    cycle_address,
    listed,
    show_act,
    without_back,
)
from portal.desk.how_it_came import MEANS, OWN, came_by, coming_faults, givers, how_fields, received_at
from portal.desk.paging import PAGE, asked_page, page_of, wanted_in
from portal.desk.words import DeskWords
from portal.drafting import REMOVE, files_to_bind, keep_draft, places
from portal.fields import anchor, fault_words, filled_form, shown_form, summed_up
from portal.files import about
from portal.form import Typed, lines_of, read_reply, reasoned
from portal.pages import NOT_FOUND, UNPROCESSABLE
from portal.uploads import Posted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.responses import Response

    from engine.commands.answer import Reply
    from portal.desk.routes import DeskRoutes
    from portal.desk.visit import Visit
    from portal.form import Fault
    from portal.services import PortalServices

TITLE = N_("Record an answer")


def add_routes(routes: DeskRoutes) -> None:
    """`/desk/{slug}/answer`."""
    routes.page("/desk/{slug}/answer", show, may=may_coordinate)
    routes.act("/desk/{slug}/answer", choose, may=may_coordinate)
    routes.act("/desk/{slug}/answer/review", review, may=may_coordinate, files=True)
    routes.act("/desk/{slug}/answer/confirm", record, may=may_coordinate)


def show(visit: Visit) -> Response:
    """Who is asked something; with `?assignment=`, that one's form."""
    chosen = visit.asked("assignment")
    if not chosen:
        return show_act(visit, _choice(visit))
    asked = _asked(visit, chosen)
    return _form(visit, asked, Typed.first(asked))


def _choice(visit: Visit) -> Act:
    say, words = visit.say, DeskWords(visit.say, visit.here)
    wanted = wanted_in(visit)
    waiting = waiting_count(visit.register, visit.here, wanted)
    pages = page_of(waiting, cycle_address(visit, "answer"), asked_page(visit), wanted=wanted)
    options = tuple(
        Option(
            one.assignment.id, f"{one.body.name}: {one.person.name or one.person.address}",
            group=f"{one.phase.title}: {words.asks(one.step)}",
        )
        for one in waited_for(visit.register, visit.here, pages.first, PAGE, wanted)
    )  # fmt: skip
    return Act(
        title=say(TITLE), address=cycle_address(visit, "answer"), back=cycle_address(visit),
        lead=say(N_("For somebody who answered in another way: on paper, by telephone, by mail.")),
        fields=(Field("assignment", say(N_("Whose answer")), "choice", options=options),) if options else (),
        button=say(N_("Go on")), empty=say(N_("No question waits for an answer.")),
        hidden=pages.place, pages=pages,
    )  # fmt: skip


def choose(visit: Visit) -> Response:
    """On to the form of the one who was chosen."""
    chosen = visit.form.get("assignment", "")
    if not chosen:
        return show_act(visit, _choice(visit), {"assignment": visit.say(N_("Choose somebody."))})
    asked = _asked(visit, chosen)
    return _form(visit, asked, Typed.first(asked))


def _asked(visit: Visit, assignment_id: str) -> Asked:
    """The question as whoever records the answer sees it: her language, and a draft of her own.

    Raises:
        HTTPException: 404, when nobody in this cycle is asked that.
    """
    keeper = any_phase(visit.register, visit.here.id, visit.now).coordinator[0].person
    with visit.register.read() as session:
        assignment = session.get(Assignment, assignment_id)
        if assignment is None or assignment.cycle_id != visit.here.id or assignment.status not in CURRENT:
            raise HTTPException(NOT_FOUND)
        link = Link(
            id=assignment_id, cycle_id=visit.here.id, assignment_id=assignment_id, person_id=keeper.id, token_sha256=""
        )
        asked = load_asked(session, link, visit.now, read=visit.register.read)
    reads = {**keeper.model_dump(), "language": visit.account.language}
    return replace(asked, person=Person(**reads))


def _services(visit: Visit) -> PortalServices:
    services: PortalServices = visit.request.app.state.services
    return services


def _form(
    visit: Visit, asked: Asked, typed: Typed, faults: Sequence[Fault] = (), own: Mapping[str, str] | None = None,
    refused: Sequence[str] = (),
) -> Response:  # fmt: skip
    if asked.standing is not Standing.OPEN:
        visit.tell(visit.say(N_("The question takes no answer any more, or the process is on hold.")), good=False)
        return visit.go(DeskWords(visit.say, visit.here).question_address(asked.step))
    own = without_back(own or {})
    return visit.page(
        "desk/act_answer.html", status=UNPROCESSABLE if faults or own or refused else 200, asked=asked, typed=typed,
        faults={**{anchor(asked, fault): fault_words(asked, fault) for fault in faults}, **own}, refused=refused,
        summary=[
            *own.items(), *((anchor(asked, fault), summed_up(asked, fault)) for fault in faults),
            *(("files", why) for why in refused),
        ],
        sections=shown_form(asked, typed.fields, faults), reasoned=reasoned(asked), places=places(asked), saved="",
        how=how_fields(visit, asked), seat=DeskWords(visit.say).seat(str(asked.membership.seat)),
        read_first=read_first(asked), save_link=None,
        files=[(file.name, about(file, visit.say), file.sha256) for file in asked.papers.files],
    )  # fmt: skip


def review(visit: Visit) -> Response:
    """Keep what was typed and attached, and show what will be recorded."""
    asked = _asked(visit, visit.form.get("assignment", ""))
    posted = Posted({name: text for name, text in visit.form.items() if name not in OWN}, visit.files)
    typed = Typed.from_form(posted.fields)
    if asked.standing is not Standing.OPEN:
        return _form(visit, asked, typed)
    refused = keep_draft(_services(visit), asked, posted, typed)
    asked = _asked(visit, asked.assignment.id)
    if visit.form.get("do", "").startswith(REMOVE):
        return _form(visit, asked, typed)
    own = coming_faults(visit, asked)
    reply, faults = read_reply(asked, typed)
    if reply is None or own or refused:
        return _form(visit, asked, typed, faults, own, refused)
    return _review(visit, asked, typed, reply)


def _review(visit: Visit, asked: Asked, typed: Typed, reply: Reply) -> Response:
    say, form = visit.say, visit.form
    received = received_at(visit, asked, form["received_on"])
    called = {option.value: option.words for option in givers(visit, asked)}
    late = asked.step.due_before is not None and received is not None and received >= asked.step.due_before
    return visit.review(
        title=say(TITLE), act=cycle_address(visit, "answer/confirm"), button=say(N_("Record the answer")),
        back=f"{cycle_address(visit, 'answer')}?assignment={asked.assignment.id}",
        facts=[
            (say(N_("Question")), say.question(asked.step.question, visit.here)[0]),
            (say(N_("On whose behalf")), _behalf(visit, asked)),
            *_content(visit, asked, typed, reply),
            (say(N_("Who gave it")), called[form["given_by"]]), (say(N_("How it came")), say(MEANS[form["means"]])),
            (say(N_("When it came")), say.plain_day(date.fromisoformat(form["received_on"]))),
            (say(N_("Recorded by")), visit.account.called), (say(N_("Reason")), form["reason"]),
        ],
        content={
            "typed": typed.to_json(), "files": [file.sha256 for file in reply.files],
            "nonce": f"on-behalf-{secrets.token_urlsafe(18)}", **{name: form.get(name, "") for name in OWN},
        },
        warning=say(N_("It came after the last day, and is marked as late.")) if late or asked.taken_late else "",
    )  # fmt: skip


def _behalf(visit: Visit, asked: Asked) -> str:
    """Body, seat and person."""
    asked_first = givers(visit, asked)[0]
    return f"{asked.body.name}: {DeskWords(visit.say).seat(str(asked.membership.seat))}, {asked_first.words}"


def _content(visit: Visit, asked: Asked, typed: Typed, reply: Reply) -> list[tuple[str, str]]:
    """The answer itself, in words."""
    say = visit.say
    facts = [(say(N_("Answer")), say.position(reply.position))]
    filled = [
        (f"{section.title.text}: {one.label.text}", one.words.text)
        for section in filled_form(asked, reply.content) for one in section.fields
    ]  # fmt: skip
    plain = (
        (N_("Decided on"), say.plain_day(reply.decided_on) if reply.decided_on else ""),
        (N_("Text"), str(reply.content.get("text", "")) if asked.form is None else ""),
        (N_("Names"), "\n".join(lines_of(typed.items))), (N_("Reason or comment"), reply.comment),
        (N_("Files"), listed([file.name for file in reply.files])),
    )  # fmt: skip
    return [*facts, *filled, *((say(label), words) for label, words in plain if words)]


def record(visit: Visit) -> Response:
    """Record what was looked over; pressed twice, once. The participant gets a receipt."""
    content = visit.reviewed()
    asked = _asked(visit, content["assignment"])
    done = DeskWords(visit.say, visit.here).question_address(asked.step)
    typed = Typed.from_json(content["typed"])
    files = files_to_bind(_services(visit), asked)
    if any(given.nonce == content["nonce"] for given in asked.answers):
        return visit.go(done)
    reply, _ = read_reply(asked, typed, files)
    if reply is None or [file.sha256 for file in files] != content["files"]:
        visit.tell(visit.say(OVERTAKEN), good=False)
        return visit.go(f"{cycle_address(visit, 'answer')}?assignment={asked.assignment.id}")

    def work() -> str:
        answer_for(
            visit.register, visit.here.id, came_by(visit, asked, content), reply, reason=content["reason"],
            now=visit.now, actor=visit.actor,
        )  # fmt: skip
        return visit.say(N_("The answer is recorded, and the participant gets a receipt."))

    try:
        return attempt(visit, work, done=done)
    except (NoLongerOpen, BadAnswer):
        visit.tell(visit.say(OVERTAKEN), good=False)
        return visit.go(done)
