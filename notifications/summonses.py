"""What the letters say that call to a meeting, move it, or call it off."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from config.base import in_language
from notifications.dates import long_day
from notifications.i18n import N_
from notifications.labelled import Fact, concerns, contact, documents_first
from notifications.letter import one_line, said

if TYPE_CHECKING:
    from models.meeting import MinutesItem
    from notifications.letter import Case

LONGEST_ITEM = 200
"""Signs of an item's title that a letter quotes."""


def summoned(case: Case) -> dict[str, Any]:
    """When and where, what is on the agenda, and what was said before if the meeting has moved."""
    step = case.step
    if step is None:
        raise LookupError(f"notice {case.notice.id} has no meeting")
    before = case.notice.data.get("was")
    return {
        **_meeting(case),
        "moved": int(case.notice.data.get("sequence", 0)) > 0 and not case.notice.data.get("agenda"),
        "another_agenda": bool(case.notice.data.get("agenda")),
        "before": long_day(date.fromisoformat(before), case.language) if before else "",
        "reason": said(case, "reason"),
        "agenda": [_item(case, item) for item in _items(case)],
        "facts": [concerns(case), *_who(case), *_when(case), *documents_first(case, step.about), contact(case)],
    }


def called_off(case: Case) -> dict[str, Any]:
    """Which meeting it was, and why nobody need come."""
    return {
        **_meeting(case),
        "reason": said(case, "reason"),
        "facts": [concerns(case), *_who(case), *_when(case), contact(case)],
    }


def no_decision(case: Case) -> dict[str, Any]:
    """What a body did not decide, and when it meets again; of ballots by mail, that they are asked for again."""
    data = case.notice.data
    key, on, again = str(data.get("body", "")), data.get("on"), data.get("day")
    return {
        "body": one_line(case.rows.body_names.get((case.cycle.id, key), key)),
        "met_on": long_day(date.fromisoformat(on), case.language) if on else "",
        "too_few": data.get("result") == "not_quorate",
        "tabled": data.get("result") == "tabled",
        "again": long_day(date.fromisoformat(again), case.language) if again else "",
        "by_mail": bool(data.get("asked")),
        "facts": [concerns(case)],
    }


def agenda_text(case: Case) -> str:
    """The agenda as plain lines, and nothing that is only for one recipient: calendars show it to others."""
    return "\n".join(f"{number}. {_item(case, item)}" for number, item in enumerate(_items(case), start=1))


def _meeting(case: Case) -> dict[str, Any]:
    day = _day(case)
    return {"meeting_day": case.day(day) if day else ""}


def _day(case: Case) -> date | None:
    if case.meeting is not None and case.meeting.day is not None:
        return case.meeting.day
    return (case.step.not_before if case.step else None) or case.due_day


def _who(case: Case) -> list[Fact]:
    return [Fact(case.say(N_("Body")), one_line(case.body))] if case.body else []


def _when(case: Case) -> list[Fact]:
    day, meeting, say = _day(case), case.meeting, case.say
    facts = [Fact(say(N_("Day of the meeting")), long_day(day, case.language))] if day else []
    if meeting is None:
        return facts
    if meeting.begins:
        facts.append(Fact(say(N_("Time")), "–".join(clock for clock in (meeting.begins, meeting.ends) if clock)))
    if meeting.place:
        facts.append(Fact(say(N_("Place")), one_line(meeting.place), str(case.cycle.language)))
    return facts


def _items(case: Case) -> list[MinutesItem]:
    return case.rows.items.get(case.meeting.id, []) if case.meeting else []


def _item(case: Case, item: MinutesItem) -> str:
    words = [one_line(in_language(item.title, case.language, case.cycle.language), LONGEST_ITEM)]
    if item.force:
        words.append(case.say(N_("for decision")))
    if item.carried_from:
        words.append(case.say(N_("carried over from an earlier meeting")))
    if item.attached:
        names = "; ".join(one_line(name, LONGEST_ITEM) for name in item.attached)
        words.append(case.say(N_("sent separately: %(names)s"), names=names))
    return f"{words[0]} ({', '.join(words[1:])})" if words[1:] else words[0]
