"""Edit the agenda of a meeting that has not been held."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from sqlmodel import col, select

from engine.accounts.permissions import may_coordinate
from engine.commands.agenda import Entry, edit_agenda, editable, entries_of
from models.cycle import Body
from models.meeting import Meeting, MeetingStatus
from notifications.i18n import N_
from portal.desk.acting import (
    Act,
    Field,
    attempt,
    cycle_address,
    listed,
    reason_faults,
    reason_field,
    show_act,
)
from portal.form import lines_of

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.desk.routes import DeskRoutes
    from portal.desk.visit import Visit

TITLE = N_("Agenda of a meeting")
BEFORE = N_("One item on each line, in order. The body is called with this agenda when its time comes.")
AFTER = N_(
    "The body has been called: the call goes out anew to everybody, with a new number for calendars. Items can be "
    "added, reworded and put in another order, but none can be taken off."
)
HINT = N_("The number in brackets keeps an item's papers and decision with it. Lines without one are new items.")
ANEW = N_("The agenda is changed, and the call goes out anew.")
MOST = 60


def add_routes(routes: DeskRoutes) -> None:
    """`/desk/{slug}/agenda`."""
    routes.page("/desk/{slug}/agenda", show, may=may_coordinate)
    routes.act("/desk/{slug}/agenda", review, may=may_coordinate)
    routes.act("/desk/{slug}/agenda/confirm", put, may=may_coordinate)


def _meetings(visit: Visit) -> dict[str, tuple[Meeting, str]]:
    """The meetings whose agenda can be edited, with what they are called."""
    query = (
        select(Meeting, Body)
        .join(Body, col(Body.id) == col(Meeting.body_id))
        .where(col(Meeting.cycle_id) == visit.here.id)
        .order_by(col(Meeting.day), col(Meeting.id))
    )
    with visit.register.read() as session:
        found = [(meeting, body.name) for meeting, body in session.exec(query) if editable(session, meeting)]
    days = {m.id: visit.say.plain_day(m.day) if m.day else "–" for m, _ in found}
    return {meeting.id: (meeting, f"{body}, {days[meeting.id]}") for meeting, body in found}


def show(visit: Visit) -> Response:
    """The agenda; of several meetings the first, or the one that `?meeting=` names."""
    return show_act(visit, _act(visit, _meetings(visit)))


def _act(visit: Visit, meetings: dict[str, tuple[Meeting, str]]) -> Act:
    say = visit.say
    wanted = visit.form.get("meeting") or visit.asked("meeting")
    chosen = wanted if wanted in meetings else next(iter(meetings), "")
    if not chosen:
        return Act(
            title=say(TITLE), address="", back=cycle_address(visit), fields=(),
            empty=say(N_("No meeting has an agenda that can be edited.")),
        )  # fmt: skip
    meeting, called = meetings[chosen]
    area = Field("items", say(N_("Items")), "area", hint=say(HINT), rows=10, value=_lines(visit, meeting))
    return Act(
        title=say(TITLE), address=cycle_address(visit, "agenda"), back=cycle_address(visit),
        lead=say(BEFORE if meeting.status is MeetingStatus.PLANNED else AFTER),
        facts=((say(N_("Meeting")), called),), fields=(area, reason_field(visit)), hidden={"meeting": chosen},
        others=say(N_("Other meetings")), links=_others(visit, meetings, chosen),
    )  # fmt: skip


def _others(visit: Visit, meetings: dict[str, tuple[Meeting, str]], chosen: str) -> tuple[tuple[str, str], ...]:
    """The agendas of the other meetings: what they are called, and where they are."""
    here = cycle_address(visit, "agenda")
    return tuple(
        (words, f"{here}?meeting={quote(key, safe='')}") for key, (_, words) in meetings.items() if key != chosen
    )


def _lines(visit: Visit, meeting: Meeting) -> str:
    entries = entries_of(visit.register, meeting, visit.now)
    return "\n".join(f"[{number}] {entry.title}" for number, entry in enumerate(entries, start=1))


def _read(text: str, known: list[Entry]) -> list[Entry] | None:
    """The lines as entries; None when a number in brackets is no item's, or stands twice."""
    found, seen = [], set()
    for line in lines_of(text):
        number, bracket, title = line.partition("]") if line.startswith("[") else ("", "", line)
        if not bracket:
            found.append(Entry("", line))
            continue
        place = number[1:].strip()
        if not place.isascii() or not place.isdecimal() or not 1 <= int(place[:3]) <= len(known) or place in seen:
            return None
        seen.add(place)
        found.append(Entry(known[int(place[:3]) - 1].key, title.strip()))
    return found


def review(visit: Visit) -> Response:
    """The agenda before and after."""
    say, meetings = visit.say, _meetings(visit)
    meeting, called = meetings.get(visit.form.get("meeting", ""), (None, ""))
    if meeting is None:
        return show_act(visit, _act(visit, meetings))
    known = entries_of(visit.register, meeting, visit.now)
    entries = _read(visit.form.get("items", ""), known)
    faults = _faults(visit, meeting, entries, known) | reason_faults(visit)
    if faults or entries is None:
        return show_act(visit, _act(visit, meetings), faults)
    reason = visit.form["reason"]
    return visit.review(
        title=say(TITLE), act=cycle_address(visit, "agenda/confirm"),
        back=f"{cycle_address(visit, 'agenda')}?meeting={meeting.id}",
        facts=[
            (say(N_("Meeting")), called), (say(N_("Until now")), listed([entry.title for entry in known])),
            (say(N_("From now on")), listed([entry.title for entry in entries])), (say(N_("Reason")), reason),
        ],
        content={
            "meeting": meeting.id, "seen": [[entry.key, entry.title] for entry in known],
            "items": [[entry.key, entry.title] for entry in entries], "reason": reason,
        },
        button=say(N_("Save")), warning=say(AFTER) if meeting.status is MeetingStatus.SUMMONED else "",
    )  # fmt: skip


def _faults(visit: Visit, meeting: Meeting, entries: list[Entry] | None, known: list[Entry]) -> dict[str, str]:
    say = visit.say
    if entries is None:
        return {"items": say(N_("A number in brackets is no item's, or stands twice."))}
    if not entries or any(not entry.title for entry in entries) or len(entries) > MOST:
        return {"items": say(N_("Write at least one item and at most %(most)s, each with a title."), most=MOST)}
    gone = {entry.key for entry in known} - {entry.key for entry in entries}
    if gone and meeting.status is MeetingStatus.SUMMONED:
        return {"items": say(N_("An item that people have been called to cannot be taken off."))}
    return {"items": say(N_("Nothing has been changed."))} if entries == known else {}


def put(visit: Visit) -> Response:
    """Save it, if it is still the agenda that was shown."""
    content = visit.reviewed()

    def work() -> str:
        anew = edit_agenda(
            visit.register, content["meeting"], [Entry(*item) for item in content["items"]],
            seen=[Entry(*item) for item in content["seen"]], reason=content["reason"], now=visit.now,
            actor=visit.actor,
        )  # fmt: skip
        return visit.say(ANEW if anew else N_("The agenda is changed."))

    return attempt(visit, work, done=cycle_address(visit), back=cycle_address(visit, "agenda"))
