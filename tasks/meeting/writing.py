"""Writing the minutes down: attendance, numbered items, the document, and what waits for attestation."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from config.dates import parse_duration
from config.definition import Rules
from config.terms import ItemOutcome
from models.forms.item import Treated, election_of
from models.forms.minutes import MinutesForm
from models.meeting import Attestation, Meeting, MeetingStatus
from models.minutes import attested_by, numbered, result_of
from tasks.calling_again import another
from tasks.documents import store_document
from tasks.meeting.document import minutes_text, minutes_title
from tasks.meeting.rows import attestations_of, items_of, meeting_id, meetings_so_far, seated_attestors, used_paragraphs
from tasks.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from config.phases import Meeting as MeetingPhase
    from models.change import Change
    from models.meeting import MinutesItem
    from models.phase import Step
    from tasks.phase import Phase


def write_minutes(
    phase: Phase[MeetingPhase], change: Change, step: Step, content: dict[str, str], held_on: date, number: int
) -> Outcome:  # fmt: skip
    """Everything that the secretary recorded becomes rows, and a document that is not public yet."""
    meeting, form = change.get(Meeting, meeting_id(phase, number)), MinutesForm.model_validate(step.form)
    _write_meeting(phase, meeting, form, content, held_on)
    items = items_of(change.session, meeting.id)
    written = {it.item.key: it for it in form.treated(content)}
    for item in items:
        if item.key in written:
            _write_item(item, written[item.key])
    _number(phase, change, items)
    _await_attestation(phase, change, meeting, items)
    meeting.minutes = store_document(
        phase, change, another(f"minutes-{phase.row.key}", number), title=minutes_title(phase, meeting),
        content=minutes_text(phase, meeting, items), step_id=step.id,
    )  # fmt: skip
    result = _result(phase, change, number, [it for it in written.values() if not it.quorate], form.quorate(content))
    change.record("minutes_recorded", meeting.id, items=len(items), present=len(meeting.present), result=result)
    return Outcome(result, (meeting.minutes,), _counts(items), detail=f"{len(meeting.present)}/{len(form.members)}")


def _result(
    phase: Phase[MeetingPhase], change: Change, number: int, too_few: Sequence[Treated], quorate: bool  # noqa: FBT001
) -> str:  # fmt: skip
    """What the body has come to in all its meetings of the phase: of each matter, what became of it last.

    A matter that too few could take part in is undecided, whatever it was called.
    """
    last: dict[str, ItemOutcome] = {}
    for meeting in meetings_so_far(phase, change.session, number):
        last |= {i.key: i.outcome for i in items_of(change.session, meeting.id) if i.force and i.outcome}
    last |= {it.item.key: ItemOutcome.NO_DECISION for it in too_few if it.item.force and quorate}
    return result_of(last.values(), quorate=quorate)


def _counts(items: Sequence[MinutesItem]) -> dict[str, int]:
    return dict(sorted(Counter(str(item.outcome) for item in items if item.outcome).items()))


def _write_meeting(
    phase: Phase[MeetingPhase], meeting: Meeting, form: MinutesForm, content: dict[str, str], held_on: date
) -> None:  # fmt: skip
    came = form.attendance(content)
    meeting.status = MeetingStatus.HELD if form.quorate(content) else MeetingStatus.NOT_QUORATE
    meeting.day = held_on
    meeting.present, meeting.instead, meeting.needed = list(came.present), came.instead, form.quorum
    meeting.closed = str(content["closed"]).strip().replace(".", ":")
    meeting.election = form.election.record(content) if form.elect else {}
    meeting.attestors = form.elected(content) or seated_attestors(phase, meeting)[: phase.says.attestors]


def _write_item(item: MinutesItem, it: Treated) -> None:
    item.outcome, item.text = it.outcome, it.text("text")
    if item.elects:
        election = election_of(it.item, (*it.room.members, *it.room.substitutes), it.room.rules)
        item.elected, item.election = election.chosen(it.content), election.record(it.content)
    if item.force:
        item.votes, item.taking_part, item.presided = it.tally(), it.taking_part, it.presided
        item.conflict, item.stepped_in = it.seats("conflict"), it.stepped_in
        item.reserved, item.reservation, item.sent_along = it.seats("reserved"), it.text("reservation"), it.sent_along
        item.stating, item.statement = it.seats("stating"), it.text("statement")


def _number(phase: Phase[MeetingPhase], change: Change, items: Sequence[MinutesItem]) -> None:
    """Paragraphs are given once: minutes that are written anew keep theirs."""
    new = {item.id: item for item in items if item.paragraph is None}
    if new:
        used = used_paragraphs(change.session, items[0].body_id)
        for key, number in numbered(new, used, phase.says.first_paragraph).items():
            new[key].paragraph = number


def _await_attestation(
    phase: Phase[MeetingPhase], change: Change, meeting: Meeting, items: Sequence[MinutesItem]
) -> None:
    if attestations_of(change.session, meeting.id) or meeting.day is None:
        return
    within, rules = parse_duration(phase.says.attest_within), Rules.model_validate(phase.body_of(meeting.body_id).rules)
    due_on = attested_by(meeting.day, within, rules, phase.place)
    numbers = [item.paragraph for item in items if item.paragraph is not None]
    parts = [[number] for number in numbers] if phase.says.attestation == "paragraph" else [numbers]
    for part in parts:
        name = f"attestation-{part[0]}" if len(parts) > 1 else "attestation"
        row = Attestation(
            id=f"{meeting.id}/{name}", cycle_id=meeting.cycle_id, meeting_id=meeting.id, paragraphs=part, due_on=due_on
        )
        change.add(row)
