"""Places: their time zone, their non-working days, and where their days begin and end.

The only module that turns a local date into an instant. Every instant is aware and in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

import holidays

if TYPE_CHECKING:
    from collections.abc import Mapping

SATURDAY = 5


@dataclass(frozen=True)
class Place:
    """Where a cycle lives: ISO 3166 country code, IANA time zone, and the days nobody works.

    The Swedish days are those of Lag (1930:173) 2 §: Sundays, public holidays, Saturdays, Midsummer Eve,
    Christmas Eve and New Year's Eve. The Danish are weekends, public holidays, 5 June, 24 and 31 December.
    """

    code: str
    zone_name: str

    @property
    def zone(self) -> ZoneInfo:
        """The place's time zone."""
        return ZoneInfo(self.zone_name)

    def in_minutes(self, number: int | str) -> str:
        """How minutes cite what they number: `§ 71` in Sweden; in Denmark the agenda's points, `pkt. 14`."""
        return f"pkt. {number}" if self.code == "DK" else f"§ {number}"

    def today(self, now: datetime) -> date:
        """The local date at an instant."""
        return aware(now).astimezone(self.zone).date()

    def at(self, day: date, clock: time) -> datetime:
        """The instant when the wall clock shows `clock` on `day`.

        In the gap of a clock change, as long after the gap as `clock` is in it; of two such instants, the first.
        """
        return datetime.combine(day, clock, tzinfo=self.zone).astimezone(UTC)

    def start_of(self, day: date) -> datetime:
        """The first instant of a local day."""
        return self.at(day, time(0))

    def end_of(self, day: date) -> datetime:
        """The exclusive end of a local day: the next local midnight. Days have 23, 24 or 25 hours."""
        return self.start_of(day + timedelta(days=1))

    def last_day_before(self, exclusive_end: datetime) -> date:
        """The local day that an exclusive end belongs to; undoes `end_of`."""
        return self.today(aware(exclusive_end) - timedelta(microseconds=1))

    def holiday(self, day: date) -> str | None:
        """The name of the holiday, or None on other days (weekends included)."""
        customary = DANISH_OFFICES_CLOSED.get((day.month, day.day)) if self.code == "DK" else None
        return _holidays(self.code).get(day) or customary

    def is_working_day(self, day: date) -> bool:
        """Whether offices are open."""
        return day.weekday() < SATURDAY and self.holiday(day) is None

    def roll_forward(self, day: date) -> date:
        """The first working day on or after `day`, as Lag (1930:173) 2 § moves a statutory date."""
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return day


PLACES: Mapping[str, Place] = {
    "SE": Place("SE", "Europe/Stockholm"),
    "DK": Place("DK", "Europe/Copenhagen"),
}


@cache
def _holidays(code: str) -> Mapping[date, str]:
    """Holidays by date; the years are filled in as they are asked for. Weekends are the caller's matter.

    The names are in the place's own language; the library would otherwise follow the machine's.
    """
    if code == "SE":
        days: object = holidays.country_holidays(
            "SE", categories=("public", "de_facto"), include_sundays=False, language="sv"
        )
    else:
        days = holidays.country_holidays("DK", language="da")
    return cast("Mapping[date, str]", days)


DANISH_OFFICES_CLOSED = {
    (6, 5): "Grundlovsdag",
    (12, 24): "Juleaftensdag",
    (12, 31): "Nytårsaftensdag",
}
"""Customary days off that the library files among others (1 May for one) which offices do not keep."""


def aware(instant: datetime) -> datetime:
    """The same instant.

    Raises:
        ValueError: it carries no time zone.
    """
    if instant.tzinfo is None:
        msg = f"an instant needs a time zone: {instant.isoformat()}"
        raise ValueError(msg)
    return instant


def civil_send_time(place: Place, now: datetime, opens: time, closes: time = time(17)) -> datetime:
    """When a mail written now may go out: at once in office hours, otherwise the next time they begin."""
    local = aware(now).astimezone(place.zone)
    if opens <= local.time() < closes:
        return now
    day = local.date() if local.time() < opens else local.date() + timedelta(days=1)
    return place.at(day, opens)
