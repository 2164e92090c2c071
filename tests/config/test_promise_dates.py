"""What the dates of a definition mean."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.dates import Relative, Window, normalise, parse_duration, parse_relative, parse_window

DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("2013-06-30", "2013-06-30", "2013-06-30"),
        ("2013-04", "2013-04-01", "2013-04-30"),
        ("2013", "2013-01-01", "2013-12-31"),
        ("2013-02/2013-03", "2013-02-01", "2013-03-31"),
        ("2012-12-06/2013-01", "2012-12-06", "2013-01-31"),
        ("2014-33", "2014-01-01", "2014-03-31"),
        ("2014-Q1", "2014-01-01", "2014-03-31"),
        ("2014-q4", "2014-10-01", "2014-12-31"),
        ("2013-10/2014-Q1", "2013-10-01", "2014-03-31"),
        ("../2013-08-15", None, "2013-08-15"),
        ("2013-08-15/..", "2013-08-15", None),
        ("2016-06~", "2016-06-01", "2016-06-30"),
        ("2016-06-30?", "2016-06-30", "2016-06-30"),
        ("2024-02", "2024-02-01", "2024-02-29"),
    ],
)
def test_a_date_covers_days(text: str, earliest: str | None, latest: str | None) -> None:
    first = date.fromisoformat(earliest) if earliest else None
    last = date.fromisoformat(latest) if latest else None
    assert parse_window(text) == Window(first, last)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2013-02-30", "there is no day 2013-02-30; February 2013 has 28 days"),
        ("2013-13", "there is no month 13"),
        ("2013-00-01", "there is no month 0"),
        ("30/6 2013", "is no date; write a day"),
        ("2013-6-30", "is no date; write a day"),
        ("2013-09/2013-03", "before it begins"),
        ("../..", "neither beginning nor end"),
        ("", "is no date"),
        ("1899-12-31", "outside the years 1900 to 2199"),
        ("2200", "outside the years 1900 to 2199"),
        ("x" * 100_000, "is no date"),
        ("2013-0X", "is no date"),
    ],
)
def test_what_is_no_date_is_refused_with_advice(text: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    """And nowhere else: the parser behind would print what it stumbles over, into a command's answer."""
    with pytest.raises(ValueError, match=words):
        parse_window(text)
    assert capsys.readouterr().out == ""


@given(st.text(max_size=40) | st.text("0123456789-/.~?%QXY+wd ", max_size=20))
def test_any_text_is_a_window_or_a_value_error(text: str) -> None:
    with suppress(ValueError):
        window = parse_window(text)
        assert window.earliest or window.latest


@given(DAYS)
def test_an_exact_day_is_only_that_day(day: date) -> None:
    assert parse_window(day.isoformat()) == Window(day, day)


@given(DAYS, DAYS)
def test_a_span_goes_from_its_first_to_its_last_day(one: date, other: date) -> None:
    first, last = sorted([one, other])
    assert parse_window(f"{first}/{last}") == Window(first, last)
    assert parse_window(f"../{last}") == Window(None, last)


@given(st.integers(1900, 2199), st.integers(1, 4))
def test_the_quarters_make_up_the_year(year: int, quarter: int) -> None:
    window = parse_window(f"{year}-Q{quarter}")
    assert window == parse_window(f"{year}-{32 + quarter}")
    assert window.earliest == date(year, 3 * quarter - 2, 1)
    assert window.latest
    assert (window.latest + timedelta(days=1)).day == 1


@given(st.text(max_size=40))
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(DAYS, st.integers(0, 9999), st.sampled_from("dw"), st.sampled_from(["after", "before"]))
def test_days_and_weeks_are_counted_from_the_anchor(day: date, count: int, unit: str, side: str) -> None:
    relative = parse_relative(f"+{count}{unit} {side} begins")
    assert relative
    days = count * (7 if unit == "w" else 1) * (1 if side == "after" else -1)
    assert relative.from_day(day) == day + timedelta(days=days)


@given(DAYS, st.integers(0, 120))
def test_months_keep_the_day_or_take_the_months_last(day: date, count: int) -> None:
    relative = parse_relative(f"+{count}m after begins")
    assert relative
    moved = relative.from_day(day)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == count
    assert moved.day == day.day or (moved.day < day.day and (moved + timedelta(days=1)).day == 1)


@pytest.mark.parametrize(
    ("text", "relative"),
    [
        ("+6w after project-description.closed", Relative(42, 0, "project-description.closed")),
        ("-3d before begins", Relative(3, 0, "begins")),
        ("+3d before decision", Relative(-3, 0, "decision")),
        ("+2m after begins", Relative(0, 2, "begins")),
    ],
)
def test_a_date_may_follow_from_an_event(text: str, relative: Relative) -> None:
    assert parse_relative(text) == relative


@given(st.text(max_size=40))
def test_any_text_is_relative_or_not(text: str) -> None:
    assert parse_relative(text) is None or text.strip()[0] in "+-"


@pytest.mark.parametrize("text", ["", "14", "14 d", "-3d", "3m", "d", "99999d", "٣d"])
def test_what_is_no_span_of_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write days or weeks"):
        parse_duration(text)


def test_spans_of_time_are_days_or_weeks() -> None:
    assert (parse_duration("14d"), parse_duration("2w")) == (timedelta(days=14), timedelta(days=14))
