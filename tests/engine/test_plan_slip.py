"""Slips: what is pushed, what idle time takes up, and what cannot be understood."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.dates import Length
from config.loader import load
from engine.plan_slip import (
    Shifts,
    Slip,
    SlipError,
    Span,
    days_of,
    parse_slip,
    shifted,
    shifts_of,
    waits_for,
)

TEXT = """\
cycle: slips
title: Slips
begins: 2024-01-15
coordinator: office
bodies:
  office: {name: The office, seats: {contact: 1}}
  board: {name: The board, seats: {chair: 1, members: 2}}
milestones:
  draft: {by: 2024-03-01}
  sent: {by: 2024-04-02}
  meeting: {on: 2024-05-08}
  final: {in: 2024-06/2024-07}
  alike: {by: +2w after final}
phases:
  alike: {kind: drafting, author: office, text: t, due: draft}
  ask:
    {kind: consultation, consultees: board, material: t, compiled_by: office, material_due: sent, ruling_by: board,
     meeting: meeting}
  end: {kind: adoption, text: t, principals: board, after: ask, in: 2024-06/2024-07, due: final}
  report: {kind: drafting, author: office, text: r, after: end, due: alike}
"""
DEFINITION = load("slips.yaml", TEXT)
SPANS = {
    "alike": Span(date(2024, 1, 15), date(2024, 3, 1)),
    "ask": Span(date(2024, 3, 1), date(2024, 5, 22)),
    "end": Span(date(2024, 6, 1), date(2024, 7, 31)),
    "report": Span(date(2024, 7, 31), date(2024, 8, 14)),
}
DUE = {
    "draft": date(2024, 3, 1), "sent": date(2024, 4, 2), "meeting": date(2024, 5, 8), "final": date(2024, 7, 31),
}  # fmt: skip


def days(*slips: str) -> dict[str, int]:
    parsed = [parse_slip(slip, DEFINITION) for slip in slips]
    shifts = shifts_of(DEFINITION, days_of(DEFINITION, parsed, DUE, SPANS), SPANS)
    return {key: by.days for key, by in shifts.milestones.items()}


def test_what_waits_or_works_on_the_text_is_pushed_and_idle_time_takes_up_its_part() -> None:
    """The consultation names no phase before it: it waits for its text. Nine idle days lie before the adoption."""
    assert waits_for(DEFINITION)["ask"] == {"alike"}
    assert days("draft=+2w") == {"draft": 14, "sent": 14, "meeting": 14, "final": 5, "alike": 5}


def test_later_dates_of_the_same_phase_move_and_earlier_ones_do_not() -> None:
    assert days("meeting=+21d") == {"meeting": 21, "final": 12, "alike": 12}


def test_a_slip_inside_the_idle_time_endangers_nothing_beyond() -> None:
    assert days("meeting=+9d") == {"meeting": 9}


def test_the_larger_of_two_slips_counts() -> None:
    assert days("draft=+2w", "meeting=+30d") == {"draft": 14, "sent": 14, "meeting": 30, "final": 21, "alike": 21}


def test_the_end_of_a_phase_may_slip() -> None:
    assert days("ask=+3w") == {"final": 12, "alike": 12}


@pytest.mark.parametrize(
    ("text", "slip"),
    [
        ("draft=+6w", Slip("draft", Length(days=42))),
        ("draft = 3d", Slip("draft", Length(days=3))),
        ("draft=+2m", Slip("draft", Length(months=2))),
        ("alike=+1d", Slip("alike", Length(days=1))),  # the milestone, where both have the name
        ("alike.closed=+1d", Slip("alike", Length(days=1), phase=True)),
        ("end=+1w", Slip("end", Length(days=7), phase=True)),
    ],
)
def test_a_slip_is_read(text: str, slip: Slip) -> None:
    assert parse_slip(text, DEFINITION) == slip


@pytest.mark.parametrize(
    "text", ["", "draft", "draft=", "draft=-1w", "draft=+1y", "draft=+1mo", "draft=+1M", "draff=+1w", "=+1w"]
)
def test_anything_else_is_refused_with_advice(text: str) -> None:
    with pytest.raises(SlipError, match=r"write|did you mean"):
        parse_slip(text, DEFINITION)


@pytest.mark.parametrize(
    ("slip", "later"),
    [
        ("meeting=+1m", 31),  # 8 May to 8 June
        ("draft=+2m", 61),  # 1 March to 1 May
        ("final=+2m", 61),  # the end of July to the end of September: it was promised for months
        ("alike.closed=+1m", 31),  # the phase ends on 1 March at the latest
        ("report=+6m", 184),  # 14 August to 14 February
    ],
)
def test_months_are_counted_in_the_calendar_from_the_promised_day(slip: str, later: int) -> None:
    parsed = parse_slip(slip, DEFINITION)
    assert days_of(DEFINITION, [parsed], DUE, SPANS) == {parsed: timedelta(days=later)}


def test_months_need_a_day_to_be_counted_from_and_weeks_do_not() -> None:
    """The day of `alike` follows from an event that the plan has not fixed here."""
    weeks, months = (parse_slip(text, DEFINITION) for text in ("alike=+2w", "alike=+1m"))
    assert days_of(DEFINITION, [weeks], DUE, SPANS) == {weeks: timedelta(days=14)}
    with pytest.raises(SlipError, match="'alike' is not known, so months cannot be counted"):
        days_of(DEFINITION, [months], DUE, SPANS)


@given(st.dictionaries(st.sampled_from(sorted(DEFINITION.milestones)), st.integers(1, 400), min_size=1))
@settings(max_examples=60)
def test_nothing_moves_earlier_nor_further_than_the_largest_slip(slips: dict[str, int]) -> None:
    found = shifts_of(DEFINITION, {Slip(k, Length(days=d)): timedelta(days=d) for k, d in slips.items()}, SPANS)
    moves = [*found.milestones.values(), *found.opens.values(), *found.closes.values()]
    assert all(timedelta(0) < by <= timedelta(days=max(slips.values())) for by in moves)
    assert all(found.milestones[key] >= timedelta(days=by) for key, by in slips.items())


def test_moved_dates_stay_windows_and_relative_ones_become_days() -> None:
    moved = shifted(
        DEFINITION,
        Shifts({"final": timedelta(days=5), "alike": timedelta(days=5)}, {}, {"end": timedelta(days=5)}),
        {"alike": date(2024, 8, 14)},
    )
    assert moved.milestones["final"].date == "2024-06-06/2024-08-05"
    assert moved.milestones["alike"].date == "2024-08-19"
    assert moved.phases["end"].within == "2024-06-01/2024-08-05"
