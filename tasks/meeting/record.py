"""Record: the secretary writes the minutes, item by item; they become a document that waits for its attestation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from config.definition import Rules
from config.terms import ItemOutcome, Position, Seat, StepKind
from models.forms import read_form
from models.forms.attendance import Sitting
from models.forms.item import Item
from models.forms.minutes import MinutesForm
from models.meeting import Meeting, MeetingStatus, MinutesItem, seat_of
from models.minutes import quorum
from models.phase import Step
from tasks.asking import Asking, ask
from tasks.calling_again import Failed, another
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

    from sqlmodel import Session

    from config.phases import Meeting as MeetingPhase
    from models.change import Change
    from tasks.assignments import Reply
    from tasks.phase import AnyPhase, Participant, Phase

PUT_OFF = (ItemOutcome.TABLED, ItemOutcome.REFERRED_BACK)


def record(phase: Phase[MeetingPhase], key: str, number: int = 1) -> Outcome:
    """Ask the secretary for the minutes, on the meeting's day and not before."""
    meeting = meeting_of(phase, number)

    def settle(change: Change, step: Step, came: Sequence[Reply]) -> Outcome:
        if not came:
            change.get(Meeting, meeting.id).status = MeetingStatus.CALLED_OFF
            return Outcome("not_held")
        held_on = came[-1].answer.decided_on or step.not_before or phase.place.today(came[-1].answer.received_at)
        return write_minutes(phase, change, step, came[-1].answer.content, held_on, number)

    asking = Asking(
        key, StepKind.MEET, secretaries(phase, phase.body_of(meeting.body_id)), _question(phase, meeting),
        (Position.CONFIRMS,), form=_form(phase, meeting, number), by=meeting.milestone, not_before=meeting.day,
        about=_about(phase, meeting), missing="hold",
    )  # fmt: skip
    return ask(phase, asking, settle)


def failed(phase: Phase[MeetingPhase], number: int, result: str) -> Failed:
    """A meeting that came to no decision, as whoever calls the body again must know it."""
    meeting = meeting_of(phase, number)
    return Failed(
        phase.body_of(meeting.body_id), another("minutes", number), result,
        meeting.day or phase.place.today(phase.now), f"{phase.says.on}-{number + 1}", max(meeting.lead_days, 1),
        meeting.milestone,
    )  # fmt: skip


def _question(phase: AnyPhase, meeting: Meeting) -> dict[str, str]:
    """What is asked; when an attestor has refused, with the reason."""
    said = phase.question("minutes")
    reasons = _refusals(phase, meeting)
    return {code: "\n\n".join([words, *reasons]) for code, words in said.items()} if reasons else said


def _refusals(phase: AnyPhase, meeting: Meeting) -> list[str]:
    with phase.register.read() as session:
        rows = attestations_of(session, meeting.id)
    return list(dict.fromkeys(row.refusals[-1] for row in rows if row.refusals and row.attested_on is None))


def _about(phase: AnyPhase, meeting: Meeting) -> tuple[str, ...]:
    with phase.register.read() as session:
        items = items_of(session, meeting.id)
    return tuple(dict.fromkeys(document for item in items for document in item.about))


def _form(phase: Phase[MeetingPhase], meeting: Meeting, number: int) -> MinutesForm:
    body = phase.body_of(meeting.body_id)
    voters, rules = phase.voters(body), Rules.model_validate(body.rules)
    writers = {held.person.id for held in secretaries(phase, body)}
    substitutes = [held for held in phase.seats(body) if held.membership.seat is Seat.SUBSTITUTE]
    with phase.register.read() as session:
        items, rows = items_of(session, meeting.id), attestations_of(session, meeting.id)
        next_called = session.get(Meeting, meeting_id(phase, number + 1)) is not None
        attested = {item for row in rows if row.attested_on for item in row.paragraphs}
        asked = tuple(_item(session, item) for item in items if item.paragraph not in attested)
    return MinutesForm(
        members=tuple(_sitting(phase, held) for held in voters),
        substitutes=tuple(_sitting(phase, held) for held in substitutes),
        secretary=tuple(seat_of(held.membership.id) for held in phase.seats(body) if held.person.id in writers),
        elect=0 if seated_attestors(phase, meeting) else phase.says.attestors,
        quorum=quorum(rules, len(voters)),
        rules=rules,
        items=asked,
        begins=meeting.begins or "",
        closes=meeting.ends or "",
        called_again=next_called,
    )


def minutes_asked(session: Session, meeting: Meeting) -> list[Step]:
    """The open questions for the minutes of a meeting."""
    query = select(Step).where(
        col(Step.phase_id) == meeting.phase_id, col(Step.kind) == StepKind.MEET, col(Step.settled_at).is_(None),
        col(Step.milestone) == meeting.milestone,
    )  # fmt: skip
    return list(session.exec(query.order_by(col(Step.id))).all())


def ask_for_items(change: Change, meeting: Meeting) -> None:
    """The agenda is another one: whoever writes the minutes is asked for its items, and nothing else changes."""
    asked = tuple(_item(change.session, item) for item in items_of(change.session, meeting.id))
    for step in minutes_asked(change.session, meeting):
        form = read_form(step.form)
        if isinstance(form, MinutesForm):
            step.form = form.model_copy(update={"items": asked}).to_json()


def _sitting(phase: AnyPhase, held: Participant) -> Sitting:
    return Sitting(seat=seat_of(held.membership.id), label=seat_label(phase, held))


def _item(session: Session, item: MinutesItem) -> Item:
    return Item(
        key=item.key, title=item.title, force=item.force, elects=item.elects, expects=item.expects, text=item.text,
        delayed=_delayed(session, item),
    )  # fmt: skip


def _delayed(session: Session, item: MinutesItem) -> bool:
    """Whether a minority has had the matter put off at an earlier meeting (KL 5:50)."""
    before = session.get(MinutesItem, item.carried_from) if item.carried_from else None
    if before is None:
        return False
    forced = before.outcome in PUT_OFF and bool(before.votes) and before.votes["approve"] <= before.votes["reject"]
    return forced or _delayed(session, before)
