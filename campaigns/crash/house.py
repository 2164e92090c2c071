"""An installation whose parts can be made to die: the full stack, or one without Prefect whose parts are forked."""

from __future__ import annotations

import multiprocessing
import os
import sys
from dataclasses import dataclass, field, replace
from typing import IO, TYPE_CHECKING, Protocol

from campaigns.crash.parts import live
from campaigns.crash.trapped import LOG, TRAP
from config.settings import load_settings
from engine.demo import TICK, free_ports
from engine.mailbox import mail_server
from engine.prefect_settings import HOST
from engine.services import build_services
from engine.stack import Part, Stack
from models.journal import ClockRow

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from multiprocessing.process import BaseProcess
    from pathlib import Path

    from config.settings import Settings
    from engine.mailbox import LoopbackServer
    from engine.services import Services

KILLED = -9
"""The exit code of a process that was killed."""


class House(Protocol):
    """What the campaign needs of an installation."""

    parts: tuple[str, ...]  # that are killed
    services: Services  # of the campaign's own process, which nobody kills

    def begin(self, part: str, trap: str, words: Path) -> None:
        """Start a part, with a trap that says BOUNDARY:N or nothing."""
        ...

    def ended(self, part: str) -> int | None:
        """The exit code of a part; None while it lives."""
        ...

    def kill(self, part: str) -> None:
        """End a part as a power cut would."""
        ...

    def stop(self) -> None:
        """End everything."""
        ...


def settings_in(folder: Path) -> Settings:
    """An installation in a folder of its own, on free ports of loopback."""
    portal, mailbox, prefect = free_ports(3)
    return load_settings(
        data_dir=folder, portal_port=portal, mailbox_port=mailbox, prefect_port=prefect,
        base_url=f"http://{HOST}:{portal}", smtp_url=None, prefect_api_url=None,
    )  # fmt: skip


def put_the_clock_back(services: Services) -> None:
    """Every cycle begins on its own first day; no other one is running."""
    with services.register.operate() as session:
        clock = session.get(ClockRow, 1)
        if clock is not None:
            session.delete(clock)


@dataclass
class ForkedHouse:
    """Portal and worker without Prefect, forked from a process that has everything imported."""

    folder: Path
    parts: tuple[str, ...] = ("portal", "worker")
    live: Callable[[str, Settings, str, Path, Path], None] = live  # what a process of a part does
    services: Services = field(init=False)
    _mailbox: LoopbackServer = field(init=False)
    _processes: dict[str, BaseProcess] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.settings = settings_in(self.folder)
        self.services = build_services(self.settings, "campaign")
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["campaigns.crash.parts"])
        self._mailbox = mail_server(self.settings.mailbox_dir, port=self.settings.mailbox_port)
        self._mailbox.start()

    def begin(self, part: str, trap: str, words: Path) -> None:
        """Fork it."""
        output = self.folder / f"{part}.log"
        process = self._context.Process(target=self.live, args=(part, self.settings, trap, words, output), daemon=True)
        process.start()
        self._processes[part] = process

    def ended(self, part: str) -> int | None:
        """The exit code of a part; None while it lives."""
        return self._processes[part].exitcode

    def kill(self, part: str) -> None:
        """SIGKILL."""
        self._processes[part].kill()
        self._processes[part].join()

    def stop(self) -> None:
        """End everything."""
        for part in self._processes:
            self.kill(part)
        self._mailbox.stop()
        self.services.close()


class TrappedStack(Stack):
    """The product's stack, with a trap in worker and portal."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.traps: dict[str, dict[str, str]] = {
            name: {TRAP: "", LOG: os.devnull} for name in ("worker", "portal")
        }  # fmt: skip

    def _spawn(self, part: Part, log: IO[bytes]) -> subprocess.Popen[bytes]:
        trap = self.traps.get(part.name)
        if trap is not None:
            command = (sys.executable, "-m", "campaigns.crash.trapped", part.name)
            part = replace(part, command=command, environment={**part.environment, **trap})
        return super()._spawn(part, log)

    def launch(self, name: str) -> None:
        """Start a part that has died, or was never started, and wait for nothing."""
        self._launch(name)


@dataclass
class FullHouse:
    """Prefect's server, mailbox, portal and worker, started as `samsyn up` starts them."""

    folder: Path
    parts: tuple[str, ...] = ("portal", "worker", "prefect")
    services: Services = field(init=False)
    _stack: TrappedStack = field(init=False)
    _up: set[str] = field(default_factory=lambda: {"prefect"})

    def __post_init__(self) -> None:
        settings = settings_in(self.folder)
        self.services = build_services(settings, "campaign")
        self._stack = TrappedStack(settings, {"SAMSYN_TICK": TICK})
        self._stack.start(["prefect", "mailbox"])

    def begin(self, part: str, trap: str, words: Path) -> None:
        """Start it, as the stack starts a part again that has died."""
        if part in self._stack.traps:
            self._stack.traps[part] = {TRAP: trap, LOG: str(words)}
        elif part in self._up and self.ended(part) is None:  # it came up with the house
            return
        self._up.add(part)
        self._stack.launch(part)

    def ended(self, part: str) -> int | None:
        """The exit code of a part; None while it lives."""
        return self._stack.process(part).poll()

    def kill(self, part: str) -> None:
        """SIGKILL."""
        self._stack.process(part).kill()
        self._stack.process(part).wait()

    def stop(self) -> None:
        """End everything."""
        self._stack.stop()
        self.services.close()
