"""What waits for a second person: confirmed by somebody else than who proposed it, turned down, or taken back."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from engine.accounts.permissions import may_coordinate, may_read
from engine.commands.propose import confirm_proposal, drop_proposal
from models.account import ACTOR, Account
from models.phase import Milestone, Step
from models.proposal import Proposal
from notifications.i18n import N_
from portal.desk.acting import attempt, cycle_address, reason_faults
from portal.desk.words import ACTS, DeskWords
from portal.pages import NOT_FOUND, UNPROCESSABLE

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.desk.routes import DeskRoutes
    from portal.desk.visit import Visit


def add_routes(routes: DeskRoutes) -> None:
    """`/desk/{slug}/proposal?number=1`."""
    routes.page("/desk/{slug}/proposal", show, may=may_read)
    routes.act("/desk/{slug}/proposal/confirm", confirm, may=may_coordinate)
    routes.act("/desk/{slug}/proposal/drop", drop, may=may_coordinate)


def show(visit: Visit) -> Response:
    """What was proposed, by whom and why."""
    return _page(visit, _proposal(visit, visit.asked("number")))


def _page(visit: Visit, proposal: Proposal, faults: dict[str, str] | None = None) -> Response:
    with visit.register.read() as session:
        account = session.get(Account, proposal.proposed_by.removeprefix(ACTOR))
    return visit.page(
        "desk/act_proposal.html", status=UNPROCESSABLE if faults else 200, proposal=proposal, faults=faults or {},
        facts=proposal_facts(visit, proposal), title=visit.say(ACTS[proposal.act]), typed=visit.form,
        by=account.called if account else proposal.proposed_by, own=proposal.proposed_by == visit.actor,
        desk=DeskWords(visit.say, visit.here), can=visit.may(may_coordinate),
    )  # fmt: skip


def proposal_facts(visit: Visit, proposal: Proposal) -> list[tuple[str, str]]:
    """What it is about."""
    say, words, content = visit.say, DeskWords(visit.say, visit.here), proposal.content
    with visit.register.read() as session:
        milestone = session.get(Milestone, f"{visit.here.id}/:{content.get('milestone')}")
        step = session.get(Step, f"{visit.here.id}/{content.get('question')}")
    if milestone is not None:
        was = say.plain_day(date.fromisoformat(content["was"])) if content["was"] else "–"
        return [
            (say(N_("Milestone")), words.milestone(milestone, visit.here)), (say(N_("From")), was),
            (say(N_("To")), say.plain_day(date.fromisoformat(content["to"]))),
        ]  # fmt: skip
    return [(say(N_("Question")), words.asks(step))] if step else [(say(N_("Process")), visit.here.title)]


def _proposal(visit: Visit, number: str) -> Proposal:
    with visit.register.read() as session:
        found = session.get(Proposal, f"{visit.here.id}/?{number}")
    if found is None or found.settled_at is not None:
        raise HTTPException(NOT_FOUND)
    return found


def confirm(visit: Visit) -> Response:
    """Do what somebody else has proposed."""
    proposal = _proposal(visit, visit.form.get("number", ""))

    def work() -> str:
        confirm_proposal(visit.register, visit.here.id, proposal.number, now=visit.now, actor=visit.actor)
        return visit.say(N_("Confirmed, and done."))

    if proposal.proposed_by == visit.actor:  # the command refuses it as well; here it is told
        visit.tell(visit.say(N_("You proposed it yourself. Another account must confirm it.")), good=False)
        return visit.go(f"{cycle_address(visit, 'proposal')}?number={proposal.number}")
    return attempt(visit, work, done=cycle_address(visit))


def drop(visit: Visit) -> Response:
    """Turn it down, or take it back."""
    proposal = _proposal(visit, visit.form.get("number", ""))
    if faults := reason_faults(visit):
        return _page(visit, proposal, faults)

    def work() -> str:
        drop_proposal(
            visit.register, visit.here.id, proposal.number, reason=visit.form["reason"], now=visit.now,
            actor=visit.actor,
        )  # fmt: skip
        return visit.say(N_("The proposal is gone. Nothing was done."))

    return attempt(visit, work, done=cycle_address(visit))
