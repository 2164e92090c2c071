"""Dates as people write them; an instant by the clock on the wall."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel.dates import format_time

from config.date_words import long_day, plain_day, window_words
from notifications.i18n import BABEL_LOCALE, N_, tongue

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

__all__ = ["long_day", "moment", "plain_day", "window_words"]


def moment(instant: datetime, zone: tzinfo, language: str) -> str:
    """An instant to the minute, by the clock on the wall: `söndag 30 juni 2013 kl. 23.15`."""
    local = instant.astimezone(zone)
    clock = format_time(local, "short", tzinfo=zone, locale=BABEL_LOCALE[language])
    return tongue(language)(N_("%(day)s at %(clock)s"), day=long_day(local.date(), language), clock=clock)
