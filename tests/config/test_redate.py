"""Re-dating: exact dates keep their distance from the start, vague ones stay vague."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.check_dates import last_day
from config.dates import PromiseKind
from config.loader import bundled, load, load_named
from config.redate import Move, landings, redate, rolled


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("2013-06-30", "2027-08-05"),  # 206 days after the start, as before
        ("2013-04", "2027-05"),
        ("2014-33", "2028-02/2028-04"),  # thirteen months from the start: no calendar quarter any more
        ("2013-02/2013-03", "2027-03/2027-04"),
        ("../2013-08-15", "../2027-09-20"),
        ("2013-06~", "2027-07~"),
        ("2012-12-06/2013-01", "2027-01-11/2027-02"),
    ],
)
def test_each_kind_of_date(text: str, moved: str) -> None:
    assert Move(date(2012, 12, 6), date(2027, 1, 11)).edtf(text) == moved


def test_a_quarter_stays_a_quarter_when_the_months_allow_it() -> None:
    assert Move(date(2012, 12, 6), date(2026, 12, 7)).edtf("2014-33") == "2028-33"


def test_the_bundled_cycle_begun_in_2027_has_no_date_of_2013_left() -> None:
    moved = redate(load_named("jamtland-2012"), date(2027, 1, 11))
    assert moved.begins == date(2027, 1, 11)
    assert all(m.window is None or m.window.latest > date(2027, 1, 11) for m in moved.milestones.values())
    assert not any(milestone.words for milestone in moved.milestones.values())


def test_the_same_day_changes_nothing() -> None:
    definition = load_named("jamtland-2012")
    assert redate(definition, definition.begins) is definition


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(0, 2000))
def test_exact_dates_keep_their_distance(begins: date, distance: int) -> None:
    old = date(2012, 12, 6)
    moved = Move(old, begins).edtf((old + timedelta(days=distance)).isoformat())
    assert date.fromisoformat(moved) - begins == timedelta(days=distance)


STARTS = (date(2027, 1, 11), date(2027, 6, 28))


@pytest.mark.parametrize("begins", STARTS)
@pytest.mark.parametrize("name", sorted(bundled()))
def test_every_bundled_cycle_begun_anew_keeps_its_order_and_asks_about_closed_days(name: str, begins: date) -> None:
    old = load_named(name)
    new = redate(old, begins)
    assert new.begins == begins
    assert set(new.milestones) == set(old.milestones)
    days = {key: (last_day(old, key), last_day(new, key)) for key in new.milestones}
    known = [(was, now) for was, now in days.values() if was and now]
    # Months differ in length: only what lay more than a month apart must stay in order.
    assert all(a[1] < b[1] for a in known for b in known if (b[0] - a[0]).days > 31)
    asked = {landing.path[1] for landing in landings(new)}
    exact = [
        key
        for key, milestone in new.milestones.items()
        if milestone.promise is not PromiseKind.IN
        and (milestone.relative or re.fullmatch(r"[0-9-]{10}", milestone.date))
    ]
    closed = {key for key in exact if (day := last_day(new, key)) and not new.where.is_working_day(day)}
    assert closed <= asked
    assert landings(rolled(new, landings(new))) == ()


def test_a_closed_day_has_a_proposal_and_is_never_moved_silently() -> None:
    moved = redate(load_named("jamtland-2012"), date(2027, 1, 11))
    found = landings(moved)
    assert [(f.where, str(f.day), str(f.closed), str(f.proposal)) for f in found] == [
        ("beslutsmote", "2027-10-17", "a Sunday", "2027-10-18")
    ]
    assert moved.milestones["beslutsmote"].date == "2027-10-17"
    assert rolled(moved, found).milestones["beslutsmote"].date == "2027-10-18"


def test_meetings_and_phases_that_end_on_a_closed_day_are_asked_about_too(small: str) -> None:
    text = small.replace("in: 2024-01/2024-02", "in: 2024-01-15/2024-02-25").replace(
        "  second:",
        "  third: {kind: goal_setting, body: board, outcome: {text: g}, meetings: [2024-03-30]}\n  second:",
    )
    definition = load("f.yaml", text)
    assert [(f.where, str(f.proposal)) for f in landings(definition)] == [
        ("first.in", "2024-02-26"),
        ("third.meetings.0", "2024-04-02"),  # Saturday in Easter
    ]
    again = rolled(definition, landings(definition))
    assert again.phases["first"].within == "2024-01-15/2024-02-26"
    assert landings(again) == ()


def test_what_the_law_moves_by_itself_is_not_asked_about(small: str) -> None:
    assert landings(load("f.yaml", small.replace("by: 2024-03-01", "by: 2024-03-02, statutory: true"))) == ()


def test_a_date_that_follows_from_the_beginning_becomes_the_day_itself(small: str) -> None:
    definition = load("f.yaml", small.replace("by: 2024-03-01", "by: +5d after begins"))
    found = landings(definition)
    assert [(f.where, str(f.day)) for f in found] == [("answers", "2024-01-20")]
    assert rolled(definition, found).milestones["answers"].date == "2024-01-22"
