"""A cycle that runs over several hosts while cables are pulled out and hosts lose their power."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx

from campaigns.hosts.installation import WORKERS, Installation
from engine.demonstration import Demonstration
from engine.rehearsal import rehearse
from engine.report import report
from models.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from random import Random

    from config.definition import Definition
    from engine.script import Script

PATIENCE = 420.0
"""Seconds: longer than the longest lease, that of a mail, which is 300 s."""
PARTS = ("outcome", "began", "ended", "phases", "milestones", "assignments", "decisions")
SOON = (0.0, 0.8)
"""Seconds after work has fallen due, between which trouble begins."""


@dataclass(frozen=True)
class Trouble:
    """One disturbance: what begins, how long it lasts, what ends it, and whether people go on meanwhile."""

    name: str
    begin: Callable[[], None]
    end: Callable[[], None]
    seconds: float
    people_go_on: bool


@dataclass
class Run:
    """One cycle from its first day to its last."""

    installation: Installation
    definition: Definition
    script: Script
    chance: Random
    tell: Callable[[str], None]
    seconds: float  # that a cable stays out
    happened: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        services = self.installation.services
        self.demonstration = Demonstration(
            services, self.definition, self.script, lambda _at, _event: None, patience=PATIENCE
        )
        self.demonstration.crowd._post = httpx.Client(  # noqa: SLF001
            base_url=self.installation.mailbox, timeout=30
        )
        self._going_on: list[threading.Thread] = []

    def troubles(self) -> list[Trouble]:
        """One of each kind, in an order that chance gives."""
        start = self.installation.start
        one, other = self.chance.sample(WORKERS, 2)
        found = [
            self._cut(one, people_go_on=True),
            self._cut("database", people_go_on=False),
            self._cut("prefect", people_go_on=True),
            self._cut("mail", people_go_on=False),
            self._killed(other, lambda: start(other), people_go_on=True),
            self._killed("portal", lambda: start("portal"), people_go_on=False),
            Trouble(
                "the database's host loses its power",
                self.installation.database_loses_power, self.installation.database_comes_back,
                self.seconds / 2, people_go_on=False,
            ),
        ]  # fmt: skip
        return self.chance.sample(found, len(found))

    def _cut(self, name: str, *, people_go_on: bool) -> Trouble:
        host = self.installation.hosts[name]
        return Trouble(f"{name}'s cable is out", host.cut, host.mend, self.seconds, people_go_on)

    def _killed(self, name: str, start: Callable[[], None], *, people_go_on: bool) -> Trouble:
        host = self.installation.hosts[name]

        def come_back() -> None:
            host.mend()
            start()

        return Trouble(f"{name} loses its power", host.kill, come_back, self.seconds, people_go_on)

    def play(self) -> dict[str, Any]:
        """Through to the end; returns the report."""
        self.demonstration.begin()
        waiting = self.troubles()
        now: datetime | None = self.demonstration.clock.now()
        while now is not None:
            self.demonstration.clock.set(now)
            if waiting:
                self._join()  # one trouble at a time, each in the middle of other work
                self._trouble(waiting.pop(), now)
            self.demonstration._until_quiet(now)  # noqa: SLF001
            now = self.demonstration._next_instant()  # noqa: SLF001
        self._join()
        for trouble in waiting:
            self.tell(f"the cycle was over before {trouble.name}")
        self.problems += [f"ended by itself: {part}" for part in self.installation.ended()]
        return report(self.installation.services.register, self.demonstration.slug)

    def _join(self) -> None:
        for thread in self._going_on:
            thread.join()

    def _trouble(self, trouble: Trouble, now: datetime) -> None:
        """In the middle of what has just fallen due; a thread is used where people go on."""
        self.tell(f"{now:%Y-%m-%d}: {trouble.name} for {trouble.seconds:.0f} s")
        self.happened.append(trouble.name)
        after = self.chance.uniform(*SOON)
        if trouble.people_go_on:
            self._going_on.append(threading.Thread(target=self._disturb, args=(trouble, after)))
            self._going_on[-1].start()
            return
        self._disturb(trouble, after)
        self.installation.wait_for_parts()

    def _disturb(self, trouble: Trouble, after: float) -> None:
        time.sleep(after)
        trouble.begin()
        time.sleep(trouble.seconds)
        trouble.end()

    def judge(self, found: dict[str, Any]) -> None:
        """Hold it against the rehearsal."""
        undisturbed = rehearse(self.definition, self.script)
        for part in PARTS:
            if found[part] != undisturbed[part]:
                self.problems.append(f"{part}: {found[part]} and not {undisturbed[part]}")
        came, meant = _notices(found), _notices(undisturbed)
        self.problems += [f"a notice too few: {one}" for one in (meant - came).elements()]
        self.problems += [f"a notice too many: {one}" for one in (came - meant).elements()]
        if found["journal"]["entries"] != undisturbed["journal"]["entries"]:
            self.problems.append("the journal has another number of entries")
        with self.installation.services.register.read() as session:
            self.problems += verify(session, self.demonstration.slug).faults
        self._judge_mails()

    def _judge_mails(self) -> None:
        """Each mail has come; again only after trouble, and under the same Message-ID."""
        sent, _ = self.demonstration.mails_once()
        mails = Counter(self.demonstration.crowd.mails)
        self.mails, self.repeats = len(mails), sum(mails.values()) - len(mails)
        if len(mails) != sent:
            self.problems.append(f"{len(mails)} mails came, and {sent} notices were sent")


def _notices(told: dict[str, Any]) -> Counter[str]:
    """Each by its day: while a host is away, minutes pass until its work is done."""
    by_day = ({**notice, "at": notice["at"][: len("2013-06-30")]} for notice in told["notices"])
    return Counter(json.dumps(notice, sort_keys=True, ensure_ascii=False) for notice in by_day)
