"""Record: the secretary writes the minutes, item by item; they become a document that waits for its attestation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.definition import Rules
from config.terms import Position, Seat, StepKind
from models.forms.attendance import Sitting
from models.forms.minutes import Item, MinutesForm
from models.meeting import seat_of
from models.minutes import quorum
from tasks.asking import Asking, ask
from tasks.meeting.rows import (
    attestations_of,
    items_of,
    meeting_id,
    meeting_of,
    seat_label,
    seated_attestors,
    secretaries,
)
from tasks.meeting.writing import write_minutes
from tasks.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config.phases import Meeting as MeetingPhase
    from models.change import Change
    from models.meeting import Meeting, MinutesItem
    from models.phase import Step
    from tasks.assignments import Reply
    from tasks.phase import AnyPhase, Participant, Phase


def record(phase: Phase[MeetingPhase], key: str) -> Outcome:
    """Ask the secretary for the minutes, on the meeting's day and not before."""
    meeting = meeting_of(phase)

    def settle(change: Change, step: Step, came: Sequence[Reply]) -> Outcome:
        if not came:
            return Outcome("not_held")
        held_on = came[-1].answer.decided_on or step.not_before or phase.place.today(came[-1].answer.received_at)
        return write_minutes(phase, change, step, came[-1].answer.content, held_on)

    asking = Asking(
        key, StepKind.MEET, secretaries(phase, phase.body_of(meeting.body_id)), _question(phase, key),
        (Position.CONFIRMS,), form=_form(phase, meeting), by=meeting.milestone, not_before=meeting.day,
        about=_about(phase), missing="hold",
    )  # fmt: skip
    return ask(phase, asking, settle)


def _question(phase: AnyPhase, key: str) -> dict[str, str]:
    """What is asked; when an attestor has refused, with the reason."""
    said = phase.question(key)
    reasons = _refusals(phase)
    return {code: "\n\n".join([words, *reasons]) for code, words in said.items()} if reasons else said


def _refusals(phase: AnyPhase) -> list[str]:
    with phase.register.read() as session:
        rows = attestations_of(session, meeting_id(phase))
    return list(dict.fromkeys(row.refusals[-1] for row in rows if row.refusals and row.attested_on is None))


def _about(phase: AnyPhase) -> tuple[str, ...]:
    with phase.register.read() as session:
        items = items_of(session, meeting_id(phase))
    return tuple(dict.fromkeys(document for item in items for document in item.about))


def _form(phase: Phase[MeetingPhase], meeting: Meeting) -> MinutesForm:
    body = phase.body_of(meeting.body_id)
    voters, rules = phase.voters(body), Rules.model_validate(body.rules)
    writers = {held.person.id for held in secretaries(phase, body)}
    substitutes = [held for held in phase.seats(body) if held.membership.seat is Seat.SUBSTITUTE]
    with phase.register.read() as session:
        items, rows = items_of(session, meeting.id), attestations_of(session, meeting.id)
    attested = {number for row in rows if row.attested_on for number in row.paragraphs}
    return MinutesForm(
        members=tuple(_sitting(phase, held) for held in voters),
        substitutes=tuple(_sitting(phase, held) for held in substitutes),
        secretary=tuple(seat_of(held.membership.id) for held in phase.seats(body) if held.person.id in writers),
        elect=0 if seated_attestors(phase, meeting) else phase.says.attestors,
        quorum=quorum(rules, len(voters)),
        rules=rules,
        items=tuple(_item(item) for item in items if item.paragraph not in attested),
        closes=meeting.ends or "",
    )


def _sitting(phase: AnyPhase, held: Participant) -> Sitting:
    return Sitting(seat=seat_of(held.membership.id), label=seat_label(phase, held))


def _item(item: MinutesItem) -> Item:
    return Item(key=item.key, title=item.title, force=item.force, expects=item.expects, text=item.text)
