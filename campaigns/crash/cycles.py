"""One disturbed cycle after the other, until everybody has been killed as often as was asked for."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from campaigns.crash.crowd import Witnesses
from campaigns.crash.house import put_the_clock_back
from campaigns.crash.judge import History, Verdict, judge
from engine.demonstration import Demonstration
from engine.mailbox import Mailbox
from engine.report import report

if TYPE_CHECKING:
    from collections.abc import Callable

    from campaigns.crash.cases import Case
    from campaigns.crash.executioner import Executioner
    from campaigns.crash.house import House

PATIENCE = 300.0
"""Seconds without any progress, however often everybody is killed, after which a cycle has stalled."""


@dataclass
class Cycles:
    """All cycles of one house."""

    house: House
    executioner: Executioner
    case: Callable[[int], Case]  # of the cycle's number, which counts from nought
    tell: Callable[[Verdict], None]
    verdicts: list[Verdict] = field(default_factory=list)

    def run(self, at_least: int = 1) -> None:
        """So many cycles, and more until all kills are done. A cycle that stalls is the last."""
        while len(self.verdicts) < at_least or not self.executioner.done:
            verdict = self._cycle(self.case(len(self.verdicts)))
            self.verdicts.append(verdict)
            self.tell(verdict)
            if verdict.stalled:
                return

    def _cycle(self, case: Case) -> Verdict:
        services, deaths_before = self.house.services, len(self.executioner.deaths)
        put_the_clock_back(services)
        mailbox = Mailbox(services.settings.mailbox_dir)
        last = max((mail.id for mail in mailbox.messages()), default="")
        demonstration = Demonstration(
            services, case.definition, case.script, lambda _at, _event: None, patience=PATIENCE
        )  # fmt: skip
        crowd = Witnesses(services.settings.base_url, case.script, demonstration.place)
        crowd.pass_over(last)
        demonstration.crowd = crowd
        stalled = self._disturbed(demonstration)
        crowd.close()
        deaths, began = self.executioner.deaths[deaths_before:], case.undisturbed()
        came = report(services.register, case.slug)
        mails = mailbox.messages(after=last)
        history = History(case.slug, came, began, crowd.confirmed, mails, deaths)
        verdict = judge(services.register, history)
        verdict.stalled += stalled
        return verdict

    def _disturbed(self, demonstration: Demonstration) -> list[str]:
        """See the cycle through while its parts are killed; returns why it did not come to its end."""
        before = len(self.executioner.by_themselves)
        with ThreadPoolExecutor(1) as pool:  # a part ends with the thread that started it: this one starts them
            going_on = pool.submit(demonstration.run)
            self.executioner.watch(going_on)
        failed = going_on.exception()
        stalled = [] if failed is None else [f"{type(failed).__name__}: {failed}"]
        return stalled + self.executioner.by_themselves[before:]
