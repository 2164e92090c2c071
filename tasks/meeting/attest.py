"""Attest: the attestors say that the minutes are right, or why they are not (KL 5:69). The secretary is never asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.terms import POSITIONS, Position, StepKind
from models.forms.attestation import AttestationForm, Paragraph
from models.meeting import Meeting, seat_of
from tasks.asking import Asking, ask
from tasks.meeting.publishing import attested, publish
from tasks.meeting.rows import attestations_of, in_seats, items_of, meeting_of, secretaries
from tasks.outcome import Outcome
from tasks.phase import attempt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from config.definition import Missing
    from config.phases import Meeting as MeetingPhase
    from models.change import Change
    from models.meeting import Attestation, MinutesItem
    from models.phase import Step
    from tasks.assignments import Reply
    from tasks.phase import AnyPhase, Phase

UNATTESTED = "unattested"


def attest(phase: Phase[MeetingPhase], key: str, turns: Iterable[int], number: int = 1) -> Outcome:
    """Ask the attestors; for one who stays silent another is asked, where the definition lets the step close."""
    seats = tuple(meeting_of(phase, number).attestors)
    for turn in turns:
        outcome = _ask(phase, attempt(key, turn), seats, number)
        if outcome.result != UNATTESTED:
            return outcome
        seats = outcome.items
    raise AssertionError  # the turns have no end


def _ask(phase: Phase[MeetingPhase], key: str, seats: tuple[str, ...], number: int) -> Outcome:
    meeting = meeting_of(phase, number)

    def settle(change: Change, step: Step, came: Sequence[Reply]) -> Outcome:
        return _settle(phase, change, change.get(Meeting, meeting.id), step, came)

    with phase.register.read() as session:
        rows, items = attestations_of(session, meeting.id), items_of(session, meeting.id)
    waiting = [row for row in rows if row.attested_on is None]
    by_paragraph = phase.says.attestation == "paragraph"
    asking = Asking(
        key, StepKind.ATTEST, in_seats(phase, phase.body_of(meeting.body_id), seats), phase.question("attestation"),
        (Position.CONFIRMS,) if by_paragraph else POSITIONS[StepKind.ATTEST],
        form=_form(phase, waiting, items) if by_paragraph else None, day=_due(phase, waiting),
        about=(meeting.minutes,) if meeting.minutes else (), missing=_policy(phase, meeting, seats),
    )  # fmt: skip
    return ask(phase, asking, settle)


def _due(phase: AnyPhase, waiting: Sequence[Attestation]) -> date:
    return max((row.due_on for row in waiting), default=phase.place.today(phase.now))


def _form(phase: AnyPhase, waiting: Sequence[Attestation], items: Sequence[MinutesItem]) -> AttestationForm:
    numbers = {number for row in waiting for number in row.paragraphs}
    return AttestationForm(
        paragraphs=tuple(
            Paragraph(number=i.paragraph, title=i.title, cited=phase.place.in_minutes(i.paragraph))
            for i in items
            if i.paragraph in numbers
        )
    )


def _policy(phase: Phase[MeetingPhase], meeting: Meeting, seats: Sequence[str]) -> Missing:
    """Nobody is passed over when there is nobody to step in."""
    return (phase.says.missing or "hold") if _others(phase, meeting, seats) else "hold"


def _others(phase: AnyPhase, meeting: Meeting, asked: Sequence[str]) -> list[str]:
    """Who may step in: the other attestors, the chair, whoever took part. Never the secretary."""
    body = phase.body_of(meeting.body_id)
    writers = {held.person.id for held in secretaries(phase, body)}
    seats = {seat_of(held.membership.id): held for held in phase.seats(body)}
    order = [seat for seat in seats if seat.startswith(("attestor-", "chair-"))]
    able = dict.fromkeys([*sorted(order), *meeting.present])
    taken = {*asked, *meeting.attestors}
    return [seat for seat in able if seat in seats and seat not in taken and seats[seat].person.id not in writers]


def _settle(
    phase: Phase[MeetingPhase], change: Change, meeting: Meeting, step: Step, came: Sequence[Reply]
) -> Outcome:  # fmt: skip
    rows = attestations_of(change.session, meeting.id)
    waiting = [row for row in rows if row.attested_on is None]
    refused = dict(_refusals(step, came))
    silent = step.asked - len(came)
    if silent and not refused:
        return _somebody_else(phase, change, meeting, step, came)
    on = phase.place.today(phase.now)
    for row in waiting:
        reason = next((refused[number] for number in row.paragraphs if number in refused), refused.get(0))
        if reason is None:
            attested(phase, row, on)
        else:
            row.refusals = [*row.refusals, reason]
    done = [row for row in rows if row.attested_on is not None]
    if any(row in done for row in waiting):
        publish(phase, change, meeting, done)
    change.record("minutes_refused" if refused else "minutes_attested", meeting.id, attested=len(done), of=len(rows))
    return Outcome("rejected" if refused else "approved", _documents(meeting), detail=f"{len(done)}/{len(rows)}")


def _documents(meeting: Meeting) -> tuple[str, ...]:
    """The minutes."""
    return (meeting.minutes,) if meeting.minutes else ()


def _refusals(step: Step, came: Sequence[Reply]) -> Iterator[tuple[int, str]]:
    """The paragraphs that an attestor refuses, with the reason; 0 stands for the whole."""
    for reply in came:
        if reply.answer.position is Position.REJECTS:
            yield 0, reply.answer.comment
        if step.form:
            form = AttestationForm.model_validate(step.form)
            for number in form.refused(reply.answer.content):
                yield number, str(reply.answer.content.get(f"paragraph.{number}.reason", "")).strip()


def _somebody_else(
    phase: Phase[MeetingPhase], change: Change, meeting: Meeting, step: Step, came: Sequence[Reply]
) -> Outcome:  # fmt: skip
    """The step has closed without some attestors: others take their places, and they are asked."""
    answered = [seat_of(reply.assignment.membership_id) for reply in came]
    asked = step.asked - len(came)
    others = _others(phase, meeting, meeting.attestors)[:asked]
    silent = [seat for seat in meeting.attestors if seat not in answered]
    instead = others or silent[:asked]
    kept = [seat for seat in meeting.attestors if seat not in silent[:asked]]
    meeting.attestors = list(dict.fromkeys([*kept, *instead]))
    change.record("attestors_replaced", meeting.id, silent=silent[:asked], by=others)
    return Outcome(UNATTESTED, _documents(meeting), items=tuple(instead))
