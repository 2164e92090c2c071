"""The mail server is gone, silent, clumsy, unwilling for days, or does not know somebody."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import col, select

from campaigns.faults.cycle import REFERS_BACK, DisturbedCycle
from campaigns.faults.mailserver import Manner
from campaigns.faults.waiting import until
from engine.script import Script
from models.notice import Delivery, NoticeKind
from notifications.retry import PAUSES, QUEUE_PAUSE

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from campaigns.faults.installation import Installation

AT_ONCE = 10.0
"""Seconds in which a person has her receipt page, whatever the mail server does."""
NOBODY = "south"
UNKNOWN = f"contact@{NOBODY}.example"
IS_NOT_ASKED = {"step": "proposing/proposals", "who": NOBODY, "silent": True}


def refuses_connections(at: Installation, chance: Random, slug: str) -> list[str]:
    """Nobody listens for some hours; coordinators are told, and then every mail goes out."""
    cycle, hours = DisturbedCycle(at, slug), at.settings.mail_stuck_hours
    strike(cycle, chance, at.mail.close)
    for _ in range(int(hours) + 2):
        cycle.step(timedelta(hours=1))
        cycle.until_at_rest()
    until(lambda: cycle.told(NoticeKind.MAIL_STUCK), "coordinators to be told of mail that waits")
    at.mail.well()
    cycle.step(QUEUE_PAUSE)
    return cycle.judge(cycle.see_through(), told=True)


def is_silent(at: Installation, chance: Random, slug: str) -> list[str]:
    """It takes the connection and says nothing; nobody waits for it but the mail."""
    cycle = DisturbedCycle(at, slug)

    def silence() -> None:
        at.mail.keeper.manner = Manner.SILENT

    found = strike(cycle, chance, silence, seconds=150)
    at.mail.well()
    cycle.step(QUEUE_PAUSE)
    return found + cycle.judge(cycle.see_through())


def never_says_that_it_has_it(at: Installation, chance: Random, slug: str) -> list[str]:  # noqa: ARG001
    """It keeps a mail and does not say so in time: that mail may come again, with the same Message-ID."""
    cycle = DisturbedCycle(at, slug)
    keeper = at.mail.keeper
    before = keeper.seen[Manner.SILENT_AT_END]
    keeper.manner = Manner.SILENT_AT_END
    cycle.begin()
    until(lambda: keeper.seen[Manner.SILENT_AT_END] > before, "a mail to be swallowed")
    until(lambda: _tried(cycle), "patience to end", 90)
    at.mail.well()
    cycle.until_at_rest(150)
    cycle.step(PAUSES[0])
    return cycle.judge(cycle.see_through(), repeats=keeper.seen[Manner.SILENT_AT_END] - before)


def drops_connections(at: Installation, chance: Random, slug: str) -> list[str]:
    """It closes the connection over a mail, several times in a row."""
    cycle, drops = DisturbedCycle(at, slug), chance.randint(1, 6)

    def drop() -> None:
        at.mail.keeper.drops_left = drops
        at.mail.keeper.manner = Manner.DROPS

    found = strike(cycle, chance, drop)
    until(lambda: at.mail.keeper.seen[Manner.DROPS] >= 1, "a connection to be dropped")
    at.mail.well()
    cycle.step(PAUSES[0])
    return found + cycle.judge(cycle.see_through())


def says_later_for_days(at: Installation, chance: Random, slug: str) -> list[str]:
    """451 to everything for two to four days: tried again with growing pauses, told of, and then delivered."""
    cycle, days = DisturbedCycle(at, slug), chance.uniform(2, 4)
    at.mail.keeper.manner = Manner.LATER
    cycle.begin()
    ends = cycle.now + timedelta(days=days)
    cycle.until_at_rest()
    while (due := at.services.mailer.next_due()) is not None and due < ends:
        cycle.demonstration.clock.set(due)
        cycle.until_at_rest()
    until(lambda: cycle.told(NoticeKind.MAIL_STUCK), "coordinators to be told of mail that waits")
    tries = most_attempts(cycle)
    at.mail.well()
    found = [] if tries <= len(PAUSES) else [f"{slug}: {tries} attempts in {days:.1f} days are no growing pauses"]
    return found + cycle.judge(cycle.see_through(), told=True)


def does_not_know_somebody(at: Installation, chance: Random, slug: str) -> list[str]:  # noqa: ARG001
    """550 for one recipient: everybody else is served as ever, and the coordinator is told, once."""
    cycle = DisturbedCycle(at, slug, Script.model_validate({"answers": [REFERS_BACK, IS_NOT_ASKED]}))
    at.mail.keeper.unknown = frozenset({UNKNOWN})
    cycle.begin()
    cycle.until_at_rest()
    until(lambda: cycle.told(NoticeKind.UNDELIVERED), "the coordinator to be told of the address")
    report = cycle.see_through()
    found = cycle.judge(report, told=True, refused=UNKNOWN)
    told = cycle.told(NoticeKind.UNDELIVERED)
    return found + ([] if told == 1 else [f"{slug}: the coordinator was told {told} times of one address"])


def strike(cycle: DisturbedCycle, chance: Random, begins: Callable[[], None], seconds: float = 60.0) -> list[str]:
    """Let the fault begin before the first mail, or before an answer whose receipt is a mail; until all is at rest."""
    if chance.random() < 1 / 2:
        begins()
        cycle.begin()
        cycle.until_at_rest(seconds)
        return []
    cycle.begin()
    cycle.rest()
    cycle.to_next_answer()
    begins()
    began = time.monotonic()
    cycle.crowd.act(cycle.now)
    took = time.monotonic() - began
    cycle.until_at_rest(seconds)
    return [] if took < AT_ONCE else [f"{cycle.slug}: an answer took {took:.0f} s, because of the mail server"]


def _tried(cycle: DisturbedCycle) -> bool:
    return most_attempts(cycle) > 0


def most_attempts(cycle: DisturbedCycle) -> int:
    """How often the mail was tried that was tried most."""
    query = select(Delivery.attempts).where(col(Delivery.cycle_id) == cycle.slug)
    with cycle.register.read() as session:
        return max(session.exec(query), default=0)
