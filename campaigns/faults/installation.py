"""An installation whose surroundings can be made to fail: the product's own parts, started as it starts them itself.

Between the worker and Prefect's server there is a proxy, the mail server is one that misbehaves on demand, and the
register may lie on a file system of its own. All of it listens on loopback, in a folder of its own.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sqlmodel import col, select

from campaigns.faults.mailserver import MailServer
from campaigns.faults.proxy import Proxy, Weather
from campaigns.faults.waiting import until
from config.settings import load_settings
from engine.commands.coordinate import cancel_cycle
from engine.demo import TICK, free_ports
from engine.prefect_settings import HOST
from engine.services import build_services
from engine.stack import Stack
from models.cycle import Cycle, CycleStatus
from models.journal import ClockRow, PhaseRun
from models.notice import Delivery, DeliveryStatus

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

    from config.settings import Settings
    from engine.participants import Crowd
    from engine.services import Services

OURS = ("portal", "worker")
ROOM = 48
"""Megabytes of the register's own file system."""


@dataclass
class Installation:
    """All parts, up and well."""

    folder: Path
    chance: Random
    register_folder: Path | None = None  # where the register lies, when not with everything else
    settings: Settings = field(init=False)
    services: Services = field(init=False)
    browsers: list[Crowd] = field(default_factory=list, init=False)  # of the cycles that ran here

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        portal, mailbox, prefect, behind = free_ports(4)
        where = {"database_url": f"sqlite:///{self.register_folder / 'samsyn.db'}"} if self.register_folder else {}
        self.settings = load_settings(
            data_dir=self.folder, portal_port=portal, mailbox_port=mailbox, prefect_port=prefect,
            base_url=f"http://{HOST}:{portal}", smtp_url=None, prefect_api_url=None, **where,
        )  # fmt: skip
        self.services = build_services(self.settings, "campaign")
        self.mail = MailServer(self.settings.mailbox_dir, mailbox)
        self.proxy = Proxy(prefect, behind, self.chance)
        self.prefect = Stack(self.settings.model_copy(update={"prefect_port": behind}))
        self.stack = Stack(self.settings, {"SAMSYN_TICK": TICK})
        self.second = Stack(self.settings, {"SAMSYN_TICK": TICK})
        """A second worker, which only some scenarios start."""
        self.skew = self.folder / "skew"
        self.set_clock_ahead(0)
        for stack in (self.stack, self.second):
            self._let_clock_be_set(stack)
        self._start()

    def _start(self) -> None:
        try:
            self.mail.open()
            self.proxy.start()
            self.prefect.start(["prefect"])
            self.stack.start(OURS)
        except BaseException:
            self.stop()
            raise

    def _let_clock_be_set(self, stack: Stack) -> None:
        parts = stack._parts  # noqa: SLF001 - there is no other way to another clock
        for name in OURS:
            command = (sys.executable, "-m", "campaigns.faults.skewed", str(self.skew), name)
            parts[name] = replace(parts[name], command=command)

    def set_clock_ahead(self, seconds: float) -> None:
        """Set the clock of the machine of worker and portal so far ahead, or back."""
        waiting = self.skew.with_suffix(".new")
        waiting.write_text(str(seconds), encoding="ascii")
        waiting.rename(self.skew)

    def begin_anew(self) -> None:
        """Before a cycle: every part runs and behaves, no other cycle does, and the cycles' clock may begin earlier."""
        self.mail.well()
        self.proxy.turn(Weather.FAIR)
        self.set_clock_ahead(0)
        self.second.end("worker")
        for stack, names in ((self.prefect, ("prefect",)), (self.stack, OURS)):
            missing = [name for name in names if not _runs(stack, name)]
            if missing:
                stack.start(missing)
        self._end_cycles()
        with self.services.register.operate() as session:
            clock = session.get(ClockRow, 1)
            if clock is not None:
                session.delete(clock)

    def _end_cycles(self) -> None:
        register, now = self.services.register, self.services.clock.now()
        with register.read() as session:
            running = list(session.exec(select(Cycle.id).where(col(Cycle.status) == CycleStatus.RUNNING)))
        for slug in running:
            cancel_cycle(register, slug, reason="the trial is over", now=now, actor="campaign")
        until(lambda: not self.passes(), "passes to end", 90)
        with register.operate() as session:
            for delivery in session.exec(select(Delivery).where(col(Delivery.status) == DeliveryStatus.QUEUED)):
                delivery.status = DeliveryStatus.WITHDRAWN

    def start_second(self) -> None:
        """A second worker, up and looking for what is due."""
        (self.folder / "worker.ready").unlink(missing_ok=True)
        self.second.start(["worker"])

    def passes(self) -> list[str]:
        """The phases that a pass holds, living or dead."""
        held = select(PhaseRun.phase_id).where(col(PhaseRun.lease_owner).startswith("pass:"))
        with self.services.register.read() as session:
            return list(session.exec(held))

    def holders(self) -> dict[str, str]:
        """Which worker holds which phase."""
        held = select(PhaseRun.phase_id, PhaseRun.lease_owner).where(col(PhaseRun.lease_owner).startswith("pass:"))
        with self.services.register.read() as session:
            return {phase: str(owner) for phase, owner in session.exec(held)}

    def prefect_files(self) -> list[Path]:
        """Prefect's database, with what SQLite keeps beside it."""
        return list((self.folder / "prefect").glob("*.db*"))

    def log_of(self, name: str) -> str:
        """What a part has written so far."""
        return (self.folder / "logs" / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def stop(self) -> None:
        """End everything that was started."""
        for crowd in self.browsers:
            crowd.close()
        for stack in (self.second, self.stack, self.prefect):
            stack.stop()
        self.proxy.stop()
        self.mail.close()
        self.services.close()


def _runs(stack: Stack, name: str) -> bool:
    try:
        return stack.process(name).poll() is None
    except KeyError:
        return False
