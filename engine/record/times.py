"""Clocks on the wall as instants."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from config.calendars import Place


def on_the_day(day: date | None, clock: str | None, place: Place) -> datetime | None:
    """The instant of a day at 13:00 of the place, in its time zone.

    None where the day or the clock is not known, or where the clock is none.
    """
    if day is None or not clock:
        return None
    try:
        wall = time.fromisoformat(clock.zfill(5).replace(".", ":"))
    except ValueError:
        return None
    return place.at(day, wall).astimezone(place.zone)
