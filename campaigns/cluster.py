"""A PostgreSQL server of one's own, from Debian's package: made in a folder, gone with it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Self

from sqlalchemy import create_engine, text

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

LOOPBACK = "127.0.0.1"
USER = "postgres"
"""The system's user, since the server refuses to be root, and the cluster's own superuser."""
WHERE = sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")))
START_SECONDS = 60.0
LOOK = 0.05
"""Seconds between looks at whether it is up."""
CONNECTIONS = 300
"""More than the suite's registers hold together; a register gives its connections back when it is closed."""


class NoPostgreSQL(Exception):  # noqa: N818
    """PostgreSQL's server is not installed."""


def program(name: str) -> str:
    """Where one of PostgreSQL's programs lies.

    Raises:
        NoPostgreSQL: it does not.
    """
    found = shutil.which(name, path=os.pathsep.join([os.environ["PATH"], *WHERE]))
    if found is None:
        raise NoPostgreSQL(f"{name} is not installed: apt-get install postgresql")
    return found


@dataclass
class Cluster:
    """One server with its databases. It syncs to disk as PostgreSQL does by default."""

    listens: str = LOOPBACK
    port: int = 0
    inside: tuple[str, ...] = ()  # what puts a command where the server is to run
    options: tuple[str, ...] = ()
    trusts: str = ""  # a network whose hosts may come in, beside this machine
    folder: Path = field(init=False)
    _server: subprocess.Popen[bytes] = field(init=False)

    def __post_init__(self) -> None:
        self.port = self.port or _free_port()
        initdb = program("initdb")
        self.folder = Path(mkdtemp(prefix="samsyn-pg-", dir="/tmp"))
        if os.geteuid() == 0:
            shutil.chown(self.folder, USER)
        self._run(initdb, "-D", f"{self.folder}/data", "-A", "trust", "-U", USER, "--encoding", "UTF8", "--no-sync")
        if self.trusts:
            with (self.folder / "data" / "pg_hba.conf").open("a", encoding="utf-8") as rules:
                rules.write(f"host all all {self.trusts} trust\n")

    def start(self) -> Self:
        """Up, with what was committed before. It ends with the thread that calls this, however that comes about."""
        settings = (f"listen_addresses={self.listens}", f"max_connections={CONNECTIONS}", *self.options)
        told = [part for setting in settings for part in ("-c", setting)]
        become = ["--reuid", USER, "--regid", USER, "--init-groups"] if os.geteuid() == 0 else []
        with (self.folder / "log").open("ab") as log:
            self._server = subprocess.Popen(
                [*self.inside, "setpriv", *become, "--pdeathsig", "INT", program("postgres"), "-D",
                 f"{self.folder}/data", "-p", str(self.port), "-k", str(self.folder), *told],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, cwd="/", start_new_session=True,
            )  # fmt: skip
        self._await()
        return self

    def stop(self) -> None:
        """Down at once, as when the power goes: what was committed is found in its log at the next start."""
        self._server.send_signal(signal.SIGQUIT)
        self._server.wait(START_SECONDS)

    def remove(self) -> None:
        """With all that it held."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
        self.remove()

    @property
    def server(self) -> str:
        """How the addresses of its databases begin."""
        return f"postgresql+psycopg://{USER}@{self.listens}:{self.port}"

    def url(self, name: str) -> str:
        """The address of a database."""
        return f"{self.server}/{name}"

    def create(self, name: str, like: str | None = None) -> str:
        """A new database, empty or `like` another that nobody has open; its address."""
        template = f' TEMPLATE "{like}"' if like else ""
        self.do(f'CREATE DATABASE "{name}"{template}')
        return self.url(name)

    def drop(self, name: str) -> None:
        """Away with it, whoever has it open."""
        self.do(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def do(self, statement: str) -> None:
        """One statement outside of any transaction."""
        engine = self._administration()
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def _administration(self) -> Engine:
        return create_engine(self.url(USER), isolation_level="AUTOCOMMIT")

    def _run(self, *command: str) -> None:
        switch = ["runuser", "-u", USER, "--"] if os.geteuid() == 0 else []
        done = subprocess.run(
            [*switch, *command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False, cwd="/"
        )  # fmt: skip
        if done.returncode != 0:
            raise RuntimeError(f"{command[0]} failed: {done.stderr or self._log()}")

    def _await(self) -> None:
        """Until it takes connections at its socket, which every namespace of this machine reaches."""
        deadline = time.monotonic() + START_SECONDS
        ready = [program("pg_isready"), "-q", "-h", str(self.folder), "-p", str(self.port)]
        while subprocess.run(ready, check=False).returncode != 0:
            if self._server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL does not come up: {self._log()}")
            time.sleep(LOOK)

    def _log(self) -> str:
        log = self.folder / "log"
        return log.read_text(encoding="utf-8") if log.exists() else ""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
