"""An installation over several hosts: PostgreSQL, Prefect, two workers, a portal, a mail server, and people's own."""

from __future__ import annotations

import ctypes
import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from campaigns.cluster import Cluster
from campaigns.hosts.network import NETWORK, Host, Network
from config.settings import load_settings
from engine.prefect_settings import server_environment
from engine.services import build_services
from tests.waiting import wait_until

if TYPE_CHECKING:
    from config.settings import Settings

NEW_NETWORK = 0x40000000
"""CLONE_NEWNET of setns(2)."""
WORKERS = ("worker1", "worker2")
PORTAL_PORT, PREFECT_PORT, SMTP_PORT, DATABASE_PORT = 8700, 4270, 2525, 5432
START_SECONDS = 180.0
TICK = "0.2"
"""Seconds between a worker's looks at what is due."""
SECRET = "several hosts share one key, or no link of one would open at another"  # noqa: S105 - of an installation that is thrown away


class Installation:
    """All hosts and what runs on them; this process is at the people's."""

    def __init__(self, network: Network) -> None:
        self.network = network
        names = ("people", "database", "prefect", "portal", "mail", *WORKERS)
        self.hosts = {name: network.host(name) for name in names}
        _move_to(self.hosts["people"])
        database = self.hosts["database"]
        self.cluster = Cluster(database.address, DATABASE_PORT, database.inside, trusts=f"{NETWORK}.0/24")
        self.cluster.start()
        self.environment = self._shared(self.cluster.create("samsyn"), self.cluster.create("prefect"))
        self.settings = self._settings()
        self.services = build_services(self.settings, "people")
        for name in self.hosts:
            self.start(name)
        self.wait_for_parts()

    @property
    def mailbox(self) -> str:
        """Where people read their mail."""
        return f"http://{self.hosts['mail'].address}:{PORTAL_PORT}"

    def start(self, name: str) -> None:
        """What runs on a host."""
        host = self.hosts[name]
        own = {**self.environment, "SAMSYN_DATA_DIR": str(host.folder), "SAMSYN_PORTAL_HOST": host.address}
        if name in WORKERS:
            host.start("worker", _samsyn("worker"), own)
        elif name == "portal":
            host.start("portal", _samsyn("portal"), own)
        elif name == "prefect":
            served = ("server", "start", "--host", host.address, "--port", str(PREFECT_PORT))
            host.start("prefect", (sys.executable, "-m", "prefect", *served), {**own, **self._prefect(host)})
        elif name == "mail":
            sink = (sys.executable, "-m", "campaigns.hosts.sink", str(host.folder / "mails"), host.address)
            host.start("smtp", (*sink, str(SMTP_PORT)), own)
            own["SAMSYN_SMTP_URL"] = ""  # without a server there is a mailbox to look into
            host.start("mailbox", _samsyn("portal"), {**own, "SAMSYN_MAILBOX_DIR": str(host.folder / "mails")})

    def _shared(self, register: str, prefect: str) -> dict[str, str]:
        address = {name: host.address for name, host in self.hosts.items()}
        self._prefect_database = prefect.replace("+psycopg", "+asyncpg")
        return {
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "SAMSYN_DATABASE_URL": register,
            "SAMSYN_SECRET_KEY": SECRET,
            "SAMSYN_BASE_URL": f"http://{address['portal']}:{PORTAL_PORT}",
            "SAMSYN_SMTP_URL": f"smtp://{address['mail']}:{SMTP_PORT}",
            "SAMSYN_TICK": TICK,
            "PREFECT_API_URL": f"http://{address['prefect']}:{PREFECT_PORT}/api",
        }

    def _settings(self) -> Settings:
        said = {
            name.removeprefix("SAMSYN_").lower(): value
            for name, value in self.environment.items()
            if name.startswith("SAMSYN_") and name != "SAMSYN_TICK"
        }
        folder = self.hosts["people"].folder
        return load_settings(data_dir=folder, prefect_api_url=self.environment["PREFECT_API_URL"], **said)

    def _prefect(self, host: Host) -> dict[str, str]:
        return {
            **server_environment(self.settings),
            "PREFECT_HOME": str(host.folder),
            "PREFECT_SERVER_API_HOST": host.address,
            "PREFECT_SERVER_DATABASE_CONNECTION_URL": self._prefect_database,
        }

    def database_loses_power(self) -> None:
        """Nobody is told."""
        self.hosts["database"].cut()
        self.cluster.stop()

    def database_comes_back(self) -> None:
        """With everything that was committed."""
        self.cluster.start()
        self.hosts["database"].mend()

    def wait_for_parts(self) -> None:
        """Until every part answers."""
        for address in (f"{self.settings.base_url}/healthz", f"{self.mailbox}/healthz",
                        f"{self.environment['PREFECT_API_URL']}/health"):  # fmt: skip
            wait_until(partial(_answers, address), START_SECONDS, what=f"{address}\n{self.last_words()}")
        for name in WORKERS:
            wait_until((self.hosts[name].folder / "worker.ready").exists, START_SECONDS, what=self.last_words)

    def last_words(self) -> str:
        """The ends of all logs."""
        logs = sorted(path for host in self.hosts.values() for path in host.folder.glob("*.log"))
        return "\n".join(f"--- {path.parent.name} {path.name}\n{path.read_text('utf-8')[-1500:]}" for path in logs)

    def ended(self) -> list[str]:
        """Parts that have ended though nobody killed them."""
        return [f"{name}: {part}" for name, host in self.hosts.items() for part in host.ended()]

    def stop(self) -> None:
        """The database at last; the hosts go with their network."""
        self.services.close()
        for host in self.hosts.values():
            host.mend()
        for name in set(self.hosts) - {"database"}:
            self.hosts[name].kill()
        self.cluster.stop()
        self.cluster.remove()


def _move_to(host: Host) -> None:
    """This thread, and those that it starts from now on, are on that host."""
    with Path(f"/run/netns/{host.space}").open("rb") as space:
        if ctypes.CDLL(None, use_errno=True).setns(space.fileno(), NEW_NETWORK) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _samsyn(command: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "cli", command)


def _answers(address: str) -> bool:
    try:
        return httpx.get(address, timeout=2).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False
