"""What follows from another day for a promise, before anybody decides on it.

The move is made, looked at, and taken back: what is shown is what the same move does when it is confirmed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import event
from sqlmodel import col, select

from engine.commands.coordinate import any_phase, move_within
from engine.desk.dangers import dangers_of
from models.assignment import Assignment
from models.cycle import Body, Person
from models.meeting import Meeting, MeetingStatus
from models.notice import Notice, NoticeKind
from models.phase import Milestone, Phase, Step

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from engine.commands.coordinate import Said
    from engine.desk.dangers import Danger
    from models.change import Change
    from models.cycle import Cycle
    from models.register import Register
    from tasks.phase import AnyPhase

TELLING = (NoticeKind.MOVED, NoticeKind.SUMMONED)


@dataclass(frozen=True)
class MovedDate:
    """A milestone and its two days."""

    milestone: Milestone
    was: date | None
    to: date | None


@dataclass(frozen=True)
class MovedMeeting:
    """A meeting and its two days; `called` when people have been called to it already."""

    meeting: Meeting
    body: str
    was: date | None
    to: date | None
    called: bool


@dataclass(frozen=True)
class MovedDeadline:
    """A question that is open, and its last moments, both exclusive."""

    step: Step
    phase: Phase
    was: datetime | None
    to: datetime | None


@dataclass(frozen=True)
class Told:
    """A mail that somebody gets because of it."""

    notice: str  # its id
    person: Person
    body: str
    step: Step | None
    meeting: bool


@dataclass(frozen=True)
class Move:
    """Everything that comes of it."""

    dates: tuple[MovedDate, ...]
    meetings: tuple[MovedMeeting, ...]
    deadlines: tuple[MovedDeadline, ...]
    told: tuple[Told, ...]
    dangers: tuple[Danger, ...]

    @property
    def people(self) -> int:
        """How many are told; one may get several mails."""
        return len({told.person.id for told in self.told})


class _TakenBack(Exception):  # noqa: N818 - it ends the attempt, whatever came of it
    def __init__(self, found: Move) -> None:
        super().__init__()
        self.found = found


def preview(
    register: Register, cycle: Cycle, key: str, to: date, *, reason: str, now: datetime, said: Said | None = None
) -> Move:
    """What a move would do. Nothing of it stays.

    Raises:
        CannotDo: no such milestone, or it has been met or given up.
    """
    context = any_phase(register, cycle.id, now)
    try:
        with register.change(cycle.id, at=now, actor="preview") as change:
            before = _Before(change)
            owed: list[Notice] = []
            event.listen(change.session, "detached_to_persistent", lambda _, row: _keep_notice(owed, row))
            move_within(context, change, key, to, reason, said)
            change.session.flush()
            found = before.seen(context, owed, to)
            change.session.expunge_all()  # the rows stay as they are looked at, and are not read anew
            _take_back(found)
    except _TakenBack as back:
        return back.found
    raise AssertionError("an attempt is always taken back")


def _take_back(found: Move) -> None:
    raise _TakenBack(found)


def _keep_notice(owed: list[Notice], row: object) -> None:
    if isinstance(row, Notice):
        owed.append(row)


class _Before:
    """The dates as they were, to be compared with the rows as they are now."""

    def __init__(self, change: Change) -> None:
        self._change = change
        self._milestones = self._all(Milestone, col(Milestone.ordinal))
        self._steps = [step for step in self._all(Step, col(Step.id)) if step.settled_at is None]
        self._meetings = self._all(Meeting, col(Meeting.id))
        self._days = {row.id: row.due_on for row in self._milestones}
        self._ends = {row.id: row.due_before for row in self._steps}
        self._held = {row.id: row.day for row in self._meetings}
        self.due = {row.key: row.due_on for row in self._milestones}

    def _all(self, table: Any, order: Any) -> Sequence[Any]:
        query = select(table).where(table.cycle_id == self._change.cycle.id).order_by(order)
        return self._change.keep(self._change.session.exec(query).all())

    def seen(self, context: AnyPhase, owed: Sequence[Notice], to: date) -> Move:
        """Everything that is another now."""
        phases = self._all(Phase, col(Phase.ordinal))
        dangers = dangers_of(context, self.due, self.due_now(), to, context.now, self.called_late(context), phases)
        told = tuple(_told(self._change, owed))
        return Move(self.dates(), self.meetings(), self.deadlines(), told, tuple(dangers))

    def due_now(self) -> dict[str, date | None]:
        """The milestones' days by key, after the move."""
        return {row.key: row.due_on for row in self._milestones}

    def dates(self) -> tuple[MovedDate, ...]:
        """The milestones that have another day."""
        moved = [row for row in self._milestones if row.due_on != self._days[row.id]]
        return tuple(MovedDate(row, self._days[row.id], row.due_on) for row in moved)

    def deadlines(self) -> tuple[MovedDeadline, ...]:
        """The open questions that have another last day; a meeting's call counts as none."""
        moved = [row for row in self._steps if row.due_before != self._ends[row.id] and row.asked]
        phases = {row.id: row for row in self._all(Phase, col(Phase.ordinal))}
        return tuple(MovedDeadline(row, phases[row.phase_id], self._ends[row.id], row.due_before) for row in moved)

    def meetings(self) -> tuple[MovedMeeting, ...]:
        """The meetings that have another day."""
        moved = [row for row in self._meetings if row.day != self._held[row.id]]
        return tuple(
            MovedMeeting(
                row, self._change.get(Body, row.body_id).name, self._held[row.id], row.day,
                row.status is MeetingStatus.SUMMONED,
            )
            for row in moved
        )  # fmt: skip

    def called_late(self, context: AnyPhase) -> tuple[Meeting, ...]:
        """Meetings that have moved so near that the body should have been called by now."""
        calls = {step.id: step.due_before for step in self._steps}
        return tuple(
            one.meeting
            for one in self.meetings()
            if not one.called and (call := calls.get(one.meeting.step_id)) is not None and call < context.now
        )


def _told(change: Change, owed: Sequence[Notice]) -> list[Told]:
    return [_one(change, notice) for notice in owed if notice.kind in TELLING]


def _one(change: Change, notice: Notice) -> Told:
    step = change.get(Step, notice.step_id) if notice.step_id else None
    assignment = change.get(Assignment, notice.assignment_id) if notice.assignment_id else None
    body = change.get(Body, assignment.body_id).name if assignment else _called(change, step)
    person = change.get(Person, notice.person_id)
    return Told(notice.id, person, body, step, notice.kind is NoticeKind.SUMMONED)


def _called(change: Change, step: Step | None) -> str:
    """The body that is called to the meeting of a step."""
    query = select(Meeting).where(col(Meeting.step_id) == (step.id if step else ""))
    meeting = change.session.exec(query).first()
    return change.get(Body, meeting.body_id).name if meeting else ""
