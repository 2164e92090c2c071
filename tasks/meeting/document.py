"""The minutes as a document, in the cycle's language: every item in order, with its paragraph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.base import in_language
from config.definition import Rules
from models.minutes import quorum
from notifications.i18n import tongue
from notifications.minutes import (
    ATTENDANCE,
    ATTESTORS,
    CARRIED_FROM,
    CLOSED,
    CONFLICT,
    INSTEAD,
    NOT_QUORATE,
    RESERVATION,
    SENT_SEPARATELY,
    TITLE,
    VOTES,
    attended,
    outcome_words,
)
from tasks.meeting.rows import in_seats, seat_label

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
    parts = [_head(phase, meeting, say), *(_item(phase, item, say) for item in items)]
    closed = say(CLOSED, clock=meeting.closed or "")
    return "\n\n".join([*("\n".join(part) for part in parts), closed]) + "\n"


def _head(phase: AnyPhase, meeting: Meeting, say: Tongue) -> list[str]:
    clock = "–".join(part for part in (meeting.begins, meeting.closed) if part)
    where = ", ".join(part for part in (clock, meeting.place) if part)
    entitled = phase.voters(phase.body_of(meeting.body_id))
    lines = [minutes_title(phase, meeting), where, say(ATTENDANCE, people=_people(phase, meeting, meeting.present))]
    lines += [
        say(INSTEAD, substitute=_people(phase, meeting, [seat]), member=_people(phase, meeting, [member]))
        for seat, member in meeting.instead.items()
    ]
    needed = meeting.needed or quorum(Rules(), len(entitled))
    lines.append(attended(say, present=len(meeting.present), entitled=len(entitled), needed=needed))
    if len(meeting.present) < needed:
        lines.append(say(NOT_QUORATE))
    return [*lines, say(ATTESTORS, people=_people(phase, meeting, meeting.attestors))]


def _people(phase: AnyPhase, meeting: Meeting, seats: Sequence[str]) -> str:
    language = str(phase.definition.language)
    held = in_seats(phase, phase.body_of(meeting.body_id), seats)
    return ", ".join(in_language(seat_label(phase, one), language).lower() for one in held)


def _item(phase: AnyPhase, item: MinutesItem, say: Tongue) -> list[str]:
    language = str(phase.definition.language)
    return [f"§ {item.paragraph} {in_language(item.title, language)}", *_about(item, say), *_said(item, say)]


def _about(item: MinutesItem, say: Tongue) -> Iterator[str]:
    if item.carried_from:
        yield say(CARRIED_FROM)
    if item.attached:
        yield say(SENT_SEPARATELY, names="; ".join(item.attached))


def _said(item: MinutesItem, say: Tongue) -> Iterator[str]:
    if item.text:
        yield item.text
    if item.conflict:
        yield say(CONFLICT, people=item.conflict)
    if item.outcome:
        yield outcome_words(item.outcome, item.force, say)
    if item.votes:
        yield say(VOTES, **item.votes)
    if item.reservation:
        yield say(RESERVATION, words=item.reservation)
