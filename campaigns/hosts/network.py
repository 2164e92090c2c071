"""Hosts that are namespaces of this machine, each with an address, a name and process numbers of its own.

Their cables lead to a bridge that is in a namespace too, so that no address is seen outside. Whoever pulls a cable
out leaves both ends waiting, as a cut network does: nobody is told that a connection is gone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from pathlib import Path

PREFIX = f"samsyn{os.getpid() % 100000}"
SWITCH = f"{PREFIX}-switch"
BRIDGE = "bridge"
NETWORK = "10.77.0"
"""Addresses of a private network (RFC 1918) that exists within the namespaces alone."""
END_SECONDS = 20.0


class NoNamespaces(Exception):  # noqa: N818
    """Hosts cannot be made here; the message says why."""


def ip(*arguments: str) -> str:
    """Debian's `ip`.

    Raises:
        NoNamespaces: it is refused.
    """
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NoNamespaces(f"ip {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout


def refuse_without_namespaces() -> None:
    """Go no further where no hosts can be made.

    Raises:
        NoNamespaces: with the reason.
    """
    if os.geteuid() != 0:
        raise NoNamespaces("network namespaces need root")
    for program, package in (("ip", "iproute2"), ("unshare", "util-linux")):
        if shutil.which(program) is None:
            raise NoNamespaces(f"{program} is not installed: apt-get install {package}")
    ip("netns", "add", f"{PREFIX}-try")
    ip("netns", "del", f"{PREFIX}-try")


@dataclass
class Host:
    """One machine, as far as network and processes go; the disk is everybody's."""

    name: str
    number: int
    folder: Path
    _up: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Where the others reach it."""
        return f"{NETWORK}.{self.number}"

    @property
    def space(self) -> str:
        """Its namespace."""
        return f"{PREFIX}-{self.name}"

    @property
    def inside(self) -> tuple[str, ...]:
        """What puts a command onto its network."""
        return ("ip", "netns", "exec", self.space)

    def connect(self) -> None:
        """Lay its cable."""
        ip("netns", "add", self.space)
        ip("-n", self.space, "link", "set", "lo", "up")
        ip("-n", self.space, "link", "add", "eth0", "type", "veth", "peer", "name", self.name, "netns", SWITCH)
        ip("-n", SWITCH, "link", "set", self.name, "master", BRIDGE, "up")
        ip("-n", self.space, "addr", "add", f"{self.address}/24", "dev", "eth0")
        ip("-n", self.space, "link", "set", "eth0", "up")
        self.folder.mkdir(parents=True, exist_ok=True)

    def cut(self) -> None:
        """Pull its cable out."""
        ip("-n", SWITCH, "link", "set", self.name, "down")

    def mend(self) -> None:
        """Plug it in again."""
        ip("-n", SWITCH, "link", "set", self.name, "up")

    def start(self, part: str, command: tuple[str, ...], environment: dict[str, str]) -> None:
        """A process with the host's name and process numbers; it ends with the one that we see of it."""
        own = ("unshare", "--uts", "--pid", "--fork", "--mount-proc", "--kill-child=SIGKILL", "sh", "-c",
               'hostname "$0" && exec "$@"', self.name)  # fmt: skip
        with self.log(part).open("ab") as log:
            self._up[part] = subprocess.Popen(
                [*self.inside, *own, *command], stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                env={**os.environ, **environment}, cwd=self.folder, start_new_session=True,
            )  # fmt: skip

    def log(self, part: str) -> Path:
        """What a part has written."""
        return self.folder / f"{part}.log"

    def ended(self) -> list[str]:
        """Parts that have ended though nobody killed them."""
        return [part for part, process in self._up.items() if process.poll() is not None]

    def kill(self) -> None:
        """All that runs on it, as a power cut would: first the network, so that no connection is closed."""
        self.cut()
        for process in self._up.values():
            process.kill()
            process.wait(END_SECONDS)
        self._up.clear()

    def remove(self) -> None:
        """With everything that runs on it."""
        for process in self._up.values():
            process.kill()
            process.wait(END_SECONDS)
        subprocess.run(["ip", "netns", "del", self.space], capture_output=True, check=False)


@dataclass
class Network:
    """All hosts."""

    folder: Path
    hosts: dict[str, Host] = field(default_factory=dict)

    def __enter__(self) -> Self:
        ip("netns", "add", SWITCH)
        ip("-n", SWITCH, "link", "add", BRIDGE, "type", "bridge")
        ip("-n", SWITCH, "link", "set", BRIDGE, "up")
        return self

    def host(self, name: str) -> Host:
        """One more."""
        host = self.hosts[name] = Host(name, 10 + len(self.hosts), self.folder / name)
        host.connect()
        return host

    def __exit__(self, *_: object) -> None:
        for host in self.hosts.values():
            host.remove()
        subprocess.run(["ip", "netns", "del", SWITCH], capture_output=True, check=False)
