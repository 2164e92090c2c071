"""Clocks that jump: that of the cycles, and that of the machine of worker and portal."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import col, select

from campaigns.faults.cycle import DisturbedCycle
from models.journal import ClockRow
from models.phase import Milestone

if TYPE_CHECKING:
    from datetime import datetime
    from random import Random

    from campaigns.faults.installation import Installation

JUMPS = (timedelta(hours=1), timedelta(days=1))
AHEAD = (0, 3600, -3600, 86400, -86400)
"""Seconds that the machine may be ahead."""
SETS = 6
IN_FLIGHT = 3
"""Mails that may be on their way when the clock is set: they seem to have been held for too long, and go again."""
SETTLED = ("met", "missed", "waived")


def cycles_clock_jumps_back(at: Installation, chance: Random, slug: str) -> list[str]:
    """An hour or a day back, wherever the cycle stands, and on from there."""
    cycle = DisturbedCycle(at, slug)
    cycle.begin()
    found = []
    for _ in range(chance.randint(2, 4)):
        cycle.rest()
        before = settled(cycle)
        put(at, cycle.now - chance.choice(JUMPS))
        cycle.until_at_rest()
        found += unsettled(cycle, before)
        cycle.answer_next()
    return found + cycle.judge(cycle.see_through())


def cycles_clock_jumps_ahead_and_back(at: Installation, chance: Random, slug: str) -> list[str]:
    """An hour or a day ahead where nothing is due in between; passes look; and back."""
    cycle = DisturbedCycle(at, slug)
    cycle.begin()
    found = []
    for _ in range(chance.randint(2, 4)):
        cycle.rest()
        now, jump = cycle.now, chance.choice(JUMPS)
        due = cycle.demonstration._next_instant()  # noqa: SLF001
        if due is not None and due > now + jump:
            before = settled(cycle)
            put(at, now + jump)
            cycle.until_at_rest()
            put(at, now)
            cycle.until_at_rest()
            found += unsettled(cycle, before)
        cycle.answer_next()
    return found + cycle.judge(cycle.see_through())


def cycles_clock_jumps_over_a_deadline_and_back(at: Installation, chance: Random, slug: str) -> list[str]:
    """Two hours over the next deadline, which is enforced; back before it, which undoes nothing and repeats nothing."""
    cycle = DisturbedCycle(at, slug)
    cycle.begin()
    cycle.rest()
    over = deadline(cycle, chance.choice(("text-written", "proposals-in")))
    put(at, over + timedelta(hours=2))
    cycle.until_at_rest()
    enforced, entries = settled(cycle), cycle.entries()
    found = [] if "missed" in enforced.values() else [f"{slug}: nothing was enforced"]
    put(at, over - timedelta(hours=1))
    cycle.until_at_rest()
    found += unsettled(cycle, enforced)
    if cycle.entries() != entries:
        found.append(f"{slug}: going back changed something: {cycle.entries() - entries} entries")
    put(at, over + timedelta(hours=2))
    cycle.until_at_rest()
    if cycle.entries() != entries:
        found.append(f"{slug}: the deadline was enforced again: {cycle.entries() - entries} entries")
    cycle.see_through()
    found += unsettled(cycle, enforced)
    return found + cycle.history()


def workers_clock_is_set(at: Installation, chance: Random, slug: str) -> list[str]:
    """The machine of worker and portal is set an hour or a day ahead or back, again and again, also in passes."""
    cycle = DisturbedCycle(at, slug)
    at.set_clock_ahead(chance.choice(AHEAD))
    cycle.begin()
    for _ in range(SETS):
        cycle.until_at_rest()
        cycle.crowd.read_mail()
        if cycle.crowd.next_due is None:
            break
        cycle.to_next_answer()
        cycle.crowd.act(cycle.now)
        at.set_clock_ahead(chance.choice(AHEAD))
    report = cycle.see_through()
    at.set_clock_ahead(0)
    return cycle.judge(report, repeats=SETS * IN_FLIGHT)


def put(at: Installation, now: datetime) -> None:
    """Set the cycles' clock, which otherwise never goes back."""
    with at.services.register.operate() as session:
        clock = session.get_one(ClockRow, 1)
        clock.now = now


def deadline(cycle: DisturbedCycle, key: str) -> datetime:
    """The instant at which a milestone is over."""
    window = cycle.definition.milestones[key].window
    assert window is not None
    assert window.latest is not None
    return cycle.definition.where.end_of(window.latest)


def settled(cycle: DisturbedCycle) -> dict[str, str]:
    """The milestones that are met, missed or waived."""
    query = select(Milestone.key, Milestone.status).where(col(Milestone.cycle_id) == cycle.slug)
    with cycle.register.read() as session:
        return {key: str(status) for key, status in session.exec(query) if str(status) in SETTLED}


def unsettled(cycle: DisturbedCycle, before: dict[str, str]) -> list[str]:
    """Milestones that are no longer what they were."""
    now = settled(cycle)
    changed = [key for key, was in before.items() if now.get(key) != was]
    return [f"{cycle.slug}: {key} was {before[key]} and is {now.get(key)}" for key in changed]
