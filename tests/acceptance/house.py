"""An installation on this machine, and the cycles that go through it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from campaigns.crash.cases import LITTLE
from config.loader import load
from config.settings import Settings, load_settings
from engine.commands.coordinate import cancel_cycle
from engine.demo import TICK, free_ports
from engine.demonstration import Demonstration
from engine.prefect_settings import HOST, api_url
from engine.script import Script
from engine.services import Services, build_services
from engine.stack import Stack
from models.cycle import Cycle, CycleStatus
from models.journal import ClockRow, JournalEntry, PhaseRun
from models.notice import Delivery, DeliveryStatus, Notice
from models.phase import Phase, PhaseStatus
from models.verify import verify
from tests.acceptance.prefect_api import PrefectApi
from tests.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from config.definition import Definition

RESTING = ("PAUSED", "COMPLETED", "FAILED", "CRASHED", "CANCELLED")
"""The states in which Prefect has nothing to do with a run."""


@dataclass
class House:
    """Prefect's server, mailbox, portal and worker, as processes in a folder of their own."""

    folder: Path
    settings: Settings = field(init=False)
    services: Services = field(init=False)
    stack: Stack = field(init=False)
    prefect: PrefectApi = field(init=False)

    def __post_init__(self) -> None:
        portal, mailbox, prefect = free_ports(3)
        self.settings = load_settings(
            data_dir=self.folder, portal_port=portal, mailbox_port=mailbox, prefect_port=prefect,
            base_url=f"http://{HOST}:{portal}", smtp_url=None, prefect_api_url=None,
        )  # fmt: skip
        self.services = build_services(self.settings, "acceptance")
        self.stack = Stack(self.settings, {"SAMSYN_TICK": TICK})
        self.prefect = PrefectApi(api_url(self.settings))
        self.browsers: list[LiveCycle] = []
        self.stack.start()

    def cycle(self, slug: str, definition: Definition | None = None, script: Script | None = None) -> LiveCycle:
        """A cycle that has just begun: the little one, where everybody answers, unless something else is said."""
        definition = definition or load(LITTLE)
        self._put_the_clock_back()
        live = LiveCycle(self, definition, script or Script(), slug)
        self.browsers.append(live)
        live.demonstration.begin()
        return live

    def _put_the_clock_back(self) -> None:
        """Every test begins its cycle on its first day; no other cycle is running."""
        with self.services.register.operate() as session:
            clock = session.get(ClockRow, 1)
            if clock is not None:
                session.delete(clock)

    def kill(self, name: str) -> None:
        """End a part as a power cut would."""
        process = self.stack.process(name)
        process.kill()
        process.wait()

    def log_of(self, name: str) -> str:
        """What a part has written so far."""
        return (self.folder / "logs" / f"{name}.log").read_text(encoding="utf-8")

    def forget_prefects_database(self) -> None:
        """Delete it, with what SQLite keeps beside it."""
        for path in (self.folder / "prefect").glob("*.db*"):
            path.unlink()

    def tidy(self) -> None:
        """After a test: every part runs, no cycle does, and all browsers are closed."""
        while self.browsers:
            self.browsers.pop().crowd.close()
        missing = [name for name in self.stack.names if not self._runs(name)]
        if missing:
            self.stack.start(missing)
        for slug in self._running():
            now = self.services.clock.now()
            cancel_cycle(self.services.register, slug, reason="the test is over", now=now, actor="test")
        wait_until(lambda: not self._passes(), what="passes to end")

    def _runs(self, name: str) -> bool:
        try:
            return self.stack.process(name).poll() is None
        except KeyError:
            return False

    def _running(self) -> list[str]:
        with self.services.register.read() as session:
            return list(session.exec(select(Cycle.id).where(col(Cycle.status) == CycleStatus.RUNNING)))

    def _passes(self) -> list[str]:
        with self.services.register.read() as session:
            held = select(PhaseRun.phase_id).where(col(PhaseRun.lease_owner).startswith("pass:"))
            return list(session.exec(held))

    def stop(self) -> None:
        """End everything."""
        self.tidy()
        self.prefect.close()
        self.stack.stop()
        self.services.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class LiveCycle:
    """A cycle on the stack, with its participants at their browsers."""

    def __init__(self, house: House, definition: Definition, script: Script, slug: str) -> None:
        self.house = house
        self.slug = slug
        self.register = house.services.register
        self.demonstration = Demonstration(house.services, definition, script, lambda _at, _event: None, slug)
        self.crowd = self.demonstration.crowd
        self.crowd._after = max((path.stem for path in house.settings.mailbox_dir.glob("*.eml")), default="")

    def see_through(self) -> dict[str, Any]:
        """Go on to the end; returns the report."""
        return self.demonstration.go_on()

    def rest(self) -> None:
        """Stay at this instant until everything that is due has been done."""
        self.demonstration._until_quiet(self.demonstration.clock.now())

    def answer_next(self) -> None:
        """Step to the next moment at which somebody answers, and let her answer, whoever else is away."""
        moment = self.crowd.next_due
        assert moment is not None
        self.demonstration.clock.set(moment)
        assert self.crowd.act(moment) > 0

    def answer_all(self) -> None:
        """Everybody who has been asked answers, each in her time."""
        while self.crowd.next_due is not None:
            self.answer_next()

    def runs(self) -> list[dict[str, Any]]:
        """The runs that Prefect shows of it."""
        return self.house.prefect.runs(self.slug)

    def runs_at_rest(self) -> list[dict[str, Any]]:
        """Its runs, as soon as each of them waits or has ended: the engine reports a moment after the register."""

        def resting() -> list[dict[str, Any]]:
            runs = self.runs()
            return runs if all(run["state_type"] in RESTING for run in runs) else []

        return list(wait_until(resting, what="the runs to come to rest"))

    def states(self) -> list[str]:
        """The states of its runs at rest, in the order of its phases."""
        return [run["state_name"] for run in self.runs_at_rest()]

    def waiting_runs(self, count: int) -> list[dict[str, Any]]:
        """The runs of its open phases, as soon as so many of them wait and all others are planned."""

        def suspended() -> list[dict[str, Any]]:
            runs = self.runs()
            waiting = [run for run in runs if not str(run["state"]["message"]).startswith("planned")]
            at_rest = all(run["state_name"] == "Suspended" for run in runs)
            return waiting if at_rest and len(waiting) == count else []

        return list(wait_until(suspended, what=f"{count} suspended runs"))

    def run_ids(self) -> dict[str, str]:
        """The run that shows each phase, as the register remembers it."""
        with self.register.read() as session:
            query = select(PhaseRun.phase_id, PhaseRun.flow_run_id).where(
                col(PhaseRun.phase_id).startswith(f"{self.slug}/")
            )
            return {phase.rpartition("/")[2]: str(run) for phase, run in session.exec(query)}

    def phase_run(self, phase: str) -> PhaseRun:
        """How a phase is being run."""
        with self.register.read() as session:
            found = session.get(PhaseRun, f"{self.slug}/{phase}")
        assert found is not None
        return found

    def passes(self) -> int:
        """How many passes have ended well."""
        with self.register.read() as session:
            of_cycle = select(PhaseRun.passes).where(col(PhaseRun.phase_id).startswith(f"{self.slug}/"))
            return sum(session.exec(of_cycle))

    def passing(self) -> set[str]:
        """The passes that are running, or whose worker died in them."""
        with self.register.read() as session:
            held = select(PhaseRun.lease_owner).where(
                col(PhaseRun.phase_id).startswith(f"{self.slug}/"), col(PhaseRun.lease_owner).startswith("pass:")
            )
            return {str(owner) for owner in session.exec(held)}

    def closed(self, phase: str) -> bool:
        """Whether a phase is over."""
        with self.register.read() as session:
            row = session.get(Phase, f"{self.slug}/{phase}")
            return row is not None and row.status is PhaseStatus.CLOSED

    def journal(self) -> list[JournalEntry]:
        """Every change so far."""
        query = select(JournalEntry).where(col(JournalEntry.cycle_id) == self.slug)
        with self.register.read() as session:
            return list(session.exec(query.order_by(col(JournalEntry.seq))))

    def notices(self) -> list[str]:
        """Every mail that somebody has been owed so far."""
        with self.register.read() as session:
            owed = select(Notice.id).where(col(Notice.cycle_id) == self.slug)
            return list(session.exec(owed.order_by(col(Notice.id))))

    def faults(self) -> tuple[str, ...]:
        """What verification finds."""
        with self.register.read() as session:
            return verify(session, self.slug).faults

    def unsent(self) -> list[str]:
        """Mails that are neither sent nor withdrawn."""
        over = (DeliveryStatus.SENT, DeliveryStatus.WITHDRAWN)
        query = select(Delivery.notice_id).where(col(Delivery.cycle_id) == self.slug, col(Delivery.status).not_in(over))
        with self.register.read() as session:
            return list(session.exec(query))

    def repeats(self) -> int:
        """How many mails have come to the mailbox beyond one for each notice."""
        self.crowd.read_mail()
        return len(self.crowd.mails) - len(set(self.crowd.mails))
