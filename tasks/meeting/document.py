"""The minutes as a document, in the cycle's language: every item in order, with its paragraph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from config.base import in_language
from config.definition import Rules
from models.minutes import quorum
from models.rules.voting import RULESETS
from notifications.i18n import tongue
from notifications.minutes import (
    AGAIN,
    ATTENDANCE,
    ATTESTORS,
    BY_LOT,
    CARRIED_FROM,
    CASTING_VOTE,
    CLOSED,
    CLOSED_BALLOT,
    CONFLICT,
    DIFFERED,
    ELECTED,
    ELECTION_VOTES,
    INSTEAD,
    NOT_QUORATE,
    PRESIDED,
    RESERVED,
    SENT_ALONG,
    SENT_SEPARATELY,
    STATED,
    TITLE,
    VOTES,
    attended,
    outcome_words,
)
from tasks.meeting.rows import in_seats, seat_label

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from models.meeting import Meeting, MinutesItem
    from notifications.i18n import Tongue
    from tasks.phase import AnyPhase


def minutes_title(phase: AnyPhase, meeting: Meeting) -> str:
    """What the document is called."""
    say = tongue(str(phase.definition.language))
    return say(TITLE, body=phase.body_of(meeting.body_id).name, day=str(meeting.day))


def minutes_text(phase: AnyPhase, meeting: Meeting, items: Sequence[MinutesItem]) -> str:
    """The whole document."""
    say = tongue(str(phase.definition.language))
    parts = [_head(phase, meeting, say), *(_item(phase, meeting, item, say) for item in items)]
    closed = say(CLOSED, clock=meeting.closed or "")
    return "\n\n".join([*("\n".join(part) for part in parts), closed]) + "\n"


def _head(phase: AnyPhase, meeting: Meeting, say: Tongue) -> list[str]:
    clock = "–".join(part for part in (meeting.begins, meeting.closed) if part)
    where = ", ".join(part for part in (clock, meeting.place) if part)
    entitled = phase.voters(phase.body_of(meeting.body_id))
    lines = [minutes_title(phase, meeting), where, *([say(AGAIN)] if meeting.follows else [])]
    lines += [say(ATTENDANCE, people=_people(phase, meeting, meeting.present))]
    lines += _instead(phase, meeting, meeting.instead, say)
    needed = meeting.needed or quorum(Rules(), len(entitled))
    lines.append(attended(say, present=len(meeting.present), entitled=len(entitled), needed=needed))
    if len(meeting.present) < needed:
        lines.append(say(NOT_QUORATE))
    lines.append(say(ATTESTORS, people=_people(phase, meeting, meeting.attestors)))
    return [*lines, *_vote_of(phase, meeting, meeting.election, say)]


def _instead(phase: AnyPhase, meeting: Meeting, instead: Mapping[str, str], say: Tongue) -> list[str]:
    return [
        say(INSTEAD, substitute=_people(phase, meeting, [seat]), member=_people(phase, meeting, [member]))
        for seat, member in instead.items()
    ]


def _vote_of(phase: AnyPhase, meeting: Meeting, election: Mapping[str, Any], say: Tongue) -> Iterator[str]:
    """How an election went, where there was a vote."""
    votes = election.get("votes", {})
    if votes:
        figures = (f"{_people(phase, meeting, [seat])} {count}" for seat, count in votes.items())
        yield say(ELECTION_VOTES, figures=", ".join(figures))
    if election.get("closed"):
        yield say(CLOSED_BALLOT)
    if lot := election.get("lot"):
        yield say(BY_LOT, people=_people(phase, meeting, lot))


def _people(phase: AnyPhase, meeting: Meeting, seats: Sequence[str]) -> str:
    language = str(phase.definition.language)
    held = in_seats(phase, phase.body_of(meeting.body_id), seats)
    return ", ".join(in_language(seat_label(phase, one), language).lower() for one in held)


def _item(phase: AnyPhase, meeting: Meeting, item: MinutesItem, say: Tongue) -> list[str]:
    language = str(phase.definition.language)
    head = f"{phase.place.in_minutes(item.paragraph or '')} {in_language(item.title, language)}"
    return [head, *_about(item, say), *_said(phase, meeting, item, say)]


def _about(item: MinutesItem, say: Tongue) -> Iterator[str]:
    if item.carried_from:
        yield say(CARRIED_FROM)
    if item.attached:
        yield say(SENT_SEPARATELY, names="; ".join(item.attached))


def _said(phase: AnyPhase, meeting: Meeting, item: MinutesItem, say: Tongue) -> Iterator[str]:
    if item.text:
        yield item.text
    if item.conflict:
        yield say(CONFLICT, people=_people(phase, meeting, item.conflict))
        yield from _instead(phase, meeting, item.stepped_in, say)
    if item.presided:
        yield say(PRESIDED, people=_people(phase, meeting, [item.presided]))
    if item.elected:
        yield say(ELECTED, people=_people(phase, meeting, item.elected))
        yield from _vote_of(phase, meeting, item.election, say)
    if item.outcome:
        yield outcome_words(item.outcome, item.force, say)
    if item.votes:
        yield say(VOTES, **item.votes)
    if "casting_vote" in item.votes:
        yield say(CASTING_VOTE)
    if differed := differing(phase, meeting, item):
        yield differed


def differing(phase: AnyPhase, meeting: Meeting, item: MinutesItem) -> str:
    """Reservations, different opinions and separate statements, as they go along with the decision."""
    say = tongue(str(phase.definition.language))
    rules = Rules.model_validate(phase.body_of(meeting.body_id).rules)
    lines = []
    if item.reserved:
        head = RESERVED if RULESETS[rules.ruleset].reservations else DIFFERED
        lines.append(_by(say(head, people=_people(phase, meeting, item.reserved)), item.reservation))
        lines += [say(SENT_ALONG)] if item.sent_along else []
    if item.stating:
        lines.append(_by(say(STATED, people=_people(phase, meeting, item.stating)), item.statement))
    return "\n".join(lines)


def _by(who: str, words: str) -> str:
    return f"{who}. {words}" if words else f"{who}."
