"""Edit a meeting's agenda: before the body is called, or after it, and then the call goes out anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.commands.coordinate import CannotDo, ChangedMeanwhile, acting, any_phase
from models.meeting import Meeting, MeetingStatus, MinutesItem
from tasks.meeting.agenda import planned_items
from tasks.meeting.moving import summon_anew
from tasks.meeting.record import ask_for_items, minutes_asked
from tasks.meeting.rows import items_of
from tasks.phase import Phase, perform_plainly

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlmodel import Session

    from models.change import Change
    from models.register import Register


@dataclass(frozen=True)
class Entry:
    """A line of an agenda; `key` is empty for a new one."""

    key: str
    title: str


def entries_of(register: Register, meeting: Meeting, now: datetime) -> list[Entry]:
    """The agenda as it stands, in the language of the cycle."""
    phase = Phase[Any](register, meeting.phase_id, now=now, secret_key="", perform=perform_plainly)
    if meeting.status is MeetingStatus.PLANNED:
        items = planned_items(phase, meeting)
        return [Entry(key, phase.definition.text(item.title)) for key, item in items.items()]
    with register.read() as session:
        rows = items_of(session, meeting.id)
    language = str(phase.definition.language)
    return [Entry(row.key, row.title.get(language) or next(iter(row.title.values()))) for row in rows]


def editable(session: Session, meeting: Meeting) -> bool:
    """Whether the agenda may still be edited: it has not been held, and no minutes have come in."""
    if meeting.status not in (MeetingStatus.PLANNED, MeetingStatus.SUMMONED) or not meeting.formal:
        return False
    return all(step.answered == 0 for step in minutes_asked(session, meeting))


def edit_agenda(
    register: Register, meeting_id: str, entries: Sequence[Entry], *, seen: Sequence[Entry], reason: str, now: datetime,
    actor: str,
) -> bool:  # fmt: skip
    """Write the agenda anew. What people have been called to is not taken off: the meeting itself leaves it aside.

    Returns:
        Whether people are called anew.

    Raises:
        ChangedMeanwhile: the agenda is not the one that was `seen`.
        CannotDo: it can no longer be edited, or an item that people were called to is missing.
    """
    with register.read() as session:
        meeting = session.get(Meeting, meeting_id)
    if meeting is None:
        raise CannotDo(f"there is no meeting '{meeting_id}'")
    before = entries_of(register, meeting, now)
    if before != list(seen):
        raise ChangedMeanwhile("the agenda is another one by now")
    context = any_phase(register, meeting.cycle_id, now)
    phase = Phase[Any](register, meeting.phase_id, now=now, secret_key="", perform=perform_plainly)
    with acting(register, meeting.cycle_id, now=now, actor=actor, reason=reason) as change:
        held = change.get(Meeting, meeting_id)
        if not editable(change.session, held) or held.status is not meeting.status:
            raise CannotDo("the agenda can no longer be edited")
        called = held.status is MeetingStatus.SUMMONED
        if called:
            _rewrite(change, held, entries, str(phase.definition.language))
            ask_for_items(change, held)
            summon_anew(context, change, held, reason)
        else:
            _plan(phase, held, entries)
        change.record("agenda_changed", held.id, items=len(entries), sequence=held.sequence, reason=reason)
    return called


def _plan(phase: Phase[Any], meeting: Meeting, entries: Sequence[Entry]) -> None:
    """Keep what the definition says of an item beside its title."""
    known = planned_items(phase, meeting)
    says = {key: item.model_dump(mode="json", exclude_none=True) for key, item in known.items()}
    titles = {key: phase.definition.text(item.title) for key, item in known.items()}
    meeting.agenda = [
        {**says.get(entry.key, {}), **_named(entry, titles.get(entry.key)), "key": _key(entry, number, known)}
        for number, entry in enumerate(entries, start=1)
    ]


def _named(entry: Entry, before: str | None) -> dict[str, str]:
    """The title, where it is a new one: translations of the old one would say something else."""
    return {} if entry.title == before else {"title": entry.title}


def _key(entry: Entry, number: int, known: Any) -> str:
    if entry.key:
        return entry.key
    while (key := f"added-{number}") in known:
        number += 1
    return key


def _rewrite(change: Change, meeting: Meeting, entries: Sequence[Entry], language: str) -> None:
    rows = {row.key: row for row in items_of(change.session, meeting.id)}
    change.keep(list(rows.values()))
    if set(rows) - {entry.key for entry in entries}:
        raise CannotDo("an item that people were called to cannot be taken off the agenda")
    for ordinal, entry in enumerate(entries, start=1):
        row = rows.get(entry.key)
        if row is None:
            _add(change, meeting, _key(entry, len(rows) + ordinal, rows), entry.title, ordinal, language)
            continue
        row.ordinal = ordinal
        if entry.title != (row.title.get(language) or next(iter(row.title.values()))):
            row.title = {language: entry.title}


def _add(change: Change, meeting: Meeting, key: str, title: str, ordinal: int, language: str) -> None:
    change.add(
        MinutesItem(
            id=f"{meeting.id}/{key}", cycle_id=meeting.cycle_id, meeting_id=meeting.id, body_id=meeting.body_id,
            key=key, ordinal=ordinal, title={language: title},
        )
    )  # fmt: skip
