"""Days, their ends and the days off, against rules written down independently of the library used."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.calendars import PLACES, Place, aware, civil_send_time

if TYPE_CHECKING:
    from collections.abc import Callable

SE, DK = PLACES["SE"], PLACES["DK"]
FIRST, LAST = date(2000, 1, 1), date(2040, 12, 31)
EVERY_DAY = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
FRIDAY, SATURDAY = 4, 5
DAYS = st.dates(date(1950, 1, 1), date(2100, 12, 31))


def easter(year: int) -> date:
    """Easter Sunday by the anonymous Gregorian algorithm (Meeus, Astronomical Algorithms, chapter 8)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 19 * m) // 433
    month = (h + m - 7 * n + 90) // 25
    return date(year, month, (h + m - 7 * n + 33 * month + 19) % 32)


def on_or_after(weekday: int, day: date) -> date:
    """The first such weekday on or after a day."""
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def swedish(year: int) -> set[date]:
    """Lag (1989:253) om allmänna helgdagar, and the eves of Lag (1930:173) 2 §."""
    after_easter = {-2, 1, 39} | ({50} if year < 2005 else set())  # Whit Monday gave way to 6 June in 2005
    days = {easter(year) + timedelta(days=n) for n in after_easter}
    days |= {date(year, *md) for md in [(1, 1), (1, 6), (5, 1), (12, 24), (12, 25), (12, 26), (12, 31)]}
    days |= {date(year, 6, 6)} if year >= 2005 else set()
    return days | {on_or_after(FRIDAY, date(year, 6, 19)), on_or_after(SATURDAY, date(year, 10, 31))}


def danish(year: int) -> set[date]:
    """Helligdagsloven (store bededag until 2023), and the customary 5 June, 24 and 31 December."""
    after_easter = {-3, -2, 1, 39, 50} | ({26} if year <= 2023 else set())
    days = {easter(year) + timedelta(days=n) for n in after_easter}
    return days | {date(year, *md) for md in [(1, 1), (6, 5), (12, 24), (12, 25), (12, 26), (12, 31)]}


@pytest.mark.parametrize(("place", "rule"), [(SE, swedish), (DK, danish)], ids=["SE", "DK"])
def test_every_day_from_2000_to_2040_is_a_working_day_or_not(place: Place, rule: Callable[[int], set[date]]) -> None:
    closed = {day for year in range(2000, 2041) for day in rule(year)}
    wrong = [d for d in EVERY_DAY if place.is_working_day(d) != (d.weekday() < SATURDAY and d not in closed)]
    assert wrong == []


@pytest.mark.parametrize("place", [SE, DK], ids=["SE", "DK"])
def test_days_follow_each_other_without_gap_or_overlap(place: Place) -> None:
    for day in EVERY_DAY:
        length = place.end_of(day) - place.start_of(day)
        assert length in (timedelta(hours=23), timedelta(hours=24), timedelta(hours=25))
        assert place.end_of(day) == place.start_of(day + timedelta(days=1))


@pytest.mark.parametrize(
    ("day", "hours"),
    [("2013-03-31", 23), ("2013-06-30", 24), ("2013-10-27", 25), ("2024-03-31", 23), ("2024-10-27", 25)],
)
def test_days_with_a_clock_change_have_another_length(day: str, hours: int) -> None:
    when = date.fromisoformat(day)
    assert SE.end_of(when) - SE.start_of(when) == timedelta(hours=hours)


def test_no_later_than_a_day_includes_all_of_it() -> None:
    end = SE.end_of(date(2013, 6, 30))
    assert end == datetime(2013, 6, 30, 22, tzinfo=UTC)
    assert SE.today(end) == date(2013, 7, 1)
    assert SE.today(end - timedelta(microseconds=1)) == date(2013, 6, 30)


@given(day=DAYS, place=st.sampled_from([SE, DK]))
def test_the_end_of_a_day_belongs_to_that_day(day: date, place: Place) -> None:
    assert place.last_day_before(place.end_of(day)) == day
    assert place.today(place.start_of(day)) == day


@given(day=DAYS, clock=st.times().map(lambda t: t.replace(second=0, microsecond=0)))
def test_a_wall_clock_time_is_kept_except_in_the_gap(day: date, clock: time) -> None:
    local = SE.at(day, clock).astimezone(SE.zone)
    assert local.date() == day
    assert local.time().replace(tzinfo=None) in (clock, clock.replace(hour=(clock.hour + 1) % 24))


def test_in_the_gap_of_a_clock_change_the_time_is_just_after() -> None:
    assert SE.at(date(2013, 3, 31), time(2, 30)).astimezone(SE.zone).time() == time(3, 30)


def test_holidays_are_named_in_the_language_of_the_place() -> None:
    assert SE.holiday(date(2013, 6, 21)) == "Midsommarafton"
    assert DK.holiday(date(2013, 6, 5)) == "Grundlovsdag"
    assert DK.holiday(date(2013, 3, 29)) == "Langfredag"
    assert SE.holiday(date(2013, 6, 30)) is None


def test_an_agreed_sunday_is_known_and_a_statutory_one_rolls_forward() -> None:
    assert not SE.is_working_day(date(2013, 6, 30))
    assert SE.roll_forward(date(2013, 6, 30)) == date(2013, 7, 1)
    assert SE.roll_forward(date(2024, 12, 24)) == date(2024, 12, 27)


@given(day=DAYS, place=st.sampled_from([SE, DK]))
def test_rolling_forward_ends_on_the_first_working_day(day: date, place: Place) -> None:
    rolled = place.roll_forward(day)
    assert place.is_working_day(rolled)
    assert not any(place.is_working_day(day + timedelta(days=n)) for n in range((rolled - day).days))


@pytest.mark.parametrize(
    ("now", "sent"),
    [
        ("2013-05-02T07:59", "2013-05-02T08:00"),
        ("2013-05-02T08:00", "2013-05-02T08:00"),
        ("2013-05-02T16:59", "2013-05-02T16:59"),
        ("2013-05-02T17:00", "2013-05-03T08:00"),
        ("2013-12-31T23:00", "2014-01-01T08:00"),
    ],
)
def test_mail_goes_out_at_a_civil_hour(now: str, sent: str) -> None:
    local = datetime.fromisoformat(now).replace(tzinfo=SE.zone)
    assert civil_send_time(SE, local, time(8)) == datetime.fromisoformat(sent).replace(tzinfo=SE.zone)


def test_instants_stay_aware_when_they_are_reckoned_with() -> None:
    end = SE.end_of(date(2013, 6, 30)) - timedelta(hours=1)
    assert type(end) is datetime
    assert end.tzinfo is UTC


def test_of_two_instants_with_the_same_wall_clock_the_first_is_meant() -> None:
    assert SE.at(date(2013, 10, 27), time(2, 30)) == datetime(2013, 10, 27, 0, 30, tzinfo=UTC)


def test_an_instant_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a time zone"):
        aware(datetime(2013, 6, 30))  # noqa: DTZ001 - that is the point
