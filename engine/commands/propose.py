"""An act that two people must want: one proposes it, another one confirms it, and then it is done."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlmodel import col, func, select

from engine.commands.coordinate import (
    CannotDo,
    ChangedMeanwhile,
    Said,
    acting,
    any_phase,
    cancel_within,
    close_within,
    move_within,
)
from models.phase import Milestone, Step
from models.proposal import Act, Proposal

if TYPE_CHECKING:
    from datetime import datetime

    from models.change import Change
    from models.register import Register
    from tasks.phase import AnyPhase


class SamePerson(CannotDo):
    """Whoever proposed an act cannot confirm it as well."""


def do_or_propose(
    register: Register, cycle: str, act: Act, content: dict[str, Any], *,
    second: bool, reason: str, now: datetime, actor: str,
) -> Proposal | None:  # fmt: skip
    """Do an act, or write it down until a second person confirms it.

    Returns:
        The proposal; None where the act has been done.

    Raises:
        CannotDo: it cannot be done, or is proposed already, or no reason was given.
        ChangedMeanwhile: what was looked over is not so any more.
    """
    context = any_phase(register, cycle, now)
    with acting(register, cycle, now=now, actor=actor, reason=reason) as change:
        if not second:
            do_within(context, change, act, content, reason)
            return None
        check_within(change, act, content)
        return _propose(change, act, content, reason)


def _propose(change: Change, act: Act, content: dict[str, Any], reason: str) -> Proposal:
    mine = select(Proposal).where(col(Proposal.cycle_id) == change.cycle.id)
    waiting = change.session.exec(mine.where(col(Proposal.settled_at).is_(None), col(Proposal.act) == act)).all()
    if any(_about(one.content) == _about(content) for one in waiting):
        raise CannotDo("the same has been proposed already")
    number = change.session.exec(select(func.count()).select_from(mine.subquery())).one() + 1
    proposal = change.add(
        Proposal(
            id=f"{change.cycle.id}/?{number}", cycle_id=change.cycle.id, act=act, content=content, reason=reason,
            proposed_by=change.actor, proposed_at=change.at,
        )
    )  # fmt: skip
    change.record("act_proposed", _subject(change, act, content), act=str(act), number=number, reason=reason)
    return proposal


def confirm_proposal(register: Register, cycle: str, number: int, *, now: datetime, actor: str) -> Proposal:
    """Do what somebody else has proposed.

    Raises:
        SamePerson: the proposal is the actor's own.
        CannotDo: there is no such open proposal, or it cannot be done any more.
    """
    context = any_phase(register, cycle, now)
    with acting(register, cycle, now=now, actor=actor, reason="confirmed") as change:
        proposal = _open(change, number)
        if proposal.proposed_by == actor:
            raise SamePerson("another person must confirm it")
        _settle(change, proposal, done=True)
        do_within(context, change, proposal.act, proposal.content, proposal.reason)
        return proposal


def drop_proposal(register: Register, cycle: str, number: int, *, reason: str, now: datetime, actor: str) -> Proposal:
    """Turn a proposal down, or take one's own back.

    Raises:
        CannotDo: there is no such open proposal, or no reason was given.
    """
    with acting(register, cycle, now=now, actor=actor, reason=reason) as change:
        proposal = _open(change, number)
        _settle(change, proposal, done=False, reason=reason)
        return proposal


def _open(change: Change, number: int) -> Proposal:
    proposal = change.session.get(Proposal, f"{change.cycle.id}/?{number}")
    if proposal is None or proposal.settled_at is not None:
        raise CannotDo(f"there is no open proposal {number} in '{change.cycle.id}'")
    return proposal


def _settle(change: Change, proposal: Proposal, *, done: bool, **said: str) -> None:
    proposal.settled_at, proposal.settled_by, proposal.done = change.at, change.actor, done
    event = "proposal_confirmed" if done else "proposal_dropped"
    subject = _subject(change, proposal.act, proposal.content)
    change.record(event, subject, act=str(proposal.act), number=proposal.number, **said)


def do_within(context: AnyPhase, change: Change, act: Act, content: dict[str, Any], reason: str) -> None:
    """Do an act inside a change, if what was looked over is still so.

    Raises:
        CannotDo, ChangedMeanwhile: it is not done.
    """
    check_within(change, act, content)
    if act is Act.MOVE:
        said = Said(content["edtf"], content["words"], day_or_none(content["earliest"])) if content["edtf"] else None
        move_within(context, change, content["milestone"], date.fromisoformat(content["to"]), reason, said)
    elif act is Act.CLOSE:
        close_within(change, f"{change.cycle.id}/{content['question']}", reason)
    else:
        cancel_within(context, change, reason)


def check_within(change: Change, act: Act, content: dict[str, Any]) -> None:
    """See that nobody has done meanwhile what the act would do, or something that makes it another one.

    Raises:
        ChangedMeanwhile: somebody has.
    """
    if act is Act.MOVE:
        milestone = change.session.get(Milestone, f"{change.cycle.id}/:{content['milestone']}")
        was = milestone.due_on if milestone else None
        if milestone is None or was != day_or_none(content["was"]):
            raise ChangedMeanwhile("the milestone has another day by now")
    elif act is Act.CLOSE:
        step = change.session.get(Step, f"{change.cycle.id}/{content['question']}")
        if step is None or step.settled_at is not None or step.closing is not None:
            raise ChangedMeanwhile("the question has been closed by now")


def day_or_none(text: str | None) -> date | None:
    """A day as content holds it."""
    return date.fromisoformat(text) if text else None


def _about(content: dict[str, Any]) -> tuple[Any, Any]:
    return content.get("milestone"), content.get("question")


def _subject(change: Change, act: Act, content: dict[str, Any]) -> str:
    if act is Act.MOVE:
        return f"{change.cycle.id}/:{content['milestone']}"
    return f"{change.cycle.id}/{content['question']}" if act is Act.CLOSE else change.cycle.id
