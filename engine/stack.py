"""The parts of an installation as processes of this machine: Prefect's server, mailbox, portal and worker.

They are started in an order in which each finds what it needs, watched, started again when they die, and ended by
their process ids. Each writes a log file of its own.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

import httpx

from engine.prefect_settings import HOST, api_url, server_environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from config.settings import Settings

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
"""The C library, loaded before any fork."""

START_SECONDS = 120.0
"""How long a part may take to answer: Prefect's first start makes its tables."""
END_SECONDS = 15.0
"""How long a part may take to end in peace."""


class StackError(Exception):
    """A part of the installation does not come up; the message names its log."""


@dataclass(frozen=True)
class Part:
    """One process: how it is started, and how one sees that it works."""

    name: str
    command: tuple[str, ...]
    answers: Callable[[], bool]
    environment: dict[str, str] = field(default_factory=dict)


@dataclass
class Stack:
    """The parts that run here."""

    settings: Settings
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._parts = {part.name: part for part in parts(self.settings)}
        self._logs = self.settings.data_dir / "logs"

    @property
    def names(self) -> tuple[str, ...]:
        """The parts of this installation, in the order in which they start."""
        return tuple(self._parts)

    def start(self, names: Iterable[str] | None = None, started: Callable[[str, float], None] | None = None) -> None:
        """Start parts and wait until each answers. `started` is told each name with the seconds that it took.

        Raises:
            StackError: a port is taken, or a part ends or does not answer in time. What was started is ended.
        """
        wanted = list(names or self._parts)
        try:
            self._refuse_taken_ports(wanted)
            began = time.monotonic()
            for name in wanted:
                self._launch(name)
            for name in wanted:
                self._await(self._parts[name])
                if started is not None:
                    started(name, time.monotonic() - began)
        except BaseException:
            self.stop()
            raise

    def _refuse_taken_ports(self, names: list[str]) -> None:
        for name, port in ports(self.settings).items():
            if name in names and _listening(port):
                raise StackError(f"port {port} is taken, and {name} needs it; set SAMSYN_{name.upper()}_PORT")

    def _launch(self, name: str) -> None:
        part = self._parts[name]
        self._logs.mkdir(parents=True, exist_ok=True)
        with (self._logs / f"{name}.log").open("ab") as log:
            self._processes[name] = self._spawn(part, log)

    def _spawn(self, part: Part, log: IO[bytes]) -> subprocess.Popen[bytes]:
        environment = {**os.environ, **self.environment, **settings_environment(self.settings), **part.environment}
        return subprocess.Popen(  # noqa: S603 - our own commands
            part.command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            env=environment, start_new_session=True, preexec_fn=_end_with_parent,  # noqa: PLW1509 - async-signal-safe
        )  # fmt: skip

    def _await(self, part: Part) -> None:
        deadline = time.monotonic() + START_SECONDS
        process = self._processes[part.name]
        while not part.answers():
            if process.poll() is not None:
                raise StackError(f"{part.name} ended with code {process.returncode}; see {self._log(part.name)}")
            if time.monotonic() > deadline:
                raise StackError(f"{part.name} does not answer; see {self._log(part.name)}")
            time.sleep(0.1)

    def _log(self, name: str) -> Path:
        return self._logs / f"{name}.log"

    def process(self, name: str) -> subprocess.Popen[bytes]:
        """The process of a part."""
        return self._processes[name]

    def restart_dead(self) -> list[str]:
        """Start parts that have ended again; returns their names."""
        dead = [name for name, process in self._processes.items() if process.poll() is not None]
        for name in dead:
            self._launch(name)
        return dead

    def end(self, name: str) -> None:
        """End one part in peace, or by force when it will not."""
        process = self._processes.pop(name, None)
        if process is None:
            return
        process.terminate()
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def stop(self) -> None:
        """End all parts, the last started first."""
        for name in reversed(list(self._processes)):
            self.end(name)


def parts(settings: Settings) -> list[Part]:
    """What an installation with these settings runs on this machine."""
    prefect = prefect_part(settings)
    mailbox = Part("mailbox", _own("mailbox"), lambda: _listening(settings.mailbox_port))
    portal_health = f"http://{settings.portal_host}:{settings.portal_port}/healthz"
    portal = Part("portal", _own("portal"), lambda: _healthy(portal_health))
    worker = Part("worker", _own("worker"), (settings.data_dir / "worker.ready").exists)
    found = [] if settings.prefect_api_url else [prefect]
    if settings.smtp is None:
        found.append(mailbox)
    if (port := settings.incoming_port) is not None:
        found.append(Part("incoming", _own("incoming"), lambda: _listening(port)))
    return [*found, portal, worker]


def prefect_part(settings: Settings) -> Part:
    """Prefect's server, on loopback."""
    return Part(
        "prefect",
        (sys.executable, "-m", "prefect", "server", "start", "--host", HOST, "--port", str(settings.prefect_port)),
        lambda: _healthy(f"{api_url(settings)}/health"),
        server_environment(settings),
    )


def ports(settings: Settings) -> dict[str, int]:
    """The ports that the parts listen on."""
    found = {"prefect": settings.prefect_port, "mailbox": settings.mailbox_port, "portal": settings.portal_port}
    return found if settings.incoming_port is None else {**found, "incoming": settings.incoming_port}


def settings_environment(settings: Settings) -> dict[str, str]:
    """The settings that the parts must share, as environment variables."""
    shared = {
        "SAMSYN_DATA_DIR": str(settings.data_dir.absolute()),
        "SAMSYN_DATABASE_URL": _absolute(settings),
        "SAMSYN_BASE_URL": settings.base_url,
        "SAMSYN_PORTAL_HOST": settings.portal_host,
        "SAMSYN_PORTAL_PORT": str(settings.portal_port),
        "SAMSYN_MAILBOX_PORT": str(settings.mailbox_port),
        "SAMSYN_MAILBOX_DIR": str(settings.mailbox_dir.absolute()),
        "SAMSYN_PREFECT_PORT": str(settings.prefect_port),
        "SAMSYN_MAIL_FROM": settings.mail_from,
    }
    if settings.reply_domain is not None:
        shared["SAMSYN_REPLY_DOMAIN"] = settings.reply_domain
    if settings.incoming_port is not None:
        shared["SAMSYN_INCOMING_PORT"] = str(settings.incoming_port)
    if settings.smtp_url is not None:
        shared["SAMSYN_SMTP_URL"] = settings.smtp_url.get_secret_value()
    return shared


def _absolute(settings: Settings) -> str:
    prefix = "sqlite:///"
    if not settings.database_url.startswith(prefix):
        return settings.database_url
    return prefix + os.path.abspath(settings.database_url.removeprefix(prefix))  # noqa: PTH100 - may not exist yet


def _own(command: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "cli", command)


def _end_with_parent() -> None:
    """In the new process, before it becomes what it is to be: whatever kills its parent ends it too (Linux)."""
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _healthy(address: str) -> bool:
    try:
        return httpx.get(address, timeout=2).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def _listening(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0
