"""Re-dating: exact dates keep their distance from the start, vague ones stay vague."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.loader import load_named
from config.redate import Move, redate


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
