"""When a phase next needs a look: never later than something falls due, and never for nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.calendars import PLACES
from models.schedule import OVERDUE_EVERY, next_reminder, phase_wake, ready, step_wake

SE = PLACES["SE"]
NOW = datetime(2024, 3, 1, 9, tzinfo=UTC)
EIGHT = time(8)


@dataclass
class State:
    """A step as the schedule sees it."""

    settled_at: datetime | None = None
    attention: bool = False
    closing: str | None = None
    asked: int = 3
    answered: int = 0
    next_reminder_at: datetime | None = None
    missed_at: datetime | None = None
    due_before: datetime | None = None


instants = st.datetimes(datetime(2023, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
days = st.dates(date(2023, 1, 1), date(2026, 1, 1))
states = st.builds(
    State,
    settled_at=st.none() | instants,
    attention=st.booleans(),
    closing=st.none() | st.just("deadline"),
    asked=st.integers(0, 4),
    answered=st.integers(0, 4),
    next_reminder_at=st.none() | instants,
    missed_at=st.none() | instants,
    due_before=st.none() | instants,
)


def reminder(
    after: datetime, due_on: date, *, missed: bool = False, before: tuple[int, ...] = (14, 3)
) -> datetime | None:
    """The next reminder of a question that is due on a day."""
    due = SE.end_of(due_on)
    missed_at = due if missed else None
    return next_reminder(
        after=after, due_before=due, missed_at=missed_at, days_before=before, place=SE, send_at=EIGHT
    )  # fmt: skip


def local(day: date, clock: time = EIGHT) -> datetime:
    return SE.at(day, clock)


@pytest.mark.parametrize(
    ("step", "wake"),
    [
        (State(settled_at=NOW, attention=True), None),
        (State(answered=3), NOW),
        (State(attention=True), NOW),
        (State(closing="deadline"), NOW),
        (State(due_before=NOW + timedelta(9)), NOW + timedelta(9)),
        (State(due_before=NOW + timedelta(9), next_reminder_at=NOW + timedelta(2)), NOW + timedelta(2)),
        (State(due_before=NOW, missed_at=NOW, next_reminder_at=NOW + timedelta(14)), NOW + timedelta(14)),
        (State(due_before=NOW, missed_at=NOW), None),
        (State(), None),
    ],
    ids=[
        "settled: never", "all answered: now", "referred back: now", "closed by somebody: now", "its deadline",
        "a reminder first", "missed and held: the next reminder", "missed, reminded enough: a person must act",
        "no date: when an answer comes",
    ],
)  # fmt: skip
def test_step_is_looked_at(step: State, wake: datetime | None) -> None:
    """The cases that there are."""
    assert step_wake(step, NOW) == wake


def test_question_to_nobody_is_not_answered_by_that() -> None:
    """Nobody has said anything, so the step waits for its date or for a person."""
    assert not ready(State(asked=0))
    assert ready(State(asked=1, answered=1))


def test_phase_without_a_waiting_step_is_looked_at_now() -> None:
    """It has opened, or a step has settled: the flow goes on."""
    assert phase_wake([], NOW) == NOW
    assert phase_wake([State(settled_at=NOW)], NOW) == NOW


@given(st.lists(states, max_size=6), instants)
def test_wake_is_no_later_than_anything_that_falls_due(steps: list[State], now: datetime) -> None:
    """And no earlier than now or some step's own instant."""
    wake = phase_wake(steps, now)
    waiting = [step for step in steps if step.settled_at is None]
    moments = [s.next_reminder_at for s in waiting] + [s.due_before for s in waiting if s.missed_at is None]
    known = [moment for moment in moments if moment is not None]
    if not waiting or any(ready(step) for step in waiting):
        assert wake == min([now, *[m for s, m in _own(waiting) if not ready(s)]])
    else:
        assert wake == min(known, default=None)


def _own(steps: list[State]) -> list[tuple[State, datetime]]:
    """Every waiting step's own instants."""
    moments = [(s, s.next_reminder_at) for s in steps] + [(s, s.due_before) for s in steps if s.missed_at is None]
    return [(step, moment) for step, moment in moments if moment is not None]


@given(st.lists(states, min_size=1, max_size=6), instants)
def test_phase_sleeps_for_good_only_when_nothing_can_fall_due(steps: list[State], now: datetime) -> None:
    """None means: whatever happens next is done by a person."""
    if phase_wake(steps, now) is None:
        for step in steps:
            assert step.settled_at is not None or not ready(step)
            assert step.settled_at is not None or step.next_reminder_at is None
            assert step.settled_at is not None or step.missed_at is not None or step.due_before is None


def test_reminders_before_the_date() -> None:
    """Fourteen days and three days before the due day, at the hour when mail goes out."""
    due = date(2013, 6, 30)
    first = reminder(local(date(2013, 4, 2)), due)
    assert first == local(date(2013, 6, 16))
    second = reminder(first, due)
    assert second == local(date(2013, 6, 27))
    assert reminder(second, due) is None


def test_six_reminders_after_a_date_that_is_held_open() -> None:
    """Each fortnight; then the coordinator must act."""
    due = date(2013, 9, 30)
    moment: datetime | None = SE.end_of(due)
    found = []
    while (moment := reminder(moment, due, missed=True)) is not None:
        found.append(moment)
    assert [SE.today(at) for at in found] == [due + number * OVERDUE_EVERY for number in range(1, 7)]


def test_no_date_no_reminder() -> None:
    """There is nothing to quote."""
    assert next_reminder(after=NOW, due_before=None, missed_at=None, days_before=[3], place=SE, send_at=EIGHT) is None


@given(instants, days, st.booleans(), st.lists(st.integers(0, 60), max_size=4).map(tuple))
def test_reminders_move_forward_and_come_to_an_end(
    start: datetime,
    due: date,
    missed: bool,  # noqa: FBT001
    before: tuple[int, ...],
) -> None:
    """Each is strictly after the one before it, at the civil hour, and on the right side of the date."""
    moment: datetime | None = start
    for _ in range(len(set(before)) + 7):
        following = reminder(moment, due, missed=missed, before=before)
        if following is None:
            return
        assert following > moment
        assert following.astimezone(SE.zone).time() == EIGHT
        assert (following > SE.end_of(due)) if missed else (following < SE.end_of(due))
        moment = following
    raise AssertionError("reminders without end")


@pytest.mark.parametrize("due", [date(2024, 3, 31), date(2024, 10, 27)], ids=["23 hours", "25 hours"])
def test_days_of_a_clock_change(due: date) -> None:
    """The deadline includes all of the day, and the mail goes at eight on the wall."""
    assert SE.end_of(due) - SE.start_of(due) in (timedelta(hours=23), timedelta(hours=25))
    at = reminder(local(due - timedelta(days=3)), due, before=(0,))
    assert at is not None
    assert at.astimezone(SE.zone).replace(tzinfo=None) == datetime.combine(due, EIGHT)


def test_mail_in_the_gap_of_a_clock_change_goes_once() -> None:
    """At half past two on the last Sunday of March no clock shows that time; the mail still goes that day."""
    due = date(2024, 3, 31)
    gap = time(2, 30)
    moment = next_reminder(
        after=local(date(2024, 3, 1)), due_before=SE.end_of(due), missed_at=None, days_before=[0], place=SE, send_at=gap
    )
    assert moment is not None
    assert SE.today(moment) == due
    again = next_reminder(
        after=moment, due_before=SE.end_of(due), missed_at=None, days_before=[0], place=SE, send_at=gap
    )  # fmt: skip
    assert again is None
