"""The agenda: what the definition says, and what earlier meetings of the body carried over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.agenda import AgendaItem, agenda_items
from config.terms import ItemOutcome
from models.meeting import MinutesItem
from tasks.documents import newest_of
from tasks.meeting.rows import returning

if TYPE_CHECKING:
    from config.base import Text
    from config.phases import Meeting as MeetingPhase
    from models.change import Change
    from models.meeting import Meeting
    from tasks.phase import AnyPhase, Phase


def set_agenda(phase: Phase[MeetingPhase], change: Change, meeting: Meeting) -> list[MinutesItem]:
    """Write the items down: what comes back stands under its own name, or else before the last item.

    A body that is called again takes up what it left undecided, between the opening and the closing.
    """
    carried = {_plain(item.key): item for item in returning(change.session, meeting.body_id)}
    said = [_own(phase, change, meeting, key, item) for key, item in planned_items(phase, meeting).items()]
    if meeting.follows is not None:
        said = [*said[:1], *(item for item in said[1:-1] if item.key in carried), *said[1:][-1:]]
    known = {item.key for item in said}
    back = [_again(meeting, key, item) for key, item in carried.items() if key not in known]
    items = [*said[:-1], *back, *said[-1:]]
    for ordinal, item in enumerate(items, start=1):
        item.ordinal = ordinal
        if (before := carried.get(item.key)) is not None:
            item.carried_from = before.id
            before.continued_in = item.id
        change.add(item)
    return items


def planned_items(phase: Phase[MeetingPhase], meeting: Meeting) -> dict[str, AgendaItem]:
    """The agenda as it is planned: the definition's, or as a coordinator has changed it."""
    if meeting.agenda is None:
        return agenda_items(phase.says.agenda)
    return agenda_items([AgendaItem.model_validate(item) for item in meeting.agenda])


def _plain(key: str) -> str:
    """A numbered item has no name of its own: it is called after where it comes from, when it comes back."""
    return f"returning-{key}" if key.startswith("item-") else key


def _own(phase: AnyPhase, change: Change, meeting: Meeting, key: str, item: AgendaItem) -> MinutesItem:
    text = newest_of(change.session, meeting.cycle_id, item.about) if item.about else None
    return MinutesItem(
        id=f"{meeting.id}/{key}",
        cycle_id=meeting.cycle_id,
        meeting_id=meeting.id,
        body_id=meeting.body_id,
        key=key,
        ordinal=0,
        title=by_language(phase, item.title),
        attached=[phase.definition.text(name) for name in item.documents],
        about=[text.id] if text else [],
        force=item.decision,
        elects=item.elects or 0,
        expects=item.foreseen,
    )


def _again(meeting: Meeting, key: str, item: MinutesItem) -> MinutesItem:
    """An item that comes back; what was foreseen of it the first time says nothing of the second."""
    return MinutesItem(
        id=f"{meeting.id}/{key}",
        cycle_id=meeting.cycle_id,
        meeting_id=meeting.id,
        body_id=meeting.body_id,
        key=key,
        ordinal=0,
        title=item.title,
        attached=item.attached,
        about=item.about,
        force=item.force,
        elects=item.elects,
        expects=ItemOutcome.AGREEMENT if item.force or item.elects else ItemOutcome.NOTED,
    )


def by_language(phase: AnyPhase, words: Text) -> dict[str, str]:
    """Words of the definition by language; those in one language only are the cycle's."""
    if isinstance(words, str):
        return {str(phase.definition.language): words}
    return {str(language): said for language, said in words.items()}
