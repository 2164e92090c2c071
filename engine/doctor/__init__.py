"""`samsyn doctor`: what is misconfigured, and how to mend it. Nothing is changed by looking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.doctor.addresses import addresses
from engine.doctor.findings import Examined, Level
from engine.doctor.identity import identity
from engine.doctor.machine import machine
from engine.doctor.mail import mail
from engine.doctor.reach import reach
from engine.doctor.register import register

if TYPE_CHECKING:
    from datetime import datetime

    from config.settings import Settings


def examine(settings: Settings, now: datetime) -> list[Examined]:
    """Look at everything that Samsyn needs. `now` is the machine's time."""
    return [
        *machine(settings, now),
        *addresses(settings),
        *register(settings, now),
        *mail(settings),
        *reach(settings, now),
        *identity(settings),
    ]


__all__ = ["Examined", "Level", "examine"]
